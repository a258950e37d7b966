package io.github.wsproof.benchmarks;

import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The least that an endpoint can do for the same replies: what the echo endpoint is measured by.
 */
@ServerEndpoint("/")
public class BareEndpoint {
  /** Answers. */
  @OnMessage
  public String onMessage(String message) {
    return message + " - " + ThreadLocalRandom.current().nextInt(1, 101);
  }

  /** The same without Tyrus's timer for each message. */
  @ServerEndpoint("/")
  public static final class WithoutTimer extends BareEndpoint {
    /** Switches it off. */
    @OnOpen
    public void onOpen(Session session) {
      session.setMaxIdleTimeout(-1);
    }

    @Override
    @OnMessage
    public String onMessage(String message) {
      return super.onMessage(message);
    }
  }
}
