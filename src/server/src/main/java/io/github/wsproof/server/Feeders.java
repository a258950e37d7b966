package io.github.wsproof.server;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that feed the receivers of streams and the members of rooms.
 *
 * <p>A few workers send for all of them; they never wait for one, see {@link StreamReceiver}.
 * Closing may wait for a client on some containers, so it has threads of its own. None is started
 * before it is needed. Thread-safe.
 */
final class Feeders implements AutoCloseable {
  private static final int CLOSERS = 16;
  private static final long CLOSER_IDLE_SECONDS = 10;
  private static final long CLOSE_BOUND_MILLIS = 1_000;

  private final int sendSeconds;
  private final ExecutorService workers =
      Executors.newFixedThreadPool(
          Math.max(2, Runtime.getRuntime().availableProcessors()), r -> daemon(r, "stream"));
  private final ThreadPoolExecutor closers =
      new ThreadPoolExecutor(
          CLOSERS,
          CLOSERS,
          CLOSER_IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          r -> daemon(r, "stream-close"));

  /**
   * @param sendSeconds how long a receiver may take no message
   */
  Feeders(int sendSeconds) {
    this.sendSeconds = sendSeconds;
    closers.allowCoreThreadTimeOut(true);
  }

  static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, "wsproof-" + name);
    thread.setDaemon(true);
    return thread;
  }

  /** How long a receiver may take no message. */
  int sendSeconds() {
    return sendSeconds;
  }

  /** Runs what never waits for a client. */
  void execute(Runnable task) {
    submit(workers, task);
  }

  /** Runs what may wait for a client. */
  void close(Runnable task) {
    submit(closers, task);
  }

  private static void submit(ExecutorService executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // The deployment has ended, and with it the connections.
      return;
    }
  }

  /** Ends its threads; the connections have been closed before. */
  @Override
  public void close() {
    workers.shutdown();
    closers.shutdown();
    try {
      // A container takes the classes away when this has returned.
      workers.awaitTermination(CLOSE_BOUND_MILLIS, TimeUnit.MILLISECONDS);
      closers.awaitTermination(CLOSE_BOUND_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
