package io.github.wsproof.transport;

import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Finds the connection under a session. Tyrus keeps a session's Writer to itself; so a pong is sent
 * through the session, and our Writer, which gets it on this very thread, says who it is instead of
 * writing it. Thread-safe.
 */
final class SessionLookup {

  private static final String PROPERTY = EventLoopConnection.class.getName();

  /** Set on the thread that looks, while it does. */
  private static final ThreadLocal<EventLoopConnection[]> SOUGHT = new ThreadLocal<>();

  private SessionLookup() {}

  /** See {@link EventLoopConnection#of}. */
  static EventLoopConnection connectionOf(Session session) {
    Map<String, Object> properties = session.getUserProperties();
    synchronized (properties) {
      Object known = properties.get(PROPERTY);
      EventLoopConnection connection = known == null ? find(session) : (EventLoopConnection) known;
      properties.put(PROPERTY, connection);
      return connection;
    }
  }

  /** To be asked by a connection that has been given a pong: whether it is to be dropped. */
  static boolean found(EventLoopConnection connection) {
    EventLoopConnection[] sought = SOUGHT.get();
    if (sought != null) {
      sought[0] = connection;
    }
    return sought != null;
  }

  private static EventLoopConnection find(Session session) {
    EventLoopConnection[] found = new EventLoopConnection[1];
    SOUGHT.set(found);
    try {
      session.getBasicRemote().sendPong(ByteBuffer.allocate(0));
    } catch (IOException | RuntimeException e) {
      throw new IllegalStateException("must be open: session=" + session, e);
    } finally {
      SOUGHT.remove();
    }
    if (found[0] == null) {
      throw new IllegalArgumentException(
          "must be a session of an EventLoopClientContainer: session=" + session);
    }
    return found[0];
  }
}
