package io.github.wsproof.client;

import java.util.Arrays;

/**
 * The messages of one publisher that have not come to all whom they are for: when each was
 * published, and to how many it is still to come.
 *
 * <p>Memory follows the messages that are on their way. Not thread-safe: owned by the run's loop.
 */
final class Flights {
  private static final int FIRST_CAPACITY = 64;

  private int receivers;
  private long[] publishedNanos = new long[FIRST_CAPACITY];
  private int[] open = new int[FIRST_CAPACITY];

  /** Positions are sequences modulo the capacity. */
  private long first;

  private long next;

  /**
   * @param receivers to how many each message is to come
   */
  Flights(int receivers) {
    this.receivers = receivers;
  }

  /** What is published from now on comes to one less. */
  void oneLess() {
    receivers--;
  }

  /** The next message is published. */
  void published(long nowNanos) {
    if (next - first == open.length) {
      grow();
    }
    int at = (int) (next++ % open.length);
    publishedNanos[at] = nowNanos;
    open[at] = receivers;
  }

  private void grow() {
    int capacity = 2 * open.length;
    long[] newPublished = new long[capacity];
    int[] newOpen = new int[capacity];
    for (long sequence = first; sequence < next; sequence++) {
      newPublished[(int) (sequence % capacity)] = publishedNanos[(int) (sequence % open.length)];
      newOpen[(int) (sequence % capacity)] = open[(int) (sequence % open.length)];
    }
    publishedNanos = newPublished;
    open = newOpen;
  }

  /** When a message was published that has come to one of them, or -1 if that is not known. */
  long publishedNanos(long sequence) {
    return sequence < first || sequence >= next
        ? -1
        : publishedNanos[(int) (sequence % open.length)];
  }

  /** It has come to one more, or is not to come to one; true for the last of them. */
  boolean isLast(long sequence) {
    if (sequence < first || sequence >= next) {
      return false;
    }
    int at = (int) (sequence % open.length);
    boolean last = --open[at] == 0;
    while (first < next && open[(int) (first % open.length)] <= 0) {
      first++;
    }
    return last;
  }

  /** It comes to nobody: the server has refused it. */
  void refused(long sequence) {
    if (sequence >= first && sequence < next) {
      open[(int) (sequence % open.length)] = 1;
      isLast(sequence);
    }
  }

  /** The messages that are on their way, oldest first. */
  long[] onTheirWay() {
    long[] all = new long[(int) (next - first)];
    Arrays.setAll(all, i -> first + i);
    return all;
  }
}
