package io.github.wsproof.client;

import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The one thread that owns a run: its connections, its ledger, its clock. */
interface Loop extends Executor, AutoCloseable {
  /** Runs a task on the loop, after those before it; from any thread. */
  @Override
  void execute(Runnable task);

  /** Runs a task on the loop after a delay; from any thread. */
  void schedule(Runnable task, long delay, TimeUnit unit);

  /** As above, a few milliseconds late: where being punctual costs more, it is not wanted. */
  default void scheduleRoughly(Runnable task, long delay, TimeUnit unit) {
    schedule(task, delay, unit);
  }

  /** Whether the caller is on the loop. */
  boolean inLoop();

  /** The share of its time that it has worked, in percent, or -1 where it cannot tell. */
  default double busyPercent() {
    return -1;
  }

  /** Ends the loop. */
  @Override
  void close();

  /** Runs a task at once if on the loop, else on it. */
  default void run(Runnable task) {
    if (inLoop()) {
      task.run();
    } else {
      execute(task);
    }
  }
}
