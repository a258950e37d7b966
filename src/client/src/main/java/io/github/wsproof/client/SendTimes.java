package io.github.wsproof.client;

import java.util.HashMap;
import java.util.Map;

/**
 * When the messages in flight were sent: a ring as wide as the window, and what was overtaken
 * beside it.
 *
 * <p>Not thread-safe: owned by the loop.
 */
final class SendTimes {
  private static final long NONE = Long.MIN_VALUE;

  private final long[] ring;
  private final int mask;
  private final Map<Long, Long> overtaken = new HashMap<>();

  SendTimes(long window) {
    ring = new long[Integer.highestOneBit((int) Math.max(1, window * 2 - 1))];
    mask = ring.length - 1;
    java.util.Arrays.fill(ring, NONE);
  }

  void sent(long sequence, long nowNanos) {
    int slot = (int) sequence & mask;
    if (ring[slot] != NONE) {
      overtaken.put(sequence - ring.length, ring[slot]);
    }
    ring[slot] = nowNanos;
  }

  /** When a message that is answered now was sent. */
  long answered(long sequence, long nextSequence) {
    if (nextSequence - sequence > ring.length) {
      return overtaken.remove(sequence);
    }
    int slot = (int) sequence & mask;
    long sentNanos = ring[slot];
    ring[slot] = NONE;
    return sentNanos;
  }
}
