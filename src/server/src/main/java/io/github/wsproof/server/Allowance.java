package io.github.wsproof.server;

/**
 * So much a second, and a second's worth at once (a token bucket). Not thread-safe.
 *
 * <p>The clock is a parameter: {@link System#nanoTime()}.
 */
final class Allowance {
  private static final double NANOS_PER_SECOND = 1e9;

  private final double perSecond;
  private double left;
  private long lastNanos;

  /**
   * An allowance that is full.
   *
   * @param perSecond more than 0
   */
  Allowance(double perSecond, long nowNanos) {
    this.perSecond = perSecond;
    this.left = perSecond;
    this.lastNanos = nowNanos;
  }

  /** Takes so much of it; false, and nothing taken, if it does not hold that much. */
  boolean take(double amount, long nowNanos) {
    double refilled = left + (nowNanos - lastNanos) / NANOS_PER_SECOND * perSecond;
    lastNanos = nowNanos;
    left = Math.min(perSecond, refilled);
    if (left < amount) {
      return false;
    }
    left -= amount;
    return true;
  }
}
