package io.github.wsproof.client;

/**
 * When each message of an open-loop run is due: evenly, whatever the replies do. Latency from the
 * due time does not omit what a slow server delays (G. Tene, "How NOT to Measure Latency").
 *
 * <p>Immutable.
 *
 * @param perSecond messages per second of all connections together, &gt; 0
 * @param startNanos when message 0 is due
 */
record Pace(double perSecond, long startNanos) {
  private static final double NANOS_PER_SECOND = 1e9;

  /** When a message is due. */
  long dueNanos(long index) {
    return startNanos + (long) (index / perSecond * NANOS_PER_SECOND);
  }

  /** How many messages are due by now. */
  long dueBy(long nowNanos) {
    return nowNanos < startNanos
        ? 0
        : 1 + (long) ((nowNanos - startNanos) / NANOS_PER_SECOND * perSecond);
  }
}
