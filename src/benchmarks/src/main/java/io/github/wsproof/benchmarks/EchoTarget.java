package io.github.wsproof.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;

/**
 * The server that clients are measured against: one thread, one selector, one write for all replies
 * to what one read has brought. It listens on 127.0.0.1 at three ports that it prints:
 *
 * <ul>
 *   <li>{@code ws}: a WebSocket that answers a message with {@code message - NN}, and with a
 *       receipt where the handshake asks for one;
 *   <li>{@code raw}: plain TCP that returns the bytes it gets, on the same loop;
 *   <li>{@code blocking}: the same on a thread that blocks, one connection at a time: no selector
 *       stands between two bytes, so nothing in Java is faster.
 * </ul>
 *
 * <p>It ends when its standard input does, so it never outlives the process that started it.
 */
final class EchoTarget {
  /** What was read of all connections, one after the other. */
  static final int BUFFER_BYTES = 256 * 1024;

  private static final int BACKLOG = 4096;

  private final Selector selector = Selector.open();
  private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_BYTES);

  private EchoTarget() throws IOException {}

  /** One end of a connection: bytes in, bytes out. */
  interface Echo {
    /**
     * Answers what was read.
     *
     * @param input to be read to its limit
     * @return what is to be written, at once and whole; empty for nothing; null to close
     */
    ByteBuffer answer(ByteBuffer input);

    /** Whether the connection is to be closed behind the last answer. */
    default boolean isOver() {
      return false;
    }
  }

  /** What a connection's key holds: the echo, and what the socket would not take yet. */
  private static final class Connection {
    final Echo echo;
    ByteBuffer unwritten;

    Connection(Echo echo) {
      this.echo = echo;
    }
  }

  /** Starts it. */
  public static void main(String[] args) throws IOException {
    EchoTarget target = new EchoTarget();
    FrameEcho.Buffers buffers = new FrameEcho.Buffers();
    int ws = target.listen(() -> new FrameEcho(buffers));
    int raw = target.listen(() -> bytes -> bytes);
    int blocking = BlockingEcho.start();
    System.out.println("ws " + ws + " raw " + raw + " blocking " + blocking);
    Thread loop = new Thread(target::run, "echo-target");
    loop.setDaemon(true);
    loop.start();
    while (System.in.read() >= 0) {
      // Waits for the end of the process that started this one.
    }
  }

  static ServerSocketChannel listen() throws IOException {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
  }

  static int port(ServerSocketChannel server) throws IOException {
    return ((InetSocketAddress) server.getLocalAddress()).getPort();
  }

  private int listen(Supplier<Echo> echoes) throws IOException {
    ServerSocketChannel server = listen();
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT, echoes);
    return port(server);
  }

  private void run() {
    try {
      while (true) {
        selector.select(this::ready);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the selector failed", e);
    }
  }

  private void ready(SelectionKey key) {
    try {
      if (key.isAcceptable()) {
        accept(key);
      } else {
        serve(key, (Connection) key.attachment());
      }
    } catch (IOException e) {
      // A client that has gone is no matter.
      close(key);
    }
  }

  @SuppressWarnings("unchecked")
  private void accept(SelectionKey key) throws IOException {
    Supplier<Echo> echoes = (Supplier<Echo>) key.attachment();
    ServerSocketChannel server = (ServerSocketChannel) key.channel();
    for (SocketChannel accepted = server.accept(); accepted != null; accepted = server.accept()) {
      accepted.configureBlocking(false);
      accepted.setOption(StandardSocketOptions.TCP_NODELAY, true);
      accepted.register(selector, SelectionKey.OP_READ, new Connection(echoes.get()));
    }
  }

  private void serve(SelectionKey key, Connection connection) throws IOException {
    SocketChannel channel = (SocketChannel) key.channel();
    if (key.isWritable()) {
      writeRest(key, channel, connection);
      return;
    }
    int count = channel.read(input.clear());
    if (count < 0) {
      close(key);
      return;
    }
    ByteBuffer answer = connection.echo.answer(input.flip());
    if (answer == null) {
      close(key);
      return;
    }
    channel.write(answer);
    if (answer.hasRemaining()) {
      connection.unwritten = ByteBuffer.allocate(answer.remaining()).put(answer).flip();
      // Nothing is read meanwhile: the client is the one to slow down.
      key.interestOps(SelectionKey.OP_WRITE);
    } else if (connection.echo.isOver()) {
      close(key);
    }
  }

  private static void writeRest(SelectionKey key, SocketChannel channel, Connection connection)
      throws IOException {
    channel.write(connection.unwritten);
    if (!connection.unwritten.hasRemaining()) {
      connection.unwritten = null;
      key.interestOps(SelectionKey.OP_READ);
    }
  }

  private static void close(SelectionKey key) {
    key.cancel();
    try {
      key.channel().close();
    } catch (IOException ignored) {
      // It is gone either way.
    }
  }
}
