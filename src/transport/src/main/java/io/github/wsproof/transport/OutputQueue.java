package io.github.wsproof.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.glassfish.tyrus.spi.CompletionHandler;

/**
 * What a connection has to write, in order. A write is completed when its last byte has gone to the
 * socket, and not before an earlier one. (Its handler is given no buffer: Tyrus does not look.)
 *
 * <p>Not thread-safe: owned by the loop's thread. Handlers may add to the queue.
 */
final class OutputQueue {

  private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>(2);
  private final ArrayDeque<CompletionHandler<ByteBuffer>> handlers = new ArrayDeque<>(2);

  /** Written, their handlers not called yet: a handler may cause another flush. */
  private final ArrayDeque<CompletionHandler<ByteBuffer>> written = new ArrayDeque<>(2);

  private final Consumer<Throwable> uncaught;

  /** Bytes in the queue. */
  private long pendingBytes;

  /** Of these, taken by the stream but not yet gone to the socket (a TLS record under way). */
  private int heldBytes;

  /**
   * @param uncaught is told what a handler throws
   */
  OutputQueue(Consumer<Throwable> uncaught) {
    this.uncaught = uncaught;
  }

  void add(ByteBuffer buffer, CompletionHandler<ByteBuffer> handler) {
    buffers.add(buffer);
    handlers.add(handler);
    pendingBytes += buffer.remaining();
  }

  boolean isEmpty() {
    return buffers.isEmpty();
  }

  long pendingBytes() {
    return pendingBytes;
  }

  /** Copies to {@code target} what fits of what the stream has not taken yet. */
  void packInto(ByteBuffer target) {
    int skip = heldBytes;
    for (ByteBuffer buffer : buffers) {
      int size = buffer.remaining();
      if (skip >= size) {
        skip -= size;
        continue;
      }
      int count = Math.min(size - skip, target.remaining());
      target.put(target.position(), buffer, buffer.position() + skip, count);
      target.position(target.position() + count);
      skip = 0;
      if (!target.hasRemaining()) {
        return;
      }
    }
  }

  /**
   * The stream has taken {@code count} more bytes.
   *
   * @param flushed whether all that it has taken has gone to the socket
   */
  void taken(int count, boolean flushed) {
    heldBytes += count;
    if (flushed) {
      int gone = heldBytes;
      heldBytes = 0;
      complete(gone);
    }
  }

  private void complete(int gone) {
    int left = gone;
    pendingBytes -= gone;
    for (ByteBuffer first = buffers.peek(); first != null; first = buffers.peek()) {
      int size = first.remaining();
      if (size > left) {
        first.position(first.position() + left);
        break;
      }
      left -= size;
      buffers.poll();
      written.add(handlers.poll());
    }
    callWritten();
  }

  private void callWritten() {
    for (CompletionHandler<ByteBuffer> handler = written.poll();
        handler != null;
        handler = written.poll()) {
      try {
        handler.completed(null);
      } catch (Throwable thrown) {
        uncaught.accept(thrown);
      }
    }
  }

  /** Nothing more can be written: fails all that is left. */
  void failAll(Throwable cause) {
    buffers.clear();
    pendingBytes = 0;
    heldBytes = 0;
    for (CompletionHandler<ByteBuffer> handler = handlers.poll();
        handler != null;
        handler = handlers.poll()) {
      try {
        handler.failed(cause);
      } catch (Throwable thrown) {
        uncaught.accept(thrown);
      }
    }
  }
}
