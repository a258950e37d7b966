package io.github.wsproof.transport;

import static java.util.concurrent.TimeUnit.SECONDS;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.glassfish.tyrus.client.ClientManager;

/** An endpoint that keeps what happens to it, for a test to wait for, with a bound. */
class TestClient extends Endpoint {

  static final long BOUND_SECONDS = 60;

  final BlockingQueue<Object> messages = new LinkedBlockingQueue<>();
  final CompletableFuture<CloseReason> closed = new CompletableFuture<>();
  final CompletableFuture<ConnectionEnd> endAtClose = new CompletableFuture<>();
  final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
  volatile EventLoopConnection connection;
  volatile Session session;
  private final Consumer<TestClient> whenOpen;

  TestClient() {
    this(client -> {});
  }

  TestClient(Consumer<TestClient> whenOpen) {
    this.whenOpen = whenOpen;
  }

  static TestClient connect(ClientManager manager, URI uri) throws Exception {
    return connect(manager, uri, new TestClient());
  }

  static TestClient connect(ClientManager manager, URI uri, TestClient client) throws Exception {
    manager.connectToServer(client, ClientEndpointConfig.Builder.create().build(), uri);
    return client;
  }

  @Override
  public void onOpen(Session opened, EndpointConfig config) {
    session = opened;
    connection = EventLoopConnection.of(opened);
    opened.addMessageHandler(String.class, (MessageHandler.Whole<String>) messages::add);
    opened.addMessageHandler(byte[].class, (MessageHandler.Whole<byte[]>) messages::add);
    whenOpen.accept(this);
  }

  @Override
  public void onClose(Session session, CloseReason reason) {
    closed.complete(reason);
    endAtClose.complete(connection.end() == null ? null : connection.end());
  }

  @Override
  public void onError(Session session, Throwable thrown) {
    errors.add(thrown);
  }

  Object nextMessage() throws InterruptedException {
    Object message = messages.poll(BOUND_SECONDS, SECONDS);
    if (message == null) {
      throw new AssertionError("no message within " + BOUND_SECONDS + " s; errors: " + errors);
    }
    return message;
  }

  List<Object> nextMessages(int count) throws InterruptedException {
    List<Object> taken = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      taken.add(nextMessage());
    }
    return taken;
  }

  CloseReason awaitClosed() throws Exception {
    return closed.get(BOUND_SECONDS, SECONDS);
  }

  /** A client that waits for a slow machine's Close frame: its bound is tested where it is set. */
  static ClientManager patient(EventLoop loop) {
    ClientManager client = EventLoopClientContainer.createClient(loop);
    client
        .getProperties()
        .put(EventLoopClientContainer.CLOSE_BOUND, Duration.ofSeconds(BOUND_SECONDS / 2));
    return client;
  }

  ConnectionEnd awaitEnd() throws Exception {
    return connection.ended().get(BOUND_SECONDS, SECONDS);
  }
}
