package io.github.wsproof.devserver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * The end of a connection on which all is written: the server says that it sends no more, and drops
 * what the client still sends, until the client ends the connection too, or for a bounded time.
 *
 * <p>A socket that is closed with bytes unread resets the connection, and the reset overtakes the
 * Close frame or the HTTP answer that was to say why (RFC 6455 §7.1.1).
 */
final class Linger implements Receiver, Sweep.Watched {
  private static final long MOST_DROPPED_BYTES = 64 << 20;

  private final Connection<?> connection;
  private final Sweep sweep;
  private final long endNanos;
  private long droppedBytes;

  private Linger(Connection<?> connection, Sweep sweep, Bounds bounds) {
    this.connection = connection;
    this.sweep = sweep;
    endNanos = System.nanoTime() + bounds.linger().toNanos();
  }

  /** Begins it, once the last byte is in the socket. */
  static void begin(Connection<?> connection, Wire wire, Sweep sweep, Bounds bounds) {
    Linger linger = new Linger(connection, sweep, bounds);
    sweep.add(linger);
    SocketFilter.lead(connection, linger);
    wire.finish(connection, linger::shutDown);
    if (!connection.isOpen()) {
      linger.closed();
    }
  }

  private void shutDown() {
    try {
      ((SocketChannel) ((NIOConnection) connection).getChannel()).shutdownOutput();
      connection.enableIOEvent(IOEvent.READ);
    } catch (IOException e) {
      connection.terminateSilently();
    }
  }

  @Override
  public void received(ByteBuffer bytes) {
    droppedBytes += bytes.remaining();
    if (droppedBytes > MOST_DROPPED_BYTES) {
      connection.terminateSilently();
    }
  }

  @Override
  public void check(long nowNanos) {
    if (nowNanos - endNanos > 0) {
      connection.terminateSilently();
    }
  }

  @Override
  public void closed() {
    sweep.remove(this);
  }
}
