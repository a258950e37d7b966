package io.github.wsproof.pagetests;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A server that pushes what a test tells it, on loopback. */
final class PushingServer extends WebSocketServer implements AutoCloseable {
  /** What it pushes. */
  interface Behaviour {
    /**
     * Pushes.
     *
     * @param life how many connections were opened before
     * @param from the message that the client wants first
     */
    void push(WebSocket client, int life, long from);
  }

  /** What clients asked for, in their order. */
  final List<String> asked = new CopyOnWriteArrayList<>();

  private final Behaviour behaviour;
  private final CountDownLatch started = new CountDownLatch(1);

  private PushingServer(Behaviour behaviour) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    this.behaviour = behaviour;
    setReuseAddr(true);
    setTcpNoDelay(true);
    setConnectionLostTimeout(0);
  }

  static PushingServer start(Behaviour behaviour) throws InterruptedException {
    PushingServer server = new PushingServer(behaviour);
    server.start();
    if (!server.started.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server did not start");
    }
    return server;
  }

  String url() {
    return "ws://127.0.0.1:" + getPort() + "/stream/a";
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {
    String path = handshake.getResourceDescriptor();
    asked.add(path);
    String from = path.replaceFirst(".*[?&]from=(\\d+).*", "$1");
    behaviour.push(socket, asked.size() - 1, from.equals(path) ? 0 : Long.parseLong(from));
  }

  @Override
  public void onMessage(WebSocket socket, String message) {}

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
