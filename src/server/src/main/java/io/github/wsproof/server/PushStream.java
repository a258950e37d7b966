package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A named stream of numbered messages: one log that each receiver reads at its own place.
 *
 * <p>With a rate, messages are made on schedule, whether anyone is there or not. Without one they
 * are made when the receiver that is furthest wants the next. Either way a receiver that is slow
 * holds up nobody: the log does not wait for it, and tells it what it has let go of.
 *
 * <p>Thread-safe. The clock is a parameter: {@link System#nanoTime()}.
 */
final class PushStream {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Made on schedule at a time: others want the lock as well. */
  private static final int MOST_AT_ONCE = 10_000;

  final StreamMessages messages;
  final double rate;
  final long length;

  private final boolean lasting;
  private final long startNanos;
  private final long min;
  private final long max;

  /** Guarded by this, as all that follows. */
  private final StreamLog log;

  private final Set<StreamReceiver> receivers = new HashSet<>();
  private final Set<StreamReceiver> waiting = new LinkedHashSet<>();
  private long emptySinceNanos;
  private boolean ended;

  /**
   * A stream that begins now.
   *
   * @param rate messages per second; 0 = as fast as they are read
   * @param length messages in all; 0 = without end
   * @param lasting whether it stays without receivers
   * @param echo has the range of the random numbers
   */
  PushStream(
      StreamMessages messages,
      double rate,
      long length,
      boolean lasting,
      StreamSettings settings,
      EchoSettings echo,
      long nowNanos) {
    this.messages = messages;
    this.rate = rate;
    this.length = length == 0 ? Long.MAX_VALUE : length;
    this.lasting = lasting;
    this.startNanos = nowNanos;
    this.emptySinceNanos = nowNanos;
    this.min = echo.min();
    this.max = echo.max();
    this.log =
        new StreamLog(settings.messages(), Math.round(settings.ageSeconds() * NANOS_PER_SECOND));
  }

  /** What a receiver finds at its place. */
  sealed interface Found {
    /** These random numbers, of the messages from its place on. */
    record Some(long[] randoms) implements Found {}

    /** All up to this message is gone. */
    record Gone(long last) implements Found {}

    /** Nothing yet; it is woken when there is more. */
    record Nothing() implements Found {}

    /** All messages of a stream that has an end. */
    record End() implements Found {}
  }

  /** Reads on; a receiver that finds nothing is woken once there is something. */
  synchronized Found read(StreamReceiver receiver, long from, int most, long nowNanos) {
    log.expire(nowNanos);
    if (from < log.first()) {
      return new Found.Gone(log.first() - 1);
    }
    if (from == log.next() && rate == 0) {
      make(Math.min(length - log.next(), most), nowNanos);
    }
    if (from < log.next()) {
      return new Found.Some(log.randoms(from, most));
    }
    if (log.next() == length) {
      return new Found.End();
    }
    waiting.add(receiver);
    return new Found.Nothing();
  }

  private void make(long count, long nowNanos) {
    for (long i = 0; i < count; i++) {
      log.append(ThreadLocalRandom.current().nextLong(min, max + 1), nowNanos);
    }
  }

  /** Makes what is due; returns in how many nanoseconds the next is, or -1 after the last. */
  long tick(long nowNanos) {
    List<StreamReceiver> woken;
    long waitNanos;
    synchronized (this) {
      long due = (long) ((nowNanos - startNanos) / NANOS_PER_SECOND * rate) + 1;
      long count = Math.min(Math.min(due, length) - log.next(), MOST_AT_ONCE);
      make(count, nowNanos);
      log.expire(nowNanos);
      woken = count > 0 || log.next() == length ? List.copyOf(waiting) : List.of();
      if (!woken.isEmpty()) {
        waiting.clear();
      }
      long dueNanos = startNanos + (long) (log.next() / rate * NANOS_PER_SECOND);
      waitNanos = log.next() == length || ended ? -1 : Math.max(0, dueNanos - nowNanos);
    }
    woken.forEach(StreamReceiver::wake);
    return waitNanos;
  }

  /** The next message to be made: no receiver can begin after it. */
  synchronized long next() {
    return log.next();
  }

  /** Takes a receiver; false if the stream has just ended. */
  synchronized boolean join(StreamReceiver receiver) {
    return !ended && receivers.add(receiver);
  }

  /** Wakes a receiver no more; false if it does not wait. */
  synchronized boolean stopWaiting(StreamReceiver receiver) {
    return waiting.remove(receiver);
  }

  synchronized void leave(StreamReceiver receiver, long nowNanos) {
    waiting.remove(receiver);
    if (receivers.remove(receiver) && receivers.isEmpty()) {
      emptySinceNanos = nowNanos;
    }
  }

  synchronized List<StreamReceiver> receivers() {
    return List.copyOf(receivers);
  }

  synchronized int receiverCount() {
    return receivers.size();
  }

  /** Lets go of what is too old; true if nobody has been there for so long that it ends now. */
  synchronized boolean endsIdle(long idleNanos, long nowNanos) {
    log.expire(nowNanos);
    boolean idle = receivers.isEmpty() && nowNanos - emptySinceNanos > idleNanos;
    ended |= idle && !lasting && idleNanos > 0;
    return ended;
  }
}
