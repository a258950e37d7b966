package io.github.wsproof.server;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes what {@link Replies} has gathered when a burst of messages pauses.
 *
 * <p>One thread watches the clock for all connections of a deployment; the writes are done by
 * others, because a client that does not read holds up whoever writes to it. Thread-safe.
 */
final class Flusher implements AutoCloseable {
  /** A burst without a message for so long has paused. */
  static final long PAUSE_NANOS = 100_000;

  /**
   * As many as Tomcat has threads of its own. Where clients that do not read hold them all, the
   * others wait for a send timeout, as they do there.
   */
  private static final int MOST_WRITERS = 200;

  private static final long CLOSE_BOUND_MILLIS = 1_000;

  private final Queue<Replies> watched = new ConcurrentLinkedQueue<>();
  private final ExecutorService writers =
      new ThreadPoolExecutor(
          0, MOST_WRITERS, 60, TimeUnit.SECONDS, new SynchronousQueue<>(), r -> daemon(r, "write"));
  private final Thread clock = daemon(this::watch, "clock");
  private volatile boolean asleep;
  private volatile boolean closed;

  Flusher() {
    clock.start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, "wsproof-" + name);
    thread.setDaemon(true);
    return thread;
  }

  /** Sees to it that gathered replies are written soon after the burst has paused. */
  void watch(Replies replies) {
    watched.add(replies);
    if (asleep) {
      LockSupport.unpark(clock);
    }
  }

  private void watch() {
    while (!closed) {
      asleep = true;
      if (watched.isEmpty()) {
        LockSupport.park(this);
      }
      asleep = false;
      LockSupport.parkNanos(this, PAUSE_NANOS);
      flushPaused(System.nanoTime());
    }
    writers.shutdown();
  }

  private void flushPaused(long nowNanos) {
    watched.removeIf(replies -> replies.isPaused(nowNanos) && isTaken(() -> flush(replies)));
  }

  private boolean isTaken(Runnable write) {
    try {
      writers.execute(write);
      return true;
    } catch (RejectedExecutionException e) {
      // All are busy: at the next look.
      return false;
    }
  }

  private static void flush(Replies replies) {
    try {
      replies.burstPaused();
    } catch (IOException | IllegalStateException e) {
      replies.failed(e);
    }
  }

  /** Ends its threads. What is still gathered is written when its connection is closed. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(clock);
    try {
      // A container takes the classes away when this has returned.
      clock.join(CLOSE_BOUND_MILLIS);
      writers.awaitTermination(CLOSE_BOUND_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
