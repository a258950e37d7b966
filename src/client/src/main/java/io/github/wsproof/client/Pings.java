package io.github.wsproof.client;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The pings of a run: each has a number of its own, which its pong must bring back.
 *
 * <p>Not thread-safe: owned by the loop.
 */
final class Pings {
  private final Map<Long, Long> outstanding = new HashMap<>();
  private final Latency roundTrip = new Latency();
  private long sent;
  private long answered;
  private long unknown;

  /** The payload of the next ping. */
  ByteBuffer next(long nowNanos) {
    outstanding.put(sent, nowNanos);
    return ByteBuffer.allocate(Long.BYTES).putLong(0, sent++);
  }

  /** A pong came. */
  void pong(ByteBuffer payload, long nowNanos) {
    Long sentNanos =
        payload.remaining() == Long.BYTES ? outstanding.remove(payload.getLong(0)) : null;
    if (sentNanos == null) {
      unknown++;
    } else {
      answered++;
      roundTrip.record(nowNanos - sentNanos);
    }
  }

  /** For the report; null where none was sent. */
  Report.PingInfo info() {
    return sent == 0 ? null : new Report.PingInfo(sent, answered, unknown, roundTrip.percentiles());
  }
}
