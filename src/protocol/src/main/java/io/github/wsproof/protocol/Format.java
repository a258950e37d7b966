package io.github.wsproof.protocol;

/** Whether messages are texts or binary. */
public enum Format {
  /** All texts. */
  TEXT,
  /** All binary. */
  BINARY,
  /** In turn: those with an odd sequence are binary. */
  MIXED;

  /** Whether the message of a sequence is binary; the one that closes an account is as most are. */
  public boolean isBinary(long sequence) {
    return this == BINARY || this == MIXED && sequence > 0 && (sequence & 1) == 1;
  }
}
