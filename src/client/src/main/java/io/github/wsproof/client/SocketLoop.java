package io.github.wsproof.client;

import io.github.wsproof.transport.EventLoop;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The loop that the sockets themselves are on: nothing is handed over. */
final class SocketLoop implements Loop {
  final EventLoop events;

  /**
   * Starts it.
   *
   * @param onFailure is told of what a task throws
   */
  SocketLoop(Consumer<Throwable> onFailure) {
    events = new EventLoop("wsproof-loop", (thread, failure) -> onFailure.accept(failure));
  }

  @Override
  public void execute(Runnable task) {
    try {
      events.execute(task);
    } catch (RejectedExecutionException e) {
      // The run is over: its account is made, and late callbacks have nobody to tell.
      return;
    }
  }

  @Override
  public void schedule(Runnable task, long delay, TimeUnit unit) {
    events.schedule(unit.toNanos(delay), task);
  }

  @Override
  public void scheduleRoughly(Runnable task, long delay, TimeUnit unit) {
    events.scheduleRoughly(unit.toNanos(delay), task);
  }

  @Override
  public boolean inLoop() {
    return events.inLoop();
  }

  @Override
  public double busyPercent() {
    return 100.0 * events.busyNanos() / Math.max(1, events.busyNanos() + events.idleNanos());
  }

  @Override
  public void close() {
    events.close();
  }
}
