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

  private static final double SATURATED_PERCENT_OF_A_CORE = 90;

  private final long startedNanos;
  private final long startedCpuNanos = cpuNanos();
  private final long startedGcMillis = gcMillis();
  private long lastTickNanos;
  private long stalls;

  ClientHealth(long nowNanos) {
    startedNanos = nowNanos;
    lastTickNanos = nowNanos;
  }

  /** The loop runs a task that was due {@code periodNanos} after the tick before. */
  void tick(long nowNanos, long periodNanos) {
    if (nowNanos - lastTickNanos - periodNanos > STALL_NANOS) {
      stalls++;
    }
    lastTickNanos = nowNanos;
  }

  Report.ClientInfo info(long nowNanos) {
    double cpuPercent =
        100.0 * (cpuNanos() - startedCpuNanos) / Math.max(1, nowNanos - startedNanos);
    return new Report.ClientInfo(
        stalls,
        gcMillis() - startedGcMillis,
        Math.round(cpuPercent * 10) / 10.0,
        stalls > 0 || cpuPercent > SATURATED_PERCENT_OF_A_CORE,
        System.getProperty("java.vm.name") + " " + System.getProperty("java.version"),
        Versions.TYRUS);
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
