package io.github.wsproof.deploymenttests;

import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;

/** Loses messages: does not wait until one is sent before it sends the next. */
@ServerEndpoint("/async")
public class AsyncEndpoint {
  /** Returns what it gets. */
  @OnMessage
  public void onText(String message, Session session) {
    session.getAsyncRemote().sendText(message);
  }
}
