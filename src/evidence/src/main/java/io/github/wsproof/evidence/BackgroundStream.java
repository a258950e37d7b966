package io.github.wsproof.evidence;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Writes to a stream on a thread of its own, so that a slow disk does not hold up the caller, until
 * {@value #MOST_CHUNKS} chunks wait: then it waits too, for memory is bounded.
 *
 * <p>Owned by one thread, which writes and closes; the chunks go to the other through the queue.
 */
final class BackgroundStream extends OutputStream {
  private static final int CHUNK_BYTES = 1 << 16;
  private static final int MOST_CHUNKS = 128;
  private static final byte[] END = {};

  private final OutputStream target;
  private final BlockingQueue<byte[]> chunks = new ArrayBlockingQueue<>(MOST_CHUNKS);
  private final Thread writer = new Thread(this::writeAll, "wsproof-transcript");
  private final byte[] chunk = new byte[CHUNK_BYTES];
  private int used;
  private boolean closed;

  /** Set by the writer, read by the owner. */
  private volatile IOException failure;

  BackgroundStream(OutputStream target) {
    this.target = target;
    writer.setDaemon(true);
    writer.start();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (failure != null) {
      throw failure;
    }
    int from = offset;
    int left = length;
    while (left > 0) {
      int part = Math.min(left, CHUNK_BYTES - used);
      System.arraycopy(bytes, from, chunk, used, part);
      used += part;
      from += part;
      left -= part;
      if (used == CHUNK_BYTES) {
        hand(Arrays.copyOf(chunk, used));
        used = 0;
      }
    }
  }

  private void hand(byte[] full) throws IOException {
    try {
      chunks.put(full);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing", e);
    }
  }

  /** Goes on taking chunks after a failure, so that the owner never waits for ever. */
  private void writeAll() {
    try (target) {
      for (byte[] next = chunks.take(); next != END; next = chunks.take()) {
        if (failure == null) {
          writeOne(next);
        }
      }
    } catch (InterruptedException e) {
      failure = new IOException("interrupted while writing", e);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
  }

  private void writeOne(byte[] next) {
    try {
      target.write(next);
    } catch (IOException e) {
      failure = e;
    }
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (used > 0) {
      hand(Arrays.copyOf(chunk, used));
    }
    hand(END);
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while writing", e);
    }
    if (failure != null) {
      throw failure;
    }
  }
}
