package io.github.wsproof.transport;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Connects to a listener that accepts nobody, until no further connection gets through. */
final class FullQueue implements AutoCloseable {

  private static final int ATTEMPTS = 20;
  private static final int TIMEOUT_MILLIS = 100;

  private final ServerSocket listener;
  private final List<Socket> sockets = new ArrayList<>();

  FullQueue(ServerSocket listener) throws IOException {
    this.listener = listener;
    for (int i = 0; i < ATTEMPTS; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      try {
        socket.connect(listener.getLocalSocketAddress(), TIMEOUT_MILLIS);
      } catch (SocketTimeoutException e) {
        return;
      }
    }
    throw new IOException("the queue does not fill");
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
