package io.github.wsproof.server;

import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Whether a client is still there, where the container may not tell that it has gone.
 *
 * <p>Tyrus in a servlet container (Payara, GlassFish) calls no {@code onClose} when a client resets
 * its connection right behind the handshake or a message: it begins a closing handshake, which
 * nobody answers. Such a connection would count as open for ever. So there a client that is quiet
 * is sent a ping (RFC 6455 section 5.5.2), and one that does not answer has gone.
 *
 * <p>The sweep's own, but {@link #beat}, which any thread may call.
 */
final class Pulse {
  private static final Logger LOGGER = Logger.getLogger(Pulse.class.getName());
  private static final String TYRUS = "org.glassfish.tyrus.";
  private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final long ANSWER_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final Runnable ping;
  private boolean asked;
  private long askedNanos;
  private volatile boolean answered;

  /**
   * A client of which nothing is known yet.
   *
   * @param ping sends one, and does not wait
   */
  Pulse(Runnable ping) {
    this.ping = ping;
  }

  /** Of a connection that was just opened; null where the container tells when it ends. */
  static Pulse of(Session session, Feeders feeders) {
    boolean needed = session.getContainer().getClass().getName().startsWith(TYRUS);
    return needed ? new Pulse(() -> feeders.close(() -> ask(session))) : null;
  }

  /** The client has answered a ping. */
  void beat() {
    answered = true;
  }

  /**
   * Asks it when it is time; whether it has not answered. Never waits.
   *
   * @param quietNanos how long it has said nothing
   */
  boolean isGone(long quietNanos, long nowNanos) {
    if (quietNanos < QUIET_NANOS) {
      asked = false;
      return false;
    }
    if (!asked || answered && nowNanos - askedNanos >= QUIET_NANOS) {
      asked = true;
      askedNanos = nowNanos;
      answered = false;
      ping.run();
    }
    return !answered && nowNanos - askedNanos >= ANSWER_NANOS;
  }

  private static void ask(Session session) {
    try {
      session.getAsyncRemote().sendPing(ByteBuffer.allocate(0));
    } catch (IOException | RuntimeException e) {
      // Then it is not answered. Tyrus throws a bare RuntimeException.
      LOGGER.log(Level.FINE, e, () -> "no ping to " + session.getId());
    }
  }
}
