package io.github.wsproof.benchmarks;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Returns the bytes it gets, one connection after the other, on a thread that blocks. */
final class BlockingEcho {
  private BlockingEcho() {}

  /** Starts it; returns its port. */
  static int start() throws IOException {
    ServerSocketChannel server = EchoTarget.listen();
    Thread thread = new Thread(() -> serve(server), "blocking-echo");
    thread.setDaemon(true);
    thread.start();
    return EchoTarget.port(server);
  }

  private static void serve(ServerSocketChannel server) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(EchoTarget.BUFFER_BYTES);
    while (server.isOpen()) {
      try (SocketChannel channel = server.accept()) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        while (channel.read(bytes.clear()) >= 0) {
          channel.write(bytes.flip());
        }
      } catch (IOException e) {
        // A client that has gone is no matter.
        continue;
      }
    }
  }
}
