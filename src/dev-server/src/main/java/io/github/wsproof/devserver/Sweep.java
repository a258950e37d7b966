package io.github.wsproof.devserver;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks after what may take too long: one look at all of it a few times a second, where a timer for
 * each message would cost more than the message. Thread-safe.
 */
final class Sweep implements AutoCloseable {
  private static final long PERIOD_MILLIS = 200;

  /** What may take too long. */
  interface Watched {
    /** Ends what has taken too long. Called on the thread of the sweep. */
    void check(long nowNanos);
  }

  private final Set<Watched> all = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "wsproof-sweep");
            thread.setDaemon(true);
            return thread;
          });

  Sweep() {
    timer.scheduleWithFixedDelay(this::sweep, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(Watched watched) {
    all.add(watched);
  }

  void remove(Watched watched) {
    all.remove(watched);
  }

  int size() {
    return all.size();
  }

  private void sweep() {
    long nowNanos = System.nanoTime();
    for (Watched watched : all) {
      try {
        watched.check(nowNanos);
      } catch (RuntimeException e) {
        // One that cannot be ended must not keep the others from it.
        System.getLogger(Sweep.class.getName())
            .log(System.Logger.Level.WARNING, "a connection could not be checked: " + e);
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
