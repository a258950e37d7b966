package io.github.wsproof.devserver;

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
import java.util.SplittableRandom;
import java.util.function.BiPredicate;

/**
 * Attacks a wsproof server on a bare socket, and says how its connection ended. Knows no container:
 * what is expected of one is a policy.
 *
 * <p>Thread-safe.
 */
public final class HostileClient {
  private static final int BOUND_MILLIS = 20_000;

  private final URI target;
  private final BiPredicate<Attack, Integer> policy;

  /**
   * @param target the echo endpoint: {@code ws://host:port/path}
   * @param policy whether an attack may end so: {@link Attack#mayEnd}, or with what a container
   *     gets wrong
   */
  public HostileClient(URI target, BiPredicate<Attack, Integer> policy) {
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
      int end = end(attack, random);
      if (policy.test(attack, end)) {
        return null;
      }
      ended = "ended with " + end;
    } catch (SocketTimeoutException e) {
      ended = "hung";
    } catch (SocketException e) {
      // The answer may have come and been thrown away by the reset: that is what lingering is for.
      ended = "was reset: " + e.getMessage();
    } catch (IOException e) {
      ended = "broke the protocol: " + e.getMessage();
    }
    return attack + " (seed " + seed + ") " + ended + ", right: " + attack.rightEnds();
  }

  private int end(Attack attack, SplittableRandom random) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(BOUND_MILLIS);
      socket.connect(new InetSocketAddress(target.getHost(), target.getPort()), BOUND_MILLIS);
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      if (attack.isHandshake()) {
        byte[] input = attack.input(random);
        if (target.getRawPath().length() > 1) {
          input =
              new String(input, ISO_8859_1)
                  .replace(" / HTTP", " " + target.getRawPath() + " HTTP")
                  .getBytes(ISO_8859_1);
        }
        send(socket, input, random);
        finish(socket, attack);
        return status(in);
      }
      socket.getOutputStream().write(Attack.request(target.getRawPath(), ""));
      int status = status(in);
      if (status != 101) {
        return status;
      }
      int sound = random.nextInt(4);
      byte[] before = new byte[0];
      for (int i = 0; i < sound; i++) {
        before = Frames.joined(before, Frames.frame(0x81, ("sound " + i).getBytes(UTF_8)));
      }
      send(socket, Frames.joined(before, attack.input(random)), random);
      if (!attack.isEndedByClient()) {
        return closeCode(in, sound);
      }
      for (int i = 0; i < sound; i++) {
        reply(in, i);
      }
      finish(socket, attack);
      return closeCode(in, -1);
    }
  }

  /** In up to three pieces. */
  private static void send(Socket socket, byte[] bytes, SplittableRandom random)
      throws IOException {
    OutputStream out = socket.getOutputStream();
    int at = 0;
    for (int piece = random.nextInt(3); piece >= 0 && at < bytes.length; piece--) {
      int length = piece == 0 ? bytes.length - at : random.nextInt(bytes.length - at + 1);
      out.write(bytes, at, length);
      at += length;
    }
  }

  private static void finish(Socket socket, Attack attack) throws IOException {
    if (attack.isEndedByClient()) {
      socket.shutdownOutput();
    }
  }

  /** The status of an answer, whose head is read; or that there is none. */
  private static int status(DataInputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    if (head.isEmpty()) {
      return Attack.NO_ANSWER;
    }
    if (!head.toString().matches("(?s)HTTP/1\\.1 \\d\\d\\d .*\r\n\r\n")) {
      throw new IOException("no answer of HTTP: " + head);
    }
    return Integer.parseInt(head.substring(9, 12));
  }

  /** The code of the Close frame, behind as many replies; then the connection must end. */
  private static int closeCode(DataInputStream in, int replies) throws IOException {
    int seen = 0;
    while (true) {
      int first = in.read();
      if (first < 0) {
        return Attack.NO_ANSWER;
      }
      byte[] payload = payload(in);
      switch (first) {
        case 0x81, 0x82 -> seen++;
        case 0x8a -> {
          // A pong to a ping among the attacks.
        }
        case 0x88 -> {
          if (replies >= 0 && seen != replies) {
            throw new IOException(seen + " replies to " + replies + " messages");
          }
          if (in.read() >= 0) {
            throw new IOException("something came behind the Close frame");
          }
          return payload.length < 2 ? 1005 : (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
        default -> throw new IOException("a frame that begins with " + first);
      }
    }
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
