package io.github.wsproof.transport;

import io.github.wsproof.transport.EventLoop.Timer;
import java.util.PriorityQueue;

/**
 * The timers of a loop, by deadline. Most are cancelled before they are due (they are bounds), so
 * cancelling is cheap: a cancelled timer stays, empty, until half of the queue is such.
 *
 * <p>Not thread-safe: owned by the loop's thread.
 */
final class TimerQueue {

  private static final int FEW = 64;

  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>((a, b) -> Long.signum(a.deadlineNanos - b.deadlineNanos));
  private int cancelled;

  void add(Timer timer) {
    queue.add(timer);
  }

  /** Tells that one of the timers in the queue was cancelled. */
  void cancelled() {
    cancelled++;
    if (cancelled > FEW && cancelled > queue.size() / 2) {
      queue.removeIf(Timer::isCancelled);
      cancelled = 0;
    }
  }

  /** The timer that is due first if it is due now, else null. */
  Timer pollDue(long nowNanos) {
    dropCancelled();
    Timer first = queue.peek();
    return first != null && first.deadlineNanos - nowNanos <= 0 ? queue.poll() : null;
  }

  /** How long until the next timer is due: not positive if it is overdue, huge if there is none. */
  long nanosToNext(long nowNanos) {
    dropCancelled();
    Timer first = queue.peek();
    return first == null ? Long.MAX_VALUE : first.deadlineNanos - nowNanos;
  }

  private void dropCancelled() {
    while (!queue.isEmpty() && queue.peek().isCancelled()) {
      queue.poll();
      cancelled = Math.max(0, cancelled - 1);
    }
  }
}
