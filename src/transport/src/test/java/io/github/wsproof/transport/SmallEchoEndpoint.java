package io.github.wsproof.transport;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

/** Returns what it gets. For many connections: Tomcat reserves the largest message for each. */
@ServerEndpoint("/small")
public final class SmallEchoEndpoint {

  @OnMessage
  public String text(String message) {
    return message;
  }
}
