package io.github.wsproof.benchmarks;

import java.util.concurrent.CountDownLatch;

/**
 * What a peer does on one connection: it keeps the window full, and checks that each reply begins
 * with the message whose turn it is.
 *
 * <p>Not thread-safe: the peer's connection sees to that.
 */
final class Conversation {
  private final int connection;
  private final long messages;
  private final int window;
  private final CountDownLatch done;
  private long sent;
  private long answered;

  Conversation(int connection, long messages, int window, CountDownLatch done) {
    this.connection = connection;
    this.messages = messages;
    this.window = window;
    this.done = done;
  }

  boolean maySend() {
    return sent < messages && sent - answered < window;
  }

  String next() {
    return message(sent++);
  }

  void reply(CharSequence reply) {
    String expected = message(answered);
    if (!reply.toString().startsWith(expected)) {
      Peer.fail(new IllegalStateException("expected " + expected + ", got " + reply));
    }
    if (++answered == messages) {
      done.countDown();
    }
  }

  private String message(long sequence) {
    return "Request " + connection + '/' + sequence + " 0123abcd";
  }
}
