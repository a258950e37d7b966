package io.github.wsproof.deploymenttests;

import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Loses messages: its workers send on one connection at the same time. */
@ServerEndpoint("/pool")
public class PoolEndpoint {
  private static final ExecutorService POOL =
      Executors.newFixedThreadPool(
          4,
          task -> {
            Thread thread = new Thread(task);
            thread.setDaemon(true);
            return thread;
          });

  /** Returns what it gets. */
  @OnMessage
  public void onText(String message, Session session) {
    POOL.execute(
        () -> {
          try {
            session.getBasicRemote().sendText(message);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
