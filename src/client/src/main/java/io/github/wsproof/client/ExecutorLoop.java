package io.github.wsproof.client;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A loop beside a container that has threads of its own. */
final class ExecutorLoop implements Loop {
  private final ScheduledThreadPoolExecutor executor;
  private final Consumer<Throwable> onFailure;
  private volatile Thread thread;

  /**
   * Starts it.
   *
   * @param onFailure is told of what a task throws
   */
  ExecutorLoop(Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              thread = new Thread(task, "wsproof-loop");
              thread.setDaemon(true);
              return thread;
            });
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    schedule(task, 0, TimeUnit.NANOSECONDS);
  }

  @Override
  public void schedule(Runnable task, long delay, TimeUnit unit) {
    try {
      executor.schedule(() -> runGuarded(task), delay, unit);
    } catch (RejectedExecutionException e) {
      // The run is over: its account is made, and late callbacks have nobody to tell.
      if (!executor.isShutdown()) {
        throw e;
      }
    }
  }

  private void runGuarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
