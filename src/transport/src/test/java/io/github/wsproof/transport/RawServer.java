package io.github.wsproof.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server that does to each connection, on a thread of its own, what a script says. */
final class RawServer implements AutoCloseable {

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *(\\S+)");
  private static final int TIMEOUT_MILLIS = 15_000;

  /** What it does to a connection; it is closed when the script returns. */
  interface Script {
    void run(Peer peer) throws Exception;
  }

  private final ServerSocket listener;
  private final Script script;
  private final List<Peer> peers = new CopyOnWriteArrayList<>();

  /** What scripts have thrown. */
  final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  RawServer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")), script);
  }

  RawServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    start(this::acceptAll);
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return listener.getLocalPort();
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + port() + "/");
  }

  int connections() {
    return peers.size();
  }

  private void acceptAll() {
    try {
      while (true) {
        Peer peer = new Peer(listener.accept());
        peers.add(peer);
        start(() -> serve(peer));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(Peer peer) {
    try {
      script.run(peer);
      peer.socket.close();
    } catch (Throwable thrown) {
      failures.add(thrown);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Peer peer : peers) {
      peer.socket.close();
    }
  }

  /** A frame as it came, unmasked. */
  record Frame(int firstByte, byte[] payload) {

    int opcode() {
      return firstByte & 0x0f;
    }

    boolean fin() {
      return (firstByte & 0x80) != 0;
    }

    boolean rsv1() {
      return (firstByte & 0x40) != 0;
    }

    String text() {
      return new String(payload, UTF_8);
    }

    int closeCode() {
      return (payload[0] & 0xff) << 8 | payload[1] & 0xff;
    }
  }

  /** One accepted connection. */
  static final class Peer {

    final Socket socket;
    private DataInputStream in;

    Peer(Socket socket) throws IOException {
      this.socket = socket;
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.setTcpNoDelay(true);
    }

    private DataInputStream in() throws IOException {
      if (in == null) {
        in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream(), 65536));
      }
      return in;
    }

    /** The head of a request. */
    String readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.length() < 4 || !head.substring(head.length() - 4).equals("\r\n\r\n")) {
        head.append((char) in().readUnsignedByte());
      }
      return head.toString();
    }

    static String acceptance(String request) throws Exception {
      Matcher key = KEY.matcher(request);
      if (!key.find()) {
        throw new IOException("no key in " + request);
      }
      byte[] hash =
          MessageDigest.getInstance("SHA-1").digest((key.group(1) + GUID).getBytes(ISO_8859_1));
      return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Accept: "
          + Base64.getEncoder().encodeToString(hash)
          + "\r\n\r\n";
    }

    /** Makes it a WebSocket; returns the request's head. */
    String upgrade() throws Exception {
      String request = readHead();
      send(acceptance(request));
      return request;
    }

    void send(String text) throws IOException {
      send(text.getBytes(ISO_8859_1));
    }

    void send(byte[] bytes) throws IOException {
      socket.getOutputStream().write(bytes);
    }

    void sendByteByByte(byte[] bytes) throws IOException {
      for (byte one : bytes) {
        send(new byte[] {one});
      }
    }

    void sendText(String text) throws IOException {
      send(frame(0x81, text.getBytes(UTF_8)));
    }

    void sendClose(int code, String reason) throws IOException {
      send(closeFrame(code, reason));
    }

    static byte[] closeFrame(int code, String reason) {
      byte[] text = reason.getBytes(UTF_8);
      byte[] payload = new byte[2 + text.length];
      payload[0] = (byte) (code >> 8);
      payload[1] = (byte) code;
      System.arraycopy(text, 0, payload, 2, text.length);
      return frame(0x88, payload);
    }

    static byte[] frame(int firstByte, byte[] payload) {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(firstByte);
      if (payload.length < 126) {
        frame.write(payload.length);
      } else if (payload.length < 65536) {
        frame.write(126);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
      } else {
        frame.write(127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          frame.write((int) ((long) payload.length >> shift));
        }
      }
      frame.writeBytes(payload);
      return frame.toByteArray();
    }

    /** The next frame; must be masked. */
    Frame readFrame() throws IOException {
      int first = in().readUnsignedByte();
      int second = in().readUnsignedByte();
      if ((second & 0x80) == 0) {
        throw new IOException("not masked");
      }
      int length = second & 0x7f;
      length = length == 126 ? in().readUnsignedShort() : length;
      length = length == 127 ? (int) in().readLong() : length;
      byte[] mask = in().readNBytes(4);
      byte[] payload = in().readNBytes(length);
      if (payload.length < length) {
        throw new EOFException("in a frame");
      }
      for (int i = 0; i < length; i++) {
        payload[i] ^= mask[i % 4];
      }
      return new Frame(first, payload);
    }

    /** "end of stream", "reset", or the frame that came instead. */
    String readEnd() throws IOException {
      try {
        int next = in().read();
        return next < 0 ? "end of stream" : "byte " + next;
      } catch (SocketException e) {
        return "reset";
      }
    }

    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    /** Returns every message, and the Close; then ends. */
    void echo() throws IOException {
      while (true) {
        Frame frame = readFrame();
        send(frame(0x80 | frame.opcode(), frame.payload));
        if (frame.opcode() == 0x8) {
          return;
        }
      }
    }
  }
}
