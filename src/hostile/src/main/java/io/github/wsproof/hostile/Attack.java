package io.github.wsproof.hostile;

import static io.github.wsproof.hostile.Frames.BINARY;
import static io.github.wsproof.hostile.Frames.CLOSE;
import static io.github.wsproof.hostile.Frames.FIN;
import static io.github.wsproof.hostile.Frames.PING;
import static io.github.wsproof.hostile.Frames.TEXT;
import static io.github.wsproof.hostile.Frames.close;
import static io.github.wsproof.hostile.Frames.frame;
import static io.github.wsproof.hostile.Frames.header;
import static io.github.wsproof.hostile.Frames.joined;
import static io.github.wsproof.hostile.Frames.unmasked;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * What hostile or broken clients send, and how RFC 6455 wants their connection to end: with a close
 * code (1000 and above), an HTTP status (below), or {@link End#NONE}.
 */
public enum Attack {
  /** §5.1: a server must close. */
  UNMASKED(r -> unmasked(FIN | TEXT, bytes(r, r.nextInt(126))), 1002),
  /** §5.2. */
  RESERVED_BITS(r -> frame(FIN | 0x10 << r.nextInt(3) | TEXT, bytes(r, 5)), 1002),
  /** §5.2: 3..7 and 11..15 are reserved. */
  UNKNOWN_OPCODE(r -> frame(FIN | r.nextInt(2) << 3 | 3 + r.nextInt(5), bytes(r, 5)), 1002) {
    @Override
    byte[] input(SplittableRandom random) {
      int opcode = 3 + random.nextInt(10);
      return frame(FIN | (opcode > 7 ? opcode + 3 : opcode), bytes(random, 5));
    }
  },
  /** §5.2: at most 63 bits; what is too long for a message is too long for a size as well. */
  NEGATIVE_LENGTH(
      r -> joined(header(FIN | BINARY, 0x80, 8, r.nextLong() | Long.MIN_VALUE), bytes(r, 9)),
      1002,
      1009),
  /** Refused at its header: nothing of it is ever sent. */
  OVERSIZED_LENGTH(r -> header(FIN | BINARY, 0x80, 8, r.nextLong(1L << 31, Long.MAX_VALUE)), 1009),
  /** §5.2: the minimal number of bytes must be used. */
  LONG_LENGTH(r -> frame(FIN | TEXT, r.nextBoolean() ? 2 : 8, new byte[r.nextInt(126)]), 1002),
  /** §5.5. */
  FRAGMENTED_CONTROL(r -> frame(CLOSE + r.nextInt(3), bytes(r, r.nextInt(20))), 1002),
  /** §5.5. */
  LONG_CONTROL(r -> frame(FIN | CLOSE + r.nextInt(3), bytes(r, 126 + r.nextInt(1000))), 1002),
  /** §5.4. */
  ORPHAN_CONTINUATION(r -> frame(r.nextInt(2) << 7, bytes(r, 5)), 1002),
  /** §5.4: fragments of two messages. */
  INTERLEAVED(r -> joined(frame(TEXT, (byte) 'a'), frame(FIN | TEXT, (byte) 'b')), 1002),
  /** §8.1. */
  INVALID_UTF8(r -> frame(FIN | TEXT, invalidUtf8(r)), 1007),
  /** §8.1, a ping between the parts. */
  INVALID_UTF8_IN_A_FRAGMENT(
      r ->
          joined(
              frame(TEXT, (byte) 'a'),
              frame(FIN | PING, bytes(r, r.nextInt(126))),
              frame(FIN, invalidUtf8(r))),
      1007),
  /** §7.4: unused, reserved, or never to be sent. */
  WRONG_CLOSE_CODE(r -> close(pick(r, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000)), 1002),
  /** §5.5.1: none or two bytes and more. */
  HALF_A_CLOSE_CODE(r -> frame(FIN | CLOSE, (byte) 3), 1002),
  /** §5.5.1. */
  INVALID_UTF8_IN_A_CLOSE(r -> close(1000, invalidUtf8(r)), 1007),
  /** What follows a Close frame is of no matter. */
  AFTER_THE_CLOSE(r -> joined(close(1000), bytes(r, r.nextInt(100_000))), 1000),
  /** No attack at all: what was sent before it is answered. */
  SOUND_CLOSE(r -> close(1000), 1000),
  /** Ended by the client in the middle. */
  HALF_A_FRAME(
      r -> joined(header(FIN | BINARY, 0x80, 2, 50_000), bytes(r, r.nextInt(40_000))), End.NONE),
  /** Whatever it is: a client of another protocol. The client ends it. */
  NOISE(r -> bytes(r, 1 + r.nextInt(5_000)), End.NONE, 1000, 1002, 1003, 1007, 1009),
  /** Instead of a handshake, ended by the client. */
  HTTP_NOISE(r -> bytes(r, 1 + r.nextInt(20_000)), End.NONE, 400, 413, 414, 431, 505),
  /** Ended by the client. */
  HALF_A_HANDSHAKE(
      r -> {
        byte[] whole = request("/", "");
        return Arrays.copyOf(whole, r.nextInt(whole.length));
      },
      End.NONE,
      400),
  /** One endless header. */
  LONG_HEADER(r -> request("/", "X: " + "x".repeat(20_000 + r.nextInt(200_000))), 400, 413, 431),
  /** Very many headers. */
  MANY_HEADERS(r -> request("/", "X: x\r\n".repeat(3_000 + r.nextInt(5_000)) + "Y: y"), 400, 431),
  /** A path without an endpoint. */
  UNKNOWN_PATH(r -> request("/nothing/" + r.nextInt(1_000), ""), 404),
  /** §4.4. */
  WRONG_VERSION(
      r -> text(request("/", "")).replace("Version: 13", "Version: " + r.nextInt(13)), 426, true),
  /** §4.2.1. */
  NO_VERSION(r -> text(request("/", "")).replace("Sec-WebSocket-Version", "X"), 426, true),
  /** §4.2.1: 16 bytes in base64. */
  WRONG_KEY(r -> text(request("/", "")).replace("dGhl", "d".repeat(r.nextInt(4))), 400, true),
  /** §4.2.1. */
  NO_KEY(r -> text(request("/", "")).replace("Sec-WebSocket-Key", "X"), 400, true),
  /** §4.2.1. */
  NO_GET(r -> text(request("/", "")).replace("GET", r.nextBoolean() ? "POST" : "PUT"), 400, true);

  private final Function<SplittableRandom, byte[]> input;
  private final Set<Integer> right;

  Attack(Function<SplittableRandom, byte[]> input, Integer... right) {
    this.input = input;
    this.right = Set.of(right);
  }

  Attack(Function<SplittableRandom, String> input, int right, boolean isText) {
    this(r -> input.apply(r).getBytes(ISO_8859_1), right);
  }

  /** All codes that are right: see {@link End#code}. */
  public Set<Integer> rightCodes() {
    return right;
  }

  byte[] input(SplittableRandom random) {
    return input.apply(random);
  }

  /** Whether it comes in place of a handshake, not behind one. */
  boolean isHandshake() {
    return ordinal() >= HTTP_NOISE.ordinal();
  }

  /** Whether the client ends its side behind it: the server has nothing to object to. */
  boolean isEndedByClient() {
    return right.contains(End.NONE);
  }

  /** A handshake, with further header lines or none. */
  public static byte[] request(String path, String lines) {
    return ("GET "
            + path
            + " HTTP/1.1\r\nHost: wsproof\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (lines.isEmpty() ? "" : lines + "\r\n")
            + "\r\n")
        .getBytes(ISO_8859_1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  private static byte[] bytes(SplittableRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static int pick(SplittableRandom random, int... values) {
    return values[random.nextInt(values.length)];
  }

  /** A lone continuation, an overlong slash, a surrogate, half a character, too high. */
  private static byte[] invalidUtf8(SplittableRandom random) {
    byte[][] wrong = {
      {(byte) 0x80},
      {(byte) 0xc0, (byte) 0xaf},
      {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
      {(byte) 0xe2, (byte) 0x82},
      {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xff},
    };
    byte[] before = "x".repeat(random.nextInt(50)).getBytes(ISO_8859_1);
    return joined(before, wrong[random.nextInt(wrong.length)]);
  }
}
