package io.github.wsproof.transport;

import jakarta.websocket.CloseReason;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.glassfish.tyrus.spi.ClientEngine;
import org.glassfish.tyrus.spi.ClientEngine.ClientUpgradeInfo;
import org.glassfish.tyrus.spi.ClientEngine.ClientUpgradeStatus;
import org.glassfish.tyrus.spi.UpgradeResponse;

/**
 * The way from a list of addresses to a WebSocket, for one request. It ends with a status of Tyrus
 * or with an exception, once, and with every timer cancelled and nothing left open.
 *
 * <pre>
 *   CONNECTING (address by address) ─► TUNNEL (CONNECT to the proxy) ─► TLS ─► UPGRADE ─► done
 *                                         └──────── REFUSED ◄─────────────────────┘
 *                                          (reads what the refusal says)
 * </pre>
 *
 * <p>Owned by the loop's thread.
 */
final class Opening extends LoopChannel {

  private static final long BODY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int ALL_OPS = SelectionKey.OP_READ | SelectionKey.OP_WRITE;

  private enum Phase {
    CONNECTING,
    TUNNEL,
    TLS,
    UPGRADE,
    REFUSED,
    DONE
  }

  private final EventLoop loop;
  private final OpeningPlan plan;
  private final ClientEngine engine;
  private final Runnable whenGone;
  private final CompletableFuture<ClientUpgradeStatus> result = new CompletableFuture<>();
  private final Iterator<InetSocketAddress> addresses;
  private final List<IOException> connectFailures = new ArrayList<>(1);

  private Phase phase = Phase.CONNECTING;
  private InetSocketAddress address;
  private SocketChannel channel;
  private SelectionKey key;
  private ByteStream stream;
  private EventLoop.Timer timer;
  private ByteBuffer request = ByteBuffer.allocate(0);
  private HttpHeadParser parser = new HttpHeadParser();
  private HttpHead refusal;
  private HttpBody refusalBody;
  private boolean refusedByProxy;
  private EventLoopConnection connection;

  /**
   * @param whenGone is called when the socket is closed, now or after it was a WebSocket
   */
  Opening(EventLoop loop, OpeningPlan plan, ClientEngine engine, Runnable whenGone) {
    this.loop = loop;
    this.plan = plan;
    this.engine = engine;
    this.whenGone = whenGone;
    this.addresses = plan.addresses().iterator();
  }

  /** What has come of it. */
  CompletableFuture<ClientUpgradeStatus> result() {
    return result;
  }

  void start() {
    guarded(this::connectToNext);
  }

  /** Nobody waits for it any more. */
  void abandon() {
    if (phase == Phase.DONE) {
      if (connection != null) {
        connection.closeGracefully(CloseReason.CloseCodes.GOING_AWAY.getCode(), "");
      }
    } else {
      fail(new IOException(plan.server() + ": the connecting thread was interrupted"));
    }
  }

  // Connecting.

  private void connectToNext() throws IOException {
    if (!addresses.hasNext()) {
      throw allFailed();
    }
    address = addresses.next();
    try {
      channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      if (plan.localAddress() != null) {
        channel.bind(new InetSocketAddress(plan.localAddress(), 0));
      }
      boolean connected = channel.connect(address);
      key = loop.register(channel, connected ? 0 : SelectionKey.OP_CONNECT, this);
      timer = loop.schedule(plan.settings().connectNanos(), this::connectTimedOut);
      if (connected) {
        connected();
      }
    } catch (IOException e) {
      connectFailed(e);
    }
  }

  private void finishConnect() throws IOException {
    try {
      channel.finishConnect();
    } catch (IOException e) {
      connectFailed(e);
      return;
    }
    connected();
  }

  private void connectTimedOut() {
    long millis = Duration.ofNanos(plan.settings().connectNanos()).toMillis();
    guarded(
        () ->
            connectFailed(new SocketTimeoutException("connect timed out after " + millis + " ms")));
  }

  private void connectFailed(IOException failure) throws IOException {
    String message = failure.getMessage() + ": " + HostPort.toString(address);
    IOException named =
        failure instanceof SocketTimeoutException
            ? new SocketTimeoutException(message)
            : new ConnectException(message);
    connectFailures.add((IOException) named.initCause(failure));
    closeSocket();
    connectToNext();
  }

  private IOException allFailed() {
    IOException first = connectFailures.get(0);
    if (connectFailures.size() == 1) {
      return first;
    }
    String all =
        connectFailures.stream().map(Throwable::getMessage).collect(Collectors.joining("; "));
    IOException failure = new ConnectException(plan.peer() + ": " + all);
    failure.initCause(first);
    connectFailures.stream().skip(1).forEach(failure::addSuppressed);
    return failure;
  }

  private void connected() throws IOException {
    timer.cancel();
    timer = loop.schedule(plan.settings().handshakeNanos(), this::handshakeTimedOut);
    stream = new PlainStream(channel);
    if (plan.proxy() != null) {
      phase = Phase.TUNNEL;
      request = HttpRequests.connect(plan.server(), plan.proxy().headers());
      proceed();
    } else {
      secure();
    }
  }

  private void handshakeTimedOut() {
    long millis = Duration.ofNanos(plan.settings().handshakeNanos()).toMillis();
    String who = phase == Phase.TUNNEL ? "proxy " + plan.peer() : String.valueOf(plan.server());
    String what = phase == Phase.TLS ? "the TLS handshake" : "the handshake";
    fail(
        new SocketTimeoutException(
            who + " has not answered " + what + " within " + millis + " ms"));
  }

  // Tunnel, TLS, upgrade.

  private void secure() throws IOException {
    if (plan.tls() != null) {
      phase = Phase.TLS;
      stream =
          new TlsStream(
              channel, plan.tls().engine(), plan.tls().hostCheck(), loop, this::resumeOwner);
      proceed();
    } else {
      upgrade();
    }
  }

  /** The stream outlives this object: whoever has the key by then is meant. */
  private void resumeOwner() {
    if (key.isValid()) {
      ((LoopChannel) key.attachment()).ready(ALL_OPS);
    }
  }

  private void upgrade() throws IOException {
    phase = Phase.UPGRADE;
    parser = new HttpHeadParser();
    request = HttpRequests.upgrade(plan.request(), plan.settings().deflate());
    proceed();
  }

  @Override
  void ready(int readyOps) {
    guarded(this::proceed);
  }

  private void proceed() throws IOException {
    switch (phase) {
      case CONNECTING -> finishConnect();
      case TLS -> shakeHands();
      case TUNNEL, UPGRADE, REFUSED -> exchange();
      case DONE -> {}
    }
  }

  private void shakeHands() throws IOException {
    if (stream.handshake()) {
      upgrade();
    } else {
      watch();
    }
  }

  private void exchange() throws IOException {
    if (request.hasRemaining() || !stream.flushed()) {
      stream.write(request);
    }
    watch();
    ByteBuffer bytes = loop.readBuffer.clear();
    int count = stream.read(bytes);
    if (count < 0) {
      endOfStream();
    } else if (count > 0) {
      received(bytes.flip());
    }
  }

  private void watch() {
    boolean outputPending = request.hasRemaining() || stream != null && !stream.flushed();
    if (key.isValid()) {
      key.interestOps(stream.interestOps(outputPending));
    }
  }

  private void received(ByteBuffer bytes) throws IOException {
    if (phase == Phase.REFUSED) {
      readRefusal(bytes);
      return;
    }
    HttpHead head = parser.parse(bytes);
    if (head == null) {
      return;
    }
    if (phase == Phase.TUNNEL) {
      tunnelAnswered(head, bytes);
    } else {
      serverAnswered(head, bytes);
    }
  }

  private void endOfStream() throws IOException {
    if (phase == Phase.REFUSED) {
      throwRefusal();
    } else if (parser.started()) {
      throw new EOFException("closed the connection in the middle of its answer");
    } else {
      throw new EOFException("closed the connection without answering the handshake");
    }
  }

  private void tunnelAnswered(HttpHead head, ByteBuffer rest) throws IOException {
    if (head.status() / 100 != 2) {
      refusedByProxy = true;
      refuse(head, rest);
    } else if (rest.hasRemaining()) {
      throw new IOException("sent " + rest.remaining() + " bytes before the server could speak");
    } else {
      secure();
    }
  }

  private void serverAnswered(HttpHead head, ByteBuffer rest) throws IOException {
    if (plan.tyrusHandles(head.status())) {
      handOver(head, rest);
    } else {
      UpgradeResponse response = head.toUpgradeResponse();
      plan.config().getConfigurator().afterResponse(response);
      refuse(head, rest);
    }
  }

  private void handOver(HttpHead head, ByteBuffer rest) throws IOException {
    EventLoopConnection made =
        new EventLoopConnection(
            loop, channel, stream, key, plan.settings(), plan.deflate(head), address, whenGone);
    key.attach(made);
    ClientUpgradeInfo info;
    try {
      info =
          engine.processResponse(
              head.toUpgradeResponse(), made.writer(), reason -> made.drainSoon());
    } catch (RuntimeException e) {
      key.attach(this);
      throw e;
    }
    ClientUpgradeStatus status = info.getUpgradeStatus();
    if (status == ClientUpgradeStatus.SUCCESS) {
      connection = made;
      end();
      made.opened(info.createConnection(), rest);
      result.complete(status);
      return;
    }
    key.attach(this);
    if (status == ClientUpgradeStatus.UPGRADE_REQUEST_FAILED && head.status() == 401) {
      refuse(head, rest);
    } else {
      end();
      closeSocket();
      whenGone.run();
      result.complete(status);
    }
  }

  // Refusals.

  private void refuse(HttpHead head, ByteBuffer rest) throws IOException {
    phase = Phase.REFUSED;
    refusal = head;
    refusalBody = new HttpBody(head);
    timer.cancel();
    timer = loop.schedule(BODY_NANOS, () -> guarded(this::throwRefusal));
    readRefusal(rest);
  }

  private void readRefusal(ByteBuffer bytes) throws IOException {
    refusalBody.add(bytes);
    if (refusalBody.complete()) {
      throwRefusal();
    }
  }

  private void throwRefusal() throws IOException {
    String who =
        refusedByProxy
            ? "proxy " + plan.peer() + ", asked for " + plan.server() + ","
            : String.valueOf(plan.request().getRequestURI());
    fail(UnexpectedResponseException.of(who, refusal, refusalBody.text(), refusedByProxy));
  }

  // Ending.

  private interface Step {
    void run() throws IOException;
  }

  private void guarded(Step step) {
    try {
      if (phase != Phase.DONE) {
        step.run();
      }
    } catch (IOException e) {
      ioFailed(e);
    } catch (Throwable e) {
      fail(e);
    }
  }

  private void ioFailed(IOException failure) {
    if (phase == Phase.CONNECTING) {
      fail(failure);
    } else if (phase == Phase.REFUSED) {
      guarded(this::throwRefusal);
    } else {
      String who = phase == Phase.TUNNEL ? "proxy " + plan.peer() : String.valueOf(plan.server());
      String step = phase == Phase.TLS ? ": TLS: " : ": ";
      fail(new IOException(who + step + failure.getMessage(), failure));
    }
  }

  private void fail(Throwable failure) {
    if (phase != Phase.DONE) {
      end();
      closeSocket();
      whenGone.run();
      result.completeExceptionally(failure);
    }
  }

  private void end() {
    phase = Phase.DONE;
    if (timer != null) {
      timer.cancel();
    }
  }

  private void closeSocket() {
    if (timer != null) {
      timer.cancel();
    }
    if (key != null) {
      key.cancel();
    }
    if (channel != null) {
      (stream == null ? new PlainStream(channel) : stream).close();
    }
  }

  @Override
  void closeForLoop() {
    cut();
  }

  @Override
  void cut() {
    fail(new IOException(plan.server() + ": the event loop was closed"));
  }
}
