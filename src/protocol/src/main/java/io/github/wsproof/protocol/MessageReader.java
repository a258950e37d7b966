package io.github.wsproof.protocol;

/**
 * Finds the message inside a reply. A reply is read without allocation; what was found stays in the
 * reader until the next call.
 *
 * <p>Not thread-safe: owned by the thread that owns the ledger.
 */
public final class MessageReader {
  private final Messages messages;
  private int connection;
  private long sequence;
  private int check;
  private int start;
  private int end;

  /** A reader for the messages of one run. */
  public MessageReader(Messages messages) {
    this.messages = messages;
  }

  /**
   * Reads a message's identity at an offset: its syntax and its check.
   *
   * @return whether a message of this run begins there; its padding is not looked at
   */
  public boolean identityAt(byte[] bytes, int offset) {
    return syntaxAt(bytes, offset) && messages.check(bytes, offset, end - 9 - offset) == check;
  }

  /**
   * Reads what looks like an identity at an offset, whether its check is right or not.
   *
   * @return whether the bytes there have the syntax of an identity
   */
  public boolean syntaxAt(byte[] bytes, int offset) {
    start = offset;
    int at = offset + Messages.PREFIX.length;
    if (offset < 0 || !startsWith(bytes, offset, Messages.PREFIX)) {
      return false;
    }
    long number = 0;
    int from = at;
    while (at < bytes.length && isDigit(bytes[at]) && at - from < 10) {
      number = number * 10 + bytes[at++] - '0';
    }
    if (at == from
        || number > Integer.MAX_VALUE
        || leadingZero(bytes, from, at)
        || at >= bytes.length
        || bytes[at++] != '/') {
      return false;
    }
    connection = (int) number;
    number = 0;
    from = at;
    while (at < bytes.length && isDigit(bytes[at]) && at - from < 18) {
      number = number * 10 + bytes[at++] - '0';
    }
    if (at == from && startsWith(bytes, at, Messages.END)) {
      number = Identity.END_SEQUENCE;
      at += Messages.END.length;
    } else if (at == from || leadingZero(bytes, from, at)) {
      return false;
    }
    sequence = number;
    if (at >= bytes.length || bytes[at++] != ' ') {
      return false;
    }
    if (bytes.length - at < Messages.CHECK_DIGITS) {
      return false;
    }
    int value = 0;
    for (int i = 0; i < Messages.CHECK_DIGITS; i++) {
      int digit = hexDigit(bytes[at + i]);
      if (digit < 0) {
        return false;
      }
      value = value << 4 | digit;
    }
    check = value;
    end = at + Messages.CHECK_DIGITS;
    return true;
  }

  /**
   * Whether the rest of the message that was just read, its padding, is there and right; moves
   * {@link #end()} behind it.
   */
  public boolean contentMatches(byte[] bytes) {
    int padding =
        sequence == Identity.END_SEQUENCE
            ? 0
            : messages.paddingLength(end - start, sequence, check);
    if (!messages.paddingMatches(bytes, end, padding, sequence, check)) {
      return false;
    }
    end += padding;
    return true;
  }

  /** The offset of the next {@code Request } from an offset on, or -1. */
  public static int next(byte[] bytes, int offset) {
    for (int i = offset; i <= bytes.length - Messages.PREFIX.length; i++) {
      if (bytes[i] == 'R' && startsWith(bytes, i, Messages.PREFIX)) {
        return i;
      }
    }
    return -1;
  }

  /** The connection that was read. */
  public int connection() {
    return connection;
  }

  /** The sequence that was read, {@link Identity#END_SEQUENCE} included. */
  public long sequence() {
    return sequence;
  }

  /** The check that was read. */
  public int check() {
    return check;
  }

  /** The offset of the first byte of what was read. */
  public int start() {
    return start;
  }

  /** The offset behind the last byte that was read. */
  public int end() {
    return end;
  }

  private static boolean leadingZero(byte[] bytes, int from, int to) {
    return bytes[from] == '0' && to - from > 1;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  static int hexDigit(byte b) {
    if (isDigit(b)) {
      return b - '0';
    }
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
  }

  private static boolean startsWith(byte[] bytes, int offset, byte[] what) {
    if (bytes.length - offset < what.length) {
      return false;
    }
    for (int i = 0; i < what.length; i++) {
      if (bytes[offset + i] != what[i]) {
        return false;
      }
    }
    return true;
  }
}
