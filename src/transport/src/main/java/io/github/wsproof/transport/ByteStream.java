package io.github.wsproof.transport;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Bytes to and from the peer, in the clear or over TLS. Nothing blocks.
 *
 * <p>Not thread-safe: owned by the loop's thread.
 */
interface ByteStream {

  /**
   * Establishes the stream (the TLS handshake). To be called again when the socket is ready, until
   * it returns true.
   */
  boolean handshake() throws IOException;

  /** Reads what is there: the number of bytes, 0 if there are none now, -1 at the end. */
  int read(ByteBuffer target) throws IOException;

  /** Takes what it can of {@code source} and returns how many bytes it has taken. */
  int write(ByteBuffer source) throws IOException;

  /** Whether all that was taken has gone to the socket; if not, {@link #write} pushes it on. */
  boolean flushed();

  /** What to wait for, of {@link java.nio.channels.SelectionKey}'s operations. */
  int interestOps(boolean outputPending);

  /** Whether a read may find bytes that a selector does not know of. */
  boolean readsAhead();

  /** Closes the socket, over TLS after a close_notify if there is room for it. */
  void close();
}
