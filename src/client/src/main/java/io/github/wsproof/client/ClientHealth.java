package io.github.wsproof.client;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * Watches the client itself: a loop that does not run, collections, the processor's share.
 *
 * <p>Not thread-safe: owned by the loop.
 */
final class ClientHealth {
  /** A gap in the loop that is worth telling. */
  static final long STALL_NANOS = 50_000_000;

  private static final double SATURATED_PERCENT = 95;
  private static final double STALLED_PERCENT = 5;

  /** A shorter run says little: half of it is the compiler's. */
  private static final long SHORTEST_JUDGED_NANOS = 1_000_000_000;

  private final long startedNanos;
  private final long startedCpuNanos = cpuNanos();
  private final long startedGcMillis = gcMillis();
  private long lastTickNanos;
  private long stalledNanos;
  private long stalls;

  ClientHealth(long nowNanos) {
    startedNanos = nowNanos;
    lastTickNanos = nowNanos;
  }

  /** The loop runs a task that was due {@code periodNanos} after the tick before. */
  void tick(long nowNanos, long periodNanos) {
    long gapNanos = nowNanos - lastTickNanos - periodNanos;
    if (gapNanos > STALL_NANOS) {
      stalls++;
      stalledNanos += gapNanos;
    }
    lastTickNanos = nowNanos;
  }

  /**
   * What it saw.
   *
   * @param activeNanos from the first message to the last reply
   * @param busyPercent of the time that the loop worked, or -1 where it cannot tell
   * @param latestSendNanos how long after its due time a message was sent at the most
   * @param scheduleMissed whether that was the client's own doing
   */
  Report.ClientInfo info(
      long nowNanos,
      long activeNanos,
      double busyPercent,
      long unfinishedSends,
      long latestSendNanos,
      boolean scheduleMissed) {
    long nanos = Math.max(1, nowNanos - startedNanos);
    double cpuPercent = 100.0 * (cpuNanos() - startedCpuNanos) / nanos;
    double saturation = busyPercent < 0 ? cpuPercent : busyPercent;
    boolean saturated =
        saturation > SATURATED_PERCENT || 100.0 * stalledNanos / nanos > STALLED_PERCENT;
    return new Report.ClientInfo(
        stalls,
        gcMillis() - startedGcMillis,
        rounded(cpuPercent),
        scheduleMissed || saturated && activeNanos >= SHORTEST_JUDGED_NANOS,
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        Versions.TYRUS,
        busyPercent < 0 ? null : rounded(busyPercent),
        unfinishedSends,
        latestSendNanos / 1e6);
  }

  private static double rounded(double percent) {
    return Math.round(percent * 10) / 10.0;
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getProcessCpuTime()
        : 0;
  }

  private static long gcMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }
}
