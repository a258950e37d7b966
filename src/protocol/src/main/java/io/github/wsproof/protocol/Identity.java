package io.github.wsproof.protocol;

/**
 * What tells one message of a run from every other.
 *
 * @param connection the connection's number, from 0
 * @param sequence the message's number on its connection, from 0; {@link #END_SEQUENCE} for the
 *     message that closes a connection's account and is itself never counted
 */
public record Identity(int connection, long sequence) {
  /** The sequence of {@code Request <connection>/end <check>}. */
  public static final long END_SEQUENCE = -1;

  /** Checks the ranges. */
  public Identity {
    if (connection < 0) {
      throw new IllegalArgumentException("must be >= 0: connection=" + connection);
    }
    if (sequence < END_SEQUENCE) {
      throw new IllegalArgumentException("must be >= 0: sequence=" + sequence);
    }
  }

  /** The message that closes a connection's account. */
  public static Identity end(int connection) {
    return new Identity(connection, END_SEQUENCE);
  }

  /** Whether this is the message that closes a connection's account. */
  public boolean isEnd() {
    return sequence == END_SEQUENCE;
  }

  @Override
  public String toString() {
    return connection + "/" + (isEnd() ? "end" : Long.toString(sequence));
  }
}
