package io.github.wsproof.deploymenttests;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;

/** Loses messages: lets the container gather them, and never says when to send them. */
@ServerEndpoint("/batch")
public class BatchEndpoint {
  /** Allows what nobody asked for. */
  @OnOpen
  public void onOpen(Session session) throws IOException {
    session.getBasicRemote().setBatchingAllowed(true);
  }

  /** Returns what it gets. */
  @OnMessage
  public void onText(String message, Session session) throws IOException {
    session.getBasicRemote().sendText(message);
  }
}
