package io.github.wsproof.transport;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** A socket as it is. Not thread-safe: owned by the loop's thread. */
record PlainStream(SocketChannel channel) implements ByteStream {

  @Override
  public boolean handshake() {
    return true;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return channel.read(target);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return channel.write(source);
  }

  @Override
  public boolean flushed() {
    return true;
  }

  @Override
  public int interestOps(boolean outputPending) {
    return outputPending ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
  }

  @Override
  public boolean readsAhead() {
    return false;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The socket is gone either way, and nothing depends on it any more.
    }
  }
}
