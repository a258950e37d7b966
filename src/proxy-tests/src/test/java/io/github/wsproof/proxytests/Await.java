package io.github.wsproof.proxytests;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process or thread does. */
final class Await {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Something to look at. */
  interface Condition {
    boolean holds() throws Exception;
  }

  private Await() {}

  static void until(Condition condition, String what) throws Exception {
    long end = System.nanoTime() + BOUND_NANOS;
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("60 s for " + what).isLessThan(end);
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }
}
