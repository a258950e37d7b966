package io.github.wsproof.deploymenttests;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

/** The least that one can write: what a container does with it, it does by itself. */
@ServerEndpoint("/bare")
public class BareEndpoint {
  /** Returns what it gets. */
  @OnMessage
  public String onText(String message) {
    return message;
  }
}
