package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketServerFactory;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.FramedataImpl1;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.java_websocket.server.WebSocketServer;

/** A server that answers as a test tells it, on loopback. */
final class LyingServer extends WebSocketServer implements AutoCloseable {
  /** What it does with a message. */
  interface Behaviour {
    /**
     * Answers.
     *
     * @param client who sent it
     * @param message the message
     * @param number how many came on this connection, from 1
     */
    void answer(Client client, String message, int number);
  }

  /** A connection, as behaviours see it. */
  static final class Client {
    final WebSocket socket;
    final LyingServer server;

    /** Something that a behaviour keeps for later. */
    String held;

    private int received;

    private Client(WebSocket socket, LyingServer server) {
      this.socket = socket;
      this.server = server;
    }

    void send(String reply) {
      if (socket.isOpen()) {
        socket.send(reply);
      }
    }

    /** Sends a text in fragments of so many bytes. */
    void sendFragments(String reply, int bytesEach) {
      ByteBuffer bytes = ByteBuffer.wrap(reply.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        int count = Math.min(bytesEach, bytes.remaining());
        ByteBuffer fragment = bytes.slice(bytes.position(), count);
        bytes.position(bytes.position() + count);
        socket.sendFragmentedFrame(Opcode.TEXT, fragment, !bytes.hasRemaining());
      }
    }

    /** Sends bytes as a text, whether they are one or not. */
    void sendText(byte[] bytes) {
      sendFrame(bytes, false);
    }

    void sendFrameWithReservedBit() {
      sendFrame(new byte[] {'x'}, true);
    }

    private void sendFrame(byte[] bytes, boolean reservedBit) {
      Framedata frame = new UncheckedFrame(Opcode.TEXT, ByteBuffer.wrap(bytes), reservedBit);
      socket.sendFrame(frame);
    }

    /** The connection that was opened after this one, or the first. */
    Client next() {
      List<Client> clients = server.clients;
      return clients.get((clients.indexOf(this) + 1) % clients.size());
    }
  }

  /** A frame of which this library checks nothing. */
  private static final class UncheckedFrame extends FramedataImpl1 {
    UncheckedFrame(Opcode opcode, ByteBuffer payload, boolean reservedBit) {
      super(opcode);
      setPayload(payload);
      setRSV1(reservedBit);
    }

    @Override
    public void isValid() {}
  }

  final List<Client> clients = new CopyOnWriteArrayList<>();
  final List<String> errors = new CopyOnWriteArrayList<>();
  private final Behaviour behaviour;
  private final CountDownLatch started = new CountDownLatch(1);

  private LyingServer(Behaviour behaviour, List<Draft> drafts) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1, drafts);
    this.behaviour = behaviour;
    setReuseAddr(true);
    setTcpNoDelay(true);
    setConnectionLostTimeout(0);
  }

  static LyingServer start(Behaviour behaviour) throws InterruptedException {
    return start(behaviour, null);
  }

  /** One that accepts permessage-deflate, and keeps no context. */
  static LyingServer deflating(Behaviour behaviour) throws InterruptedException {
    PerMessageDeflateExtension deflate = new PerMessageDeflateExtension();
    deflate.setThreshold(0);
    return start(new LyingServer(behaviour, List.of(new Draft_6455(deflate))), null);
  }

  /** With a factory, over TLS. */
  static LyingServer start(Behaviour behaviour, WebSocketServerFactory factory)
      throws InterruptedException {
    return start(new LyingServer(behaviour, List.of()), factory);
  }

  private static LyingServer start(LyingServer server, WebSocketServerFactory factory)
      throws InterruptedException {
    if (factory != null) {
      server.setWebSocketFactory(factory);
    }
    server.start();
    if (!server.started.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server did not start");
    }
    return server;
  }

  /** The honest reply. */
  static String honest(String message) {
    return message + " - 42";
  }

  String url() {
    return "ws://127.0.0.1:" + getPort() + "/";
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  /** Whether every further handshake is refused. */
  volatile boolean refusing;

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket socket, Draft draft, ClientHandshake request) throws InvalidDataException {
    if (refusing) {
      throw new InvalidDataException(CloseFrame.POLICY_VALIDATION, "refused");
    }
    return super.onWebsocketHandshakeReceivedAsServer(socket, draft, request);
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {
    Client client = new Client(socket, this);
    socket.setAttachment(client);
    clients.add(client);
  }

  @Override
  public void onMessage(WebSocket socket, String message) {
    Client client = socket.getAttachment();
    behaviour.answer(client, message, ++client.received);
  }

  @Override
  public void onMessage(WebSocket socket, ByteBuffer message) {
    socket.send((UTF_8.decode(message) + " - 42").getBytes(UTF_8));
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket socket, Exception error) {
    errors.add(error.toString());
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
