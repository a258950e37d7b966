package io.github.wsproof.server;

import java.io.ByteArrayOutputStream;

/**
 * The message of one connection that has come in part. The connection's thread adds to it and takes
 * it; another may give it up. Thread-safe.
 */
final class Parts {
  /** A buffer that has just grown is twice as long as what is in it. */
  private static final long BYTES_OF_BUFFER = 2;

  private final Unfinished all;
  private final Runnable onGivenUp;

  // Guarded by all.
  long accountedBytes;
  boolean ended;

  // Guarded by this; null while there is nothing.
  private StringBuilder text;
  private ByteArrayOutputStream binary;
  private boolean givenUp;

  /**
   * Nothing yet.
   *
   * @param onGivenUp is told, on any thread, that the message was given up; must not wait
   */
  Parts(Unfinished all, Runnable onGivenUp) {
    this.all = all;
    this.onGivenUp = onGivenUp;
  }

  /** Its length in characters and bytes; one of them is 0. */
  synchronized int length() {
    return text != null ? text.length() : binary != null ? binary.size() : 0;
  }

  /** Adds a part; returns whether the message is still kept. */
  boolean add(String part) {
    all.grow(this, BYTES_OF_BUFFER * part.length());
    synchronized (this) {
      if (!givenUp) {
        text = text == null ? new StringBuilder() : text;
        text.append(part);
      }
      return !givenUp;
    }
  }

  /** The same for a binary message. */
  boolean add(byte[] part) {
    all.grow(this, BYTES_OF_BUFFER * part.length);
    synchronized (this) {
      if (!givenUp) {
        binary = binary == null ? new ByteArrayOutputStream() : binary;
        binary.writeBytes(part);
      }
      return !givenUp;
    }
  }

  /** The whole text, or null if it was given up. */
  String takeText() {
    all.finished(this);
    synchronized (this) {
      String whole = givenUp ? null : text.toString();
      text = null;
      return whole;
    }
  }

  /** The whole binary message, or null if it was given up. */
  byte[] takeBinary() {
    all.finished(this);
    synchronized (this) {
      byte[] whole = givenUp ? null : binary.toByteArray();
      binary = null;
      return whole;
    }
  }

  /** The message that was taken is answered. */
  void answered() {
    all.forget(this);
  }

  /** The connection has ended, or is refused: nothing is kept of it any more. */
  void end() {
    all.end(this);
    drop();
  }

  void giveUp() {
    drop();
    onGivenUp.run();
  }

  private synchronized void drop() {
    givenUp = true;
    text = null;
    binary = null;
  }
}
