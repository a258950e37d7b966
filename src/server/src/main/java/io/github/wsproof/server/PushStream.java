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
 * <p>This one lives in memory, see {@link StoredStream} for those that servers share.
 *
 * <p>Thread-safe. The clock is a parameter: {@link System#nanoTime()}.
 */
class PushStream {
  private static final double NANOS_PER_SECOND = 1e9;

  /** Made on schedule at a time: others want the lock as well. */
  private static final int MOST_AT_ONCE = 10_000;

  final StreamMessages messages;
  final double rate;
  final long length;

  final long startNanos;

  private final boolean lasting;
  private final long min;
  private final long max;

  /** Guarded by this, as all that follows. */
  final StreamLog log;

  private final Set<StreamReceiver> receivers = new HashSet<>();
  private final Set<StreamReceiver> waiting = new LinkedHashSet<>();
  private long emptySinceNanos;
  boolean ended;

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

  /** It is idle from now on, and what is before a message is not to be had. */
  final synchronized void begin(long sequence, long nowNanos) {
    log.skipTo(sequence);
    emptySinceNanos = nowNanos;
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
    if (rate == 0) {
      more(from, most, nowNanos);
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

  /** Without a rate: makes messages if a receiver wants them that is at this place. */
  void more(long from, int most, long nowNanos) {
    if (from == log.next()) {
      make(Math.min(length - log.next(), most), nowNanos);
    }
  }

  private void make(long count, long nowNanos) {
    for (long i = 0; i < count; i++) {
      log.append(random(), nowNanos);
    }
  }

  /** The random number of a message. */
  final long random() {
    return ThreadLocalRandom.current().nextLong(min, max + 1);
  }

  /** How many messages are due, no more than are made at once. */
  final long due(long nowNanos) {
    long due = (long) ((nowNanos - startNanos) / NANOS_PER_SECOND * rate) + 1;
    return Math.min(Math.min(due, length) - log.next(), MOST_AT_ONCE);
  }

  /** When the next message is due. */
  final long dueNanos() {
    return startNanos + (long) (log.next() / rate * NANOS_PER_SECOND);
  }

  /** Those who wait are to be woken. */
  final List<StreamReceiver> takeWaiting() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<StreamReceiver> woken = List.copyOf(waiting);
    waiting.clear();
    return woken;
  }

  /** Makes what is due; returns in how many nanoseconds the next is, or -1 after the last. */
  long tick(long nowNanos) {
    List<StreamReceiver> woken;
    long waitNanos;
    synchronized (this) {
      long count = due(nowNanos);
      make(count, nowNanos);
      log.expire(nowNanos);
      woken = count > 0 || log.next() == length ? takeWaiting() : List.of();
      waitNanos = log.next() == length || ended ? -1 : Math.max(0, dueNanos() - nowNanos);
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
    ended |= idle && !lasts() && idleNanos > 0;
    return ended;
  }

  /** Whether it stays without receivers. */
  boolean lasts() {
    return lasting;
  }
}
