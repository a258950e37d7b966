package io.github.wsproof.survey;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.java_websocket.WebSocket;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.IExtension;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A server that answers texts as a test tells it, on loopback. */
final class ScriptedServer extends WebSocketServer implements AutoCloseable {
  private final BiConsumer<WebSocket, String> script;
  private final CountDownLatch started = new CountDownLatch(1);

  private ScriptedServer(BiConsumer<WebSocket, String> script, Draft draft) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1, List.of(draft));
    this.script = script;
    setReuseAddr(true);
  }

  static ScriptedServer start(BiConsumer<WebSocket, String> script) throws InterruptedException {
    return start(script, new Draft_6455());
  }

  /** One that has an extension. */
  static ScriptedServer start(BiConsumer<WebSocket, String> script, IExtension extension)
      throws InterruptedException {
    return start(script, new Draft_6455(extension));
  }

  private static ScriptedServer start(BiConsumer<WebSocket, String> script, Draft draft)
      throws InterruptedException {
    ScriptedServer server = new ScriptedServer(script, draft);
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
