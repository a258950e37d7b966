package io.github.wsproof.server;

import java.util.Arrays;

/**
 * The last messages of a room, as they are sent, and when each was made. What is one too many or
 * too old is let go of. Memory follows what is kept: nothing costs next to nothing.
 *
 * <p>Not thread-safe; the clock is a parameter: {@link System#nanoTime()}.
 */
final class RoomLog {
  private static final int FIRST_CAPACITY = 4;

  /** What a message takes beside its characters: object headers, references, its time. */
  private static final int EXTRA_BYTES = 80;

  private final int most;
  private final long mostNanos;
  private Object[] texts = {};
  private long[] madeNanos = {};
  private int[] lengths = {};

  /** The oldest that is kept, and the next to be made: positions are these modulo the capacity. */
  private long first;

  private long next;
  private long bytes;

  /**
   * An empty log.
   *
   * @param most messages that are kept
   * @param mostNanos how long they are; 0 = for ever
   */
  RoomLog(int most, long mostNanos) {
    this.most = most;
    this.mostNanos = mostNanos;
  }

  /** Adds the message with the number {@link #next}; {@code length} is its bytes in UTF-8. */
  void append(String text, int length, long nowNanos) {
    if (next - first == most) {
      dropFirst();
    }
    if (next - first == texts.length) {
      resize((int) Math.min(most, Math.max(FIRST_CAPACITY, 2L * texts.length)));
    }
    int at = (int) (next % texts.length);
    texts[at] = text;
    lengths[at] = length;
    madeNanos[at] = nowNanos;
    bytes += length + EXTRA_BYTES;
    next++;
  }

  /** Nothing before a message is to be had; it is the next, if it has not been made. */
  void skipTo(long sequence) {
    while (first < Math.min(sequence, next)) {
      dropFirst();
    }
    if (next < sequence) {
      first = sequence;
      next = sequence;
    }
  }

  private void resize(int capacity) {
    Object[] newTexts = new Object[capacity];
    long[] newMade = new long[capacity];
    int[] newLengths = new int[capacity];
    for (long sequence = first; sequence < next; sequence++) {
      int from = (int) (sequence % texts.length);
      int to = (int) (sequence % capacity);
      newTexts[to] = texts[from];
      newMade[to] = madeNanos[from];
      newLengths[to] = lengths[from];
    }
    texts = newTexts;
    madeNanos = newMade;
    lengths = newLengths;
  }

  /** Lets go of the oldest message; there must be one. */
  void dropFirst() {
    int at = (int) (first % texts.length);
    texts[at] = null;
    bytes -= lengths[at] + EXTRA_BYTES;
    first++;
  }

  /** Lets go of what is too old, and of memory that is much too large for the rest. */
  void expire(long nowNanos) {
    while (mostNanos > 0
        && first < next
        && nowNanos - madeNanos[(int) (first % texts.length)] > mostNanos) {
      dropFirst();
    }
    if (texts.length > FIRST_CAPACITY && next - first < texts.length / 8) {
      resize(Math.max(FIRST_CAPACITY, texts.length / 4));
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

  /** What is kept takes about so much memory. */
  long bytes() {
    return bytes;
  }

  /**
   * Messages that are kept: so many that one at least, and else no more than so many bytes.
   *
   * @param from {@code first()..next() - 1}
   * @param count at most so many
   */
  Feed.Texts texts(long from, int count, int mostBytes) {
    int some = (int) Math.min(count, next - from);
    String[] found = new String[some];
    int[] foundLengths = new int[some];
    long sum = 0;
    for (int i = 0; i < some; i++) {
      int at = (int) ((from + i) % texts.length);
      sum += lengths[at];
      if (i > 0 && sum > mostBytes) {
        return new Kept(Arrays.copyOf(found, i), foundLengths);
      }
      found[i] = (String) texts[at];
      foundLengths[i] = lengths[at];
    }
    return new Kept(found, foundLengths);
  }

  private static final class Kept implements Feed.Texts {
    private final String[] texts;
    private final int[] lengths;

    Kept(String[] texts, int[] lengths) {
      this.texts = texts;
      this.lengths = lengths;
    }

    @Override
    public int count() {
      return texts.length;
    }

    @Override
    public String text(int index) {
      return texts[index];
    }

    @Override
    public int bytes(int index) {
      return lengths[index];
    }
  }
}
