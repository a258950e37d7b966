package io.github.wsproof.server;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The open connections of this deployment. Thread-safe. */
public final class Connections {
  private static final Logger LOGGER = Logger.getLogger(Connections.class.getName());
  private static final Set<Session> OPEN = ConcurrentHashMap.newKeySet();

  private static final Flusher FLUSHER = new Flusher();

  private Connections() {}

  static Flusher flusher() {
    return FLUSHER;
  }

  static void add(Session session) {
    OPEN.add(session);
  }

  static void remove(Session session) {
    OPEN.remove(session);
  }

  /** How many are open. */
  public static int count() {
    return OPEN.size();
  }

  /** Closes each open connection with 1001, going away. */
  public static void goAway() {
    CloseReason reason = new CloseReason(CloseCodes.GOING_AWAY, "the server is stopping");
    for (Session session : OPEN) {
      try {
        session.close(reason);
      } catch (IOException | IllegalStateException e) {
        LOGGER.log(Level.FINE, e, () -> "connection " + session.getId() + " had ended");
      }
    }
  }
}
