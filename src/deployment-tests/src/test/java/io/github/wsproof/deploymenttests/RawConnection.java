package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;

/**
 * A WebSocket of bare frames (RFC 6455 section 5.2), so that a test decides what stands in one
 * write. Frames are masked with zeros. Owned by one thread; a read waits 30 seconds at most.
 */
final class RawConnection implements AutoCloseable {
  private static final int BOUND_MILLIS = 30_000;
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int LENGTH_16 = 126;

  /** A frame that the server has sent. */
  record Frame(int opcode, byte[] payload) {
    /** The code in a Close. */
    int code() {
      return (payload[0] & 0xff) << 8 | payload[1] & 0xff;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Frame frame
          && frame.opcode == opcode
          && Arrays.equals(frame.payload, payload);
    }

    @Override
    public int hashCode() {
      return opcode + Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
      return opcode + " " + new String(payload, US_ASCII);
    }
  }

  private final Socket socket;
  private final DataInputStream input;
  private final ByteArrayOutputStream output = new ByteArrayOutputStream();

  private RawConnection(URI uri) throws IOException {
    socket = new Socket(uri.getHost(), uri.getPort());
    socket.setSoTimeout(BOUND_MILLIS);
    socket.setTcpNoDelay(true);
    input = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  static RawConnection open(URI uri) throws IOException {
    RawConnection connection = new RawConnection(uri);
    connection.output.writeBytes(Handshake.request(uri).getBytes(US_ASCII));
    connection.write();
    String status = connection.line();
    if (!status.contains(" 101")) {
      throw new IOException("not a WebSocket: " + status);
    }
    while (!connection.line().isEmpty()) {
      // The headers are another test's.
    }
    return connection;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = input.readUnsignedByte(); c != '\n'; c = input.readUnsignedByte()) {
      line.append((char) c);
    }
    return line.toString().strip();
  }

  /** Puts a whole message or control frame into the next write; at most 65,535 bytes. */
  void put(int opcode, byte[] payload) {
    output.write(FIN | opcode);
    if (payload.length < LENGTH_16) {
      output.write(MASKED | payload.length);
    } else {
      output.write(MASKED | LENGTH_16);
      output.write(payload.length >>> 8);
      output.write(payload.length);
    }
    output.writeBytes(new byte[4]);
    output.writeBytes(payload);
  }

  /** Writes what was put, at once. */
  void write() throws IOException {
    output.writeTo(socket.getOutputStream());
    output.reset();
  }

  /** The next frame. */
  Frame read() throws IOException {
    int opcode = input.readUnsignedByte() & 0x0f;
    int length = input.readUnsignedByte();
    if (length >= LENGTH_16) {
      length = length == LENGTH_16 ? input.readUnsignedShort() : (int) input.readLong();
    }
    return new Frame(opcode, input.readNBytes(length));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
