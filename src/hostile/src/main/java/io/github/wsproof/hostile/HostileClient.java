package io.github.wsproof.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Attacks a wsproof server on a bare socket, and says how its connection ended. Knows no container:
 * what is expected of one is a policy.
 *
 * <p>Thread-safe.
 */
public final class HostileClient {
  private static final int BOUND_MILLIS = 20_000;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final URI target;
  private final Policy policy;

  /**
   * @param target the echo endpoint: {@code ws://host:port/path}
   * @param policy {@link Policy#STRICT}, or with what a container gets wrong
   */
  public HostileClient(URI target, Policy policy) {
    this.target = target;
    this.policy = policy;
  }

  /**
   * Does to the server what a seed says.
   *
   * @return null, or what was wrong, with the seed that repeats it
   */
  public String attack(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Attack attack = Attack.values()[random.nextInt(Attack.values().length)];
    String ended;
    try {
      End end = end(attack, random);
      if (policy.allows(attack, end)) {
        return null;
      }
      ended = "ended with " + end;
    } catch (SocketTimeoutException e) {
      ended = "hung";
    } catch (IOException e) {
      ended = "broke the protocol: " + e.getMessage();
    }
    return attack + " (seed " + seed + ") " + ended + ", right: " + attack.rightCodes();
  }

  private End end(Attack attack, SplittableRandom random) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(BOUND_MILLIS);
      socket.connect(new InetSocketAddress(target.getHost(), target.getPort()), BOUND_MILLIS);
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      if (attack.isHandshake()) {
        boolean cut = send(socket, aimed(attack.input(random)), random);
        return status(in, finish(socket, attack) || cut);
      }
      socket.getOutputStream().write(Attack.request(target.getRawPath(), ""));
      End handshake = status(in, false);
      if (handshake.code() != SWITCHING_PROTOCOLS) {
        return handshake;
      }
      int sound = random.nextInt(4);
      byte[] before = new byte[0];
      for (int i = 0; i < sound; i++) {
        before = Frames.joined(before, Frames.frame(0x81, ("sound " + i).getBytes(UTF_8)));
      }
      byte[] input = Frames.joined(before, attack.input(random), policy.behind(attack));
      boolean cut = send(socket, input, random);
      int replies = 0;
      if (attack.isEndedByClient()) {
        // The server may end its side as soon as it sees the end of ours.
        for (; replies < sound; replies++) {
          reply(in, replies);
        }
        cut |= finish(socket, attack);
      }
      return close(in, sound - replies, cut, policy.awaitsClient(attack) ? socket : null);
    }
  }

  private byte[] aimed(byte[] handshake) {
    return new String(handshake, ISO_8859_1)
        .replace(" / HTTP", " " + target.getRawPath() + " HTTP")
        .getBytes(ISO_8859_1);
  }

  /** In up to three pieces. Returns whether the server cut it short. */
  private static boolean send(Socket socket, byte[] bytes, SplittableRandom random)
      throws IOException {
    OutputStream out = socket.getOutputStream();
    int at = 0;
    try {
      for (int piece = random.nextInt(3); piece >= 0 && at < bytes.length; piece--) {
        int length = piece == 0 ? bytes.length - at : random.nextInt(bytes.length - at + 1);
        out.write(bytes, at, length);
        at += length;
      }
      return false;
    } catch (SocketException e) {
      // What it answered may still be there to be read.
      return true;
    }
  }

  private static boolean finish(Socket socket, Attack attack) throws IOException {
    try {
      if (attack.isEndedByClient()) {
        socket.shutdownOutput();
      }
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  /** The status of an answer, whose head is read; or that there is none. */
  private static End status(DataInputStream in, boolean cut) throws IOException {
    StringBuilder head = new StringBuilder();
    boolean reset = cut;
    try {
      for (int next = 0; next >= 0 && head.indexOf("\r\n\r\n") < 0; ) {
        next = in.read();
        if (next >= 0) {
          head.append((char) next);
        }
      }
    } catch (SocketException e) {
      reset = true;
    }
    if (head.isEmpty()) {
      return new End(End.NONE, false, reset);
    }
    if (!head.toString().matches("(?s)HTTP/1\\.1 \\d\\d\\d .*\r\n\r\n")) {
      throw new IOException("no answer of HTTP: " + head);
    }
    return new End(Integer.parseInt(head.substring(9, 12)), false, reset);
  }

  /** The code of the Close frame, behind so many replies; then the connection must end. */
  private static End close(DataInputStream in, int replies, boolean cut, Socket toEnd)
      throws IOException {
    int code = End.NONE;
    int seen = 0;
    boolean reset = cut;
    try {
      for (int first = in.read(); first >= 0; first = in.read()) {
        if (code != End.NONE) {
          throw new IOException("something came behind the Close frame: " + first);
        }
        byte[] payload = payload(in);
        switch (first) {
          case 0x81, 0x82 -> seen++;
          case 0x8a -> {
            // A pong to a ping among the attacks.
          }
          case 0x88 -> {
            code = payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getChar();
            if (toEnd != null) {
              toEnd.shutdownOutput();
            }
          }
          default -> throw new IOException("a frame that begins with " + first);
        }
      }
    } catch (SocketException e) {
      reset = true;
    }
    if (seen < replies) {
      throw new IOException(seen + " replies to " + replies + " messages, then " + code);
    }
    return new End(code, seen > replies, reset);
  }

  private static void reply(DataInputStream in, int number) throws IOException {
    if (in.read() != 0x81) {
      throw new IOException("no reply to message " + number);
    }
    String text = new String(payload(in), UTF_8);
    if (!text.startsWith("sound " + number)) {
      throw new IOException("the reply to message " + number + " is " + text);
    }
  }

  private static byte[] payload(DataInputStream in) throws IOException {
    int code = in.read();
    long length = code == 126 ? in.readUnsignedShort() : code == 127 ? in.readLong() : code;
    if (length < 0 || length > 1 << 24) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] payload = in.readNBytes((int) length);
    if (payload.length < length) {
      throw new EOFException("half a frame");
    }
    return payload;
  }
}
