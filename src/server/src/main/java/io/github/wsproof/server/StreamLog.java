package io.github.wsproof.server;

import java.util.Arrays;

/**
 * The last messages of a stream: of each its random number and when it was made, 16 bytes. What is
 * one too many or too old is let go of.
 *
 * <p>Not thread-safe; the clock is a parameter: {@link System#nanoTime()}.
 */
final class StreamLog {
  private static final int FIRST_CAPACITY = 1024;

  private final int most;
  private final long mostNanos;
  private long[] randoms;
  private long[] madeNanos;

  /** The oldest that is kept, and the next to be made: positions are these modulo the capacity. */
  private long first;

  private long next;

  /**
   * An empty log.
   *
   * @param most messages that are kept
   * @param mostNanos how long they are; 0 = for ever
   */
  StreamLog(int most, long mostNanos) {
    this.most = most;
    this.mostNanos = mostNanos;
    int capacity = Math.min(most, FIRST_CAPACITY);
    randoms = new long[capacity];
    madeNanos = new long[capacity];
  }

  /** Makes a message; returns its sequence. */
  long append(long random, long nowNanos) {
    if (next - first == randoms.length) {
      if (randoms.length < most) {
        grow((int) Math.min(most, 2L * randoms.length));
      } else {
        first++;
      }
    }
    int at = (int) (next % randoms.length);
    randoms[at] = random;
    madeNanos[at] = nowNanos;
    return next++;
  }

  /** Nothing before a message is to be had; it is the next, if it has not been made. */
  void skipTo(long sequence) {
    first = Math.max(first, Math.min(sequence, next));
    if (next < sequence) {
      first = sequence;
      next = sequence;
    }
  }

  private void grow(int capacity) {
    long[] oldRandoms = randoms;
    long[] oldMade = madeNanos;
    int oldCapacity = oldRandoms.length;
    randoms = new long[capacity];
    madeNanos = new long[capacity];
    for (long sequence = first; sequence < next; sequence++) {
      randoms[(int) (sequence % capacity)] = oldRandoms[(int) (sequence % oldCapacity)];
      madeNanos[(int) (sequence % capacity)] = oldMade[(int) (sequence % oldCapacity)];
    }
  }

  /** Lets go of what is too old. */
  void expire(long nowNanos) {
    while (mostNanos > 0
        && first < next
        && nowNanos - madeNanos[(int) (first % randoms.length)] > mostNanos) {
      first++;
    }
  }

  /** The oldest message that is kept, or {@link #next} if none is. */
  long first() {
    return first;
  }

  /** The next message to be made. */
  long next() {
    return next;
  }

  /**
   * The random numbers of messages that are kept.
   *
   * @param from {@code first()..next()}
   * @param count at most so many
   */
  long[] randoms(long from, int count) {
    long[] some = new long[(int) Math.min(count, next - from)];
    Arrays.setAll(some, i -> randoms[(int) ((from + i) % randoms.length)]);
    return some;
  }
}
