package io.github.wsproof.server;

import jakarta.websocket.CloseReason.CloseCode;

/** A log of messages that each receiver reads at its own place. Thread-safe. */
interface Feed {
  /** What a receiver finds at its place. */
  sealed interface Found {
    /** Messages, from its place on. */
    record Some(Texts texts) implements Found {}

    /** All up to this message is gone, and how that is said. */
    record Gone(long last, String text) implements Found {}

    /** Nothing yet; it is woken when there is more. */
    record Nothing() implements Found {}

    /** Nothing more: its connection is to be closed. */
    record Over(CloseCode code, String reason) implements Found {}
  }

  /** Some messages in a row; of whichever thread works for the receiver. */
  interface Texts {
    /** Of none. */
    Texts NONE =
        new Texts() {
          @Override
          public int count() {
            return 0;
          }

          @Override
          public String text(int index) {
            throw new IndexOutOfBoundsException(index);
          }

          @Override
          public int bytes(int index) {
            throw new IndexOutOfBoundsException(index);
          }
        };

    /** How many. */
    int count();

    /** One of them, asked for once. */
    String text(int index);

    /** Its length in UTF-8, asked for after the text. */
    int bytes(int index);
  }

  /**
   * Reads on; a receiver that finds nothing is woken once there is something.
   *
   * @param from the receiver's place: the next message that it wants
   * @param most messages at once
   */
  Found read(StreamReceiver receiver, long from, int most, long nowNanos);

  /** Wakes a receiver no more; false if it does not wait. */
  boolean stopWaiting(StreamReceiver receiver);

  /** Forgets a receiver. */
  void leave(StreamReceiver receiver, long nowNanos);
}
