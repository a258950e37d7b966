package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.wsproof.benchmarks.EchoTarget.Echo;
import io.github.wsproof.protocol.Receipt;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private static final int MOST_HEADER_BYTES = 10;
  private static final int MOST_SUFFIX_BYTES = 64;
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
  private static final byte[] SEPARATOR = " - ".getBytes(US_ASCII);

  /** What all connections share: nothing in it outlives the call that it is for. */
  static final class Buffers {
    final byte[] in = new byte[EchoTarget.BUFFER_BYTES + MOST_PAYLOAD_BYTES + 14];

    /** What is to be written, up to outLength. */
    byte[] out = new byte[in.length];

    int outLength;
    private ByteBuffer direct = ByteBuffer.allocateDirect(in.length);
    int random = 1;

    ByteBuffer written() {
      if (direct.capacity() < outLength) {
        direct = ByteBuffer.allocateDirect(out.length);
      }
      return direct.clear().put(out, 0, outLength).flip();
    }
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
    shared.outLength = 0;
    int at = open ? frames(in, 0, limit) : handshake(in, limit);
    if (at < 0 || broken) {
      return null;
    }
    incomplete = at == limit ? NOTHING : Arrays.copyOfRange(in, at, limit);
    return shared.written();
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
    put(response.getBytes(ISO_8859_1));
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

  /** Eight bytes at a time: byte by byte it would be half of the server's work. */
  private static void unmask(byte[] in, int at, int length) {
    int mask = (int) INTS.get(in, at - MASK_BYTES);
    long mask8 = mask & 0xffffffffL | (long) mask << 32;
    int i = at;
    for (int end = at + length - 7; i < end; i += 8) {
      LONGS.set(in, i, (long) LONGS.get(in, i) ^ mask8);
    }
    for (int end = at + length; i < end; i++) {
      in[i] ^= (byte) mask8;
      mask8 = Long.rotateRight(mask8, 8);
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
      put(new byte[] {(byte) (FIN | answer), (byte) length});
      put(Arrays.copyOfRange(in, at, at + length));
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

  /** The frame is built where it is to be written from; its header's size shows at the end. */
  private void reply(byte[] message, int opcode, int at, int length) {
    byte[] out = room(MOST_HEADER_BYTES + length + MOST_SUFFIX_BYTES);
    int header = length < LENGTH_16 - MOST_SUFFIX_BYTES ? 2 : MOST_HEADER_BYTES;
    int start = shared.outLength + header;
    System.arraycopy(message, at, out, start, length);
    int end = suffix(out, start + length);
    if (receipts) {
      end = receipt(out, start, end);
    }
    shared.outLength = header(out, shared.outLength, opcode, start, end);
  }

  /** Puts the shortest header (RFC 6455 §5.2) before a payload; returns where the frame ends. */
  private static int header(byte[] out, int at, int opcode, int start, int end) {
    int length = end - start;
    int header = length < LENGTH_16 ? 2 : length < 1 << 16 ? 4 : MOST_HEADER_BYTES;
    out[at] = (byte) (FIN | opcode);
    if (header == 2) {
      out[at + 1] = (byte) length;
    } else if (header == 4) {
      out[at + 1] = LENGTH_16;
      out[at + 2] = (byte) (length >>> 8);
      out[at + 3] = (byte) length;
    } else {
      out[at + 1] = LENGTH_64;
      LONGS.set(out, at + 2, Long.reverseBytes(length));
    }
    if (at + header != start) {
      System.arraycopy(out, start, out, at + header, length);
    }
    return at + header + length;
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

  private int receipt(byte[] reply, int start, int from) {
    reply[from] = ' ';
    reply[from + 1] = '(';
    int at = decimal(reply, from + 2, ++count);
    reply[at++] = ' ';
    crc.reset();
    crc.update(reply, start, at - start);
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

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, room(bytes.length), shared.outLength, bytes.length);
    shared.outLength += bytes.length;
  }

  /** Many short messages with receipts need more room than what was read. */
  private byte[] room(int bytes) {
    if (shared.out.length - shared.outLength < bytes) {
      shared.out = Arrays.copyOf(shared.out, 2 * shared.out.length + bytes);
    }
    return shared.out;
  }
}
