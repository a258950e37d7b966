package io.github.wsproof.server;

import jakarta.websocket.CloseReason.CloseCodes;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The open connections of a deployment. Thread-safe. */
final class Connections {
  private final Map<String, Connection> bySession = new HashMap<>();
  private final Map<String, Integer> byAddress = new HashMap<>();

  /** Of those that have ended, and without a connection: messages in, out, bytes in, out. */
  private final long[] ended = new long[4];

  /** Takes a connection; returns why there is no room for it, or null. */
  synchronized Refusal add(String session, Connection connection, Limits limits) {
    Refusal refusal = crowded(connection.address, limits);
    if (refusal == null) {
      bySession.put(session, connection);
      byAddress.merge(connection.address, 1, Integer::sum);
    }
    return refusal;
  }

  /** Why there is no room for one more, or null. */
  synchronized Refusal crowded(String address, Limits limits) {
    if (bySession.size() >= limits.connections()) {
      return full("the server has its " + limits.connections() + " connections", "connections");
    }
    boolean known = !address.equals(Handshaken.UNKNOWN);
    if (known && byAddress.getOrDefault(address, 0) >= limits.connectionsPerAddress()) {
      return full(
          "your address has its " + limits.connectionsPerAddress() + " connections",
          "connections-per-address");
    }
    return null;
  }

  private static Refusal full(String sentence, String cause) {
    return new Refusal(503, CloseCodes.TRY_AGAIN_LATER.getCode(), sentence, cause);
  }

  /** Forgets a connection; its counts are kept. Returns false if it was not known. */
  synchronized boolean remove(String session) {
    Connection connection = bySession.remove(session);
    if (connection == null) {
      return false;
    }
    byAddress.computeIfPresent(connection.address, (address, n) -> n == 1 ? null : n - 1);
    add(ended, connection);
    return true;
  }

  /** Messages in, out, bytes in, out, of all connections so far. */
  synchronized long[] totals() {
    long[] totals = ended.clone();
    bySession.values().forEach(connection -> add(totals, connection));
    return totals;
  }

  private static void add(long[] totals, Connection connection) {
    totals[0] += connection.messagesIn();
    totals[1] += connection.messagesOut();
    totals[2] += connection.bytesIn();
    totals[3] += connection.bytesOut();
  }

  /** Counts a message that came without a connection, and its reply. */
  synchronized void exchanged(long bytes, long replyBytes) {
    ended[0]++;
    ended[1]++;
    ended[2] += bytes;
    ended[3] += replyBytes;
  }

  /** How many are open. */
  synchronized int count() {
    return bySession.size();
  }

  /** Those that are open now. */
  synchronized Collection<Connection> open() {
    return List.copyOf(bySession.values());
  }
}
