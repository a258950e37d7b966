package io.github.wsproof.transport;

/** What a selection key of a loop is attached to. Every method is called on the loop's thread. */
abstract class LoopChannel {

  /** The socket is ready for {@code readyOps}. */
  abstract void ready(int readyOps);

  /** The turn ends, and {@link EventLoop#flushSoon} was called for this channel. */
  void flush() {}

  /** Time to close if nothing has happened for too long. */
  void checkIdle(long nowNanos) {}

  /** The loop is closing: end soon, in good order. */
  abstract void closeForLoop();

  /** The loop ends now: close the socket. */
  abstract void cut();
}
