package io.github.wsproof.survey;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A server that answers texts as a test tells it, on loopback. */
final class ScriptedServer extends WebSocketServer implements AutoCloseable {
  private final BiConsumer<WebSocket, String> script;
  private final CountDownLatch started = new CountDownLatch(1);

  private ScriptedServer(BiConsumer<WebSocket, String> script) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    this.script = script;
    setReuseAddr(true);
  }

  static ScriptedServer start(BiConsumer<WebSocket, String> script) throws InterruptedException {
    ScriptedServer server = new ScriptedServer(script);
    server.start();
    if (!server.started.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server did not start");
    }
    return server;
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + getPort() + "/");
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {}

  @Override
  public void onMessage(WebSocket socket, String message) {
    script.accept(socket, message);
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket socket, Exception error) {
    throw new IllegalStateException(error);
  }

  @Override
  public void close() {
    try {
      stop(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
