package io.github.wsproof.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * As many bytes as a message's frame to and fro, without WebSocket: what the machine and Java's NIO
 * allow a client that sends one message at a time.
 *
 * <p>Arguments: {@code selector PORT CONNECTIONS MESSAGES} or {@code blocking PORT 1 MESSAGES}.
 */
final class RawPingPong {
  /** A masked frame of {@code Request 0/12345 0123abcd}. */
  private static final int FRAME_BYTES = 6 + 24;

  private final ByteBuffer bytes = ByteBuffer.allocateDirect(FRAME_BYTES);
  private final InetSocketAddress target;
  private final int connections;
  private long sent;
  private long received;
  private final long messages;

  private RawPingPong(int port, int connections, long messages) {
    this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.connections = connections;
    this.messages = messages;
  }

  /** Runs it. */
  public static void main(String[] args) throws IOException {
    RawPingPong run =
        new RawPingPong(
            Integer.parseInt(args[1]), Integer.parseInt(args[2]), Long.parseLong(args[3]));
    if (args[0].equals("blocking")) {
      run.blocking();
    } else {
      run.onSelector();
    }
  }

  private void blocking() throws IOException {
    try (SocketChannel channel = connect()) {
      long startNanos = System.nanoTime();
      while (received < messages) {
        send(channel);
        receive(channel);
      }
      Result.print(received, System.nanoTime() - startNanos);
    }
  }

  private void onSelector() throws IOException {
    try (Selector selector = Selector.open()) {
      SocketChannel[] channels = new SocketChannel[connections];
      for (int i = 0; i < connections; i++) {
        channels[i] = connect();
        channels[i].configureBlocking(false);
        channels[i].register(selector, SelectionKey.OP_READ);
      }
      long startNanos = System.nanoTime();
      for (SocketChannel channel : channels) {
        send(channel);
      }
      while (received < messages) {
        selector.select(this::ready);
      }
      Result.print(received, System.nanoTime() - startNanos);
    }
  }

  private void ready(SelectionKey key) {
    try {
      SocketChannel channel = (SocketChannel) key.channel();
      receive(channel);
      if (sent < messages) {
        send(channel);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the connection failed", e);
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(target);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    return channel;
  }

  private void send(SocketChannel channel) throws IOException {
    channel.write(bytes.clear());
    sent++;
  }

  private void receive(SocketChannel channel) throws IOException {
    bytes.clear();
    while (bytes.hasRemaining()) {
      if (channel.read(bytes) < 0) {
        throw new IOException("the server has gone");
      }
    }
    received++;
  }
}
