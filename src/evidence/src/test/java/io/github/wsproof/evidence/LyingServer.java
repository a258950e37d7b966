package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A server on loopback that lies by chance, the same each time. */
final class LyingServer extends WebSocketServer implements AutoCloseable {
  /** What is done with the reply to the n-th message of all. */
  interface Lie {
    void answer(LyingServer server, WebSocket socket, String message, int n);
  }

  final List<WebSocket> sockets = new CopyOnWriteArrayList<>();
  String held;
  private final Lie lie;
  private final CountDownLatch started = new CountDownLatch(1);
  private int received;

  private LyingServer(Lie lie) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    this.lie = lie;
    setReuseAddr(true);
    setConnectionLostTimeout(0);
  }

  static LyingServer start(Lie lie) throws InterruptedException {
    LyingServer server = new LyingServer(lie);
    server.start();
    if (!server.started.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server did not start");
    }
    return server;
  }

  String url() {
    return "ws://127.0.0.1:" + getPort() + "/";
  }

  static void send(WebSocket socket, String reply) {
    if (socket.isOpen()) {
      socket.send(reply);
    }
  }

  WebSocket other(WebSocket socket) {
    return sockets.get((sockets.indexOf(socket) + 1) % sockets.size());
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {
    sockets.add(socket);
  }

  @Override
  public void onMessage(WebSocket socket, String message) {
    lie.answer(this, socket, message, ++received);
  }

  @Override
  public void onMessage(WebSocket socket, ByteBuffer message) {
    byte[] reply = (UTF_8.decode(message) + " - 42").getBytes(UTF_8);
    if (++received % 50 == 0) {
      reply[10] = (byte) 0xFF;
    }
    if (socket.isOpen()) {
      socket.send(reply);
    }
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket socket, Exception error) {}

  @Override
  public void close() {
    try {
      stop(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
