package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.hostile.Frames;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;

/** A bare socket: what it sends and what comes, byte for byte. */
final class RawClient implements AutoCloseable {
  private static final int BOUND_MILLIS = 20_000;

  final Socket socket;
  private final DataInputStream in;

  RawClient(DevServer server) throws IOException {
    this(new Socket("127.0.0.1", server.port()));
  }

  RawClient(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(BOUND_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  void send(byte[]... parts) throws IOException {
    socket.getOutputStream().write(Frames.joined(parts));
  }

  /** The head of an HTTP answer. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return head + " and the end";
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** An HTTP answer behind which the connection ends. */
  String answer() throws IOException {
    return new String(in.readAllBytes(), UTF_8);
  }

  /** The next frame as {@link JdkClient#next} would tell it; "end" for the connection's. */
  String next() throws IOException {
    int first = in.read();
    if (first < 0) {
      return "end";
    }
    int code = in.read();
    long length = code == 126 ? in.readUnsignedShort() : code == 127 ? in.readLong() : code;
    byte[] payload = in.readNBytes((int) length);
    if (first == 0x88) {
      int close = (payload[0] & 0xff) << 8 | payload[1] & 0xff;
      return "closed " + close + " " + new String(payload, 2, payload.length - 2, UTF_8);
    }
    return new String(payload, first == 0x81 ? UTF_8 : ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
