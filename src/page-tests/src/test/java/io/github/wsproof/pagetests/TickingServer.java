package io.github.wsproof.pagetests;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/**
 * Answers every message but one, and says something that nobody asked for every few milliseconds.
 */
final class TickingServer extends WebSocketServer implements AutoCloseable {
  private final int unanswered;
  private final CountDownLatch started = new CountDownLatch(1);
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  private TickingServer(int unanswered) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    this.unanswered = unanswered;
    setReuseAddr(true);
  }

  /**
   * Starts one on a free port.
   *
   * @param unanswered the message that each connection gets no reply to, from 1
   */
  static TickingServer start(int unanswered) throws InterruptedException {
    TickingServer server = new TickingServer(unanswered);
    server.start();
    if (!server.started.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server did not start");
    }
    return server;
  }

  String address() {
    return "ws://127.0.0.1:" + getPort() + "/";
  }

  @Override
  public void onStart() {
    started.countDown();
    clock.scheduleAtFixedRate(() -> broadcast("tick"), 0, 5, TimeUnit.MILLISECONDS);
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {
    socket.setAttachment(new int[1]);
  }

  @Override
  public void onMessage(WebSocket socket, String message) {
    int[] received = socket.getAttachment();
    if (++received[0] != unanswered) {
      socket.send(message + " - 42");
    }
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket socket, Exception error) {
    throw new IllegalStateException(error);
  }

  @Override
  public void close() {
    clock.shutdownNow();
    try {
      stop(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
