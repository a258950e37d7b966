package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.wsproof.benchmarks.EchoTarget.Echo;
import io.github.wsproof.protocol.Receipt;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * One WebSocket connection of {@link EchoTarget}: a handshake (RFC 6455 §4.2.2), then masked frames
 * (§5.2), each message answered with {@code message - NN}.
 *
 * <pre>
 *   FIN opcode | 1 length7 | length16 or length64 | mask32 | payload
 * </pre>
 *
 * <p>It trusts its client: a frame that is malformed or longer than {@link #MOST_PAYLOAD_BYTES}
 * ends the connection without a close frame.
 *
 * <p>Not thread-safe: owned by the server's loop.
 */
final class FrameEcho implements Echo {
  /** The longest payload, of one frame and of a message of several. */
  static final int MOST_PAYLOAD_BYTES = 64 * 1024;

  private static final int CONTINUATION = 0;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int FIN = 0x80;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;
  private static final int MASK_BYTES = 4;
  private static final int MOST_SUFFIX_BYTES = 64;
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] SEPARATOR = " - ".getBytes(US_ASCII);

  /** What all connections share: nothing in it outlives the call that it is for. */
  static final class Buffers {
    final byte[] in = new byte[EchoTarget.BUFFER_BYTES + MOST_PAYLOAD_BYTES + 14];

    /**
     * A reply is longer than its frame by its suffix and shorter by its mask; the shortest frame is
     * 6 bytes.
     */
    ByteBuffer out = ByteBuffer.allocateDirect(in.length);

    byte[] reply = new byte[10 + MOST_PAYLOAD_BYTES + MOST_SUFFIX_BYTES];
    int random = 1;
  }

  private final Buffers shared;
  private final CRC32C crc = new CRC32C();
  private byte[] incomplete = new byte[0];
  private byte[] fragments = new byte[0];
  private int fragmentsOpcode;
  private boolean open;
  private boolean receipts;
  private boolean broken;
  private boolean closed;
  private long count;

  FrameEcho(Buffers shared) {
    this.shared = shared;
  }

  @Override
  public boolean isOver() {
    return closed;
  }

  @Override
  public ByteBuffer answer(ByteBuffer input) {
    byte[] in = shared.in;
    int limit = incomplete.length + input.remaining();
    System.arraycopy(incomplete, 0, in, 0, incomplete.length);
    input.get(in, incomplete.length, input.remaining());
    shared.out.clear();
    int at = open ? frames(in, 0, limit) : handshake(in, limit);
    if (at < 0 || broken) {
      return null;
    }
    incomplete = at == limit ? NOTHING : Arrays.copyOfRange(in, at, limit);
    return shared.out.flip();
  }

  private static final byte[] NOTHING = new byte[0];

  private int handshake(byte[] in, int limit) {
    String head = new String(in, 0, limit, ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return limit < MOST_PAYLOAD_BYTES ? 0 : -1;
    }
    String key = header(head, "sec-websocket-key");
    if (key == null) {
      return -1;
    }
    receipts = "1".equals(header(head, Receipt.REQUEST_HEADER.toLowerCase(Locale.ROOT)));
    String announcement =
        receipts ? Receipt.ANNOUNCEMENT_HEADER + ": " + Receipt.ANNOUNCEMENT + "\r\n" : "";
    String response =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + announcement
            + ("Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n");
    shared.out.put(response.getBytes(ISO_8859_1));
    open = true;
    return frames(in, end + 4, limit);
  }

  private static String header(String head, String lowerCaseName) {
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).toLowerCase(Locale.ROOT).equals(lowerCaseName)) {
        return line.substring(colon + 1).strip();
      }
    }
    return null;
  }

  private static String accept(String key) {
    try {
      byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  /** Answers the whole frames; returns where the first that is not whole begins, or -1. */
  private int frames(byte[] in, int from, int limit) {
    int at = from;
    while (limit - at >= 2 && !closed) {
      int length = in[at + 1] & 0x7f;
      int header = 2 + (length < LENGTH_16 ? 0 : length == LENGTH_16 ? 2 : 8) + MASK_BYTES;
      if (limit - at < header) {
        return at;
      }
      if (length >= LENGTH_16) {
        length = extendedLength(in, at, length);
      }
      if (in[at + 1] >= 0 || length < 0 || length > MOST_PAYLOAD_BYTES) {
        return -1;
      }
      if (limit - at - header < length) {
        return at;
      }
      unmask(in, at + header, length);
      frame(in, in[at] & 0xff, at + header, length);
      at += header + length;
    }
    return at;
  }

  private static int extendedLength(byte[] in, int at, int length7) {
    ByteBuffer header = ByteBuffer.wrap(in);
    long length = length7 == LENGTH_64 ? header.getLong(at + 2) : header.getShort(at + 2) & 0xffff;
    return length > MOST_PAYLOAD_BYTES ? -1 : (int) length;
  }

  private static void unmask(byte[] in, int at, int length) {
    for (int i = 0; i < length; i++) {
      in[at + i] ^= in[at - MASK_BYTES + (i & 3)];
    }
  }

  private void frame(byte[] in, int first, int at, int length) {
    int opcode = first & 0x0f;
    if (opcode >= CLOSE) {
      control(in, opcode, at, length);
    } else if (first == (FIN | opcode) && opcode != CONTINUATION) {
      reply(in, opcode, at, length);
    } else {
      fragment(in, first, at, length);
    }
  }

  private void control(byte[] in, int opcode, int at, int length) {
    if (opcode == PING || opcode == CLOSE) {
      int answer = opcode == PING ? PONG : CLOSE;
      room(2 + length).put((byte) (FIN | answer)).put((byte) length).put(in, at, length);
      closed = opcode == CLOSE;
    }
  }

  private void fragment(byte[] in, int first, int at, int length) {
    if ((first & 0x0f) != CONTINUATION) {
      fragmentsOpcode = first & 0x0f;
      fragments = NOTHING;
    }
    if (fragments.length + length > MOST_PAYLOAD_BYTES) {
      broken = true;
      return;
    }
    int before = fragments.length;
    fragments = Arrays.copyOf(fragments, before + length);
    System.arraycopy(in, at, fragments, before, length);
    if ((first & FIN) != 0) {
      reply(fragments, fragmentsOpcode, 0, fragments.length);
    }
  }

  private void reply(byte[] message, int opcode, int at, int length) {
    byte[] reply = shared.reply;
    System.arraycopy(message, at, reply, 0, length);
    int end = suffix(reply, length);
    if (receipts) {
      end = receipt(reply, end);
    }
    ByteBuffer out = room(10 + end).put((byte) (FIN | opcode));
    if (end < LENGTH_16) {
      out.put((byte) end);
    } else if (end < 1 << 16) {
      out.put((byte) LENGTH_16).putShort((short) end);
    } else {
      out.put((byte) LENGTH_64).putLong(end);
    }
    out.put(reply, 0, end);
  }

  private int suffix(byte[] reply, int from) {
    System.arraycopy(SEPARATOR, 0, reply, from, SEPARATOR.length);
    int random = shared.random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    shared.random = random;
    return decimal(reply, from + SEPARATOR.length, 1 + (random >>> 1) % 100);
  }

  private int receipt(byte[] reply, int from) {
    reply[from] = ' ';
    reply[from + 1] = '(';
    int at = decimal(reply, from + 2, ++count);
    reply[at++] = ' ';
    crc.reset();
    crc.update(reply, 0, at);
    int value = (int) crc.getValue();
    for (int shift = 28; shift >= 0; shift -= 4) {
      reply[at++] = HEX[value >>> shift & 15];
    }
    reply[at++] = ')';
    return at;
  }

  private static int decimal(byte[] bytes, int from, long value) {
    int end = from + 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      end++;
    }
    long rest = value;
    for (int i = end - 1; i >= from; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    return end;
  }

  /** Many short messages with receipts need more room than what was read. */
  private ByteBuffer room(int bytes) {
    if (shared.out.remaining() < bytes) {
      ByteBuffer larger = ByteBuffer.allocateDirect(2 * shared.out.capacity() + bytes);
      shared.out = larger.put(shared.out.flip());
    }
    return shared.out;
  }
}
