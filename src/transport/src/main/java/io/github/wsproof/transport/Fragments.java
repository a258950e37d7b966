package io.github.wsproof.transport;

import java.nio.ByteBuffer;
import org.glassfish.tyrus.core.MaskingKeyGenerator;

/**
 * A message as several frames (RFC 6455 §5.4): the first with its opcode, the others with 0, the
 * last with FIN. Borders fall where they fall, inside a character too.
 *
 * <pre>
 * fin opcode | 80+length [16 or 64 bits of length] | mask32 | payload, masked
 * </pre>
 */
final class Fragments {
  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;
  private static final int TEXT = 1;
  private static final int BINARY = 2;
  private static final int CONTINUATION = 0;
  private static final int LONGEST_HEADER_BYTES = 14;

  private Fragments() {}

  /**
   * @param count how many frames, 1 or more; one byte each where the message is shorter
   */
  static ByteBuffer encode(byte[] message, boolean binary, int count, MaskingKeyGenerator keys) {
    return encode(message, message.length, binary ? BINARY : TEXT, true, count, keys);
  }

  /**
   * @param length how many bytes of {@code message}, from its first
   * @param firstByte of the first frame, without FIN
   * @param whole whether the message ends with it
   * @param count how many frames, 1 or more; one byte each where there are fewer
   */
  static ByteBuffer encode(
      byte[] message,
      int length,
      int firstByte,
      boolean whole,
      int count,
      MaskingKeyGenerator keys) {
    int frames = Math.max(1, Math.min(count, length));
    ByteBuffer out = ByteBuffer.allocate(length + frames * LONGEST_HEADER_BYTES);
    int from = 0;
    for (int i = 0; i < frames; i++) {
      int to = (int) ((long) length * (i + 1) / frames);
      int first = i > 0 ? CONTINUATION : firstByte;
      put(out, first | (whole && i == frames - 1 ? FIN : 0), message, from, to, keys.nextInt());
      from = to;
    }
    return out.flip();
  }

  private static void put(
      ByteBuffer out, int firstByte, byte[] message, int from, int to, int maskingKey) {
    int length = to - from;
    out.put((byte) firstByte);
    if (length < 126) {
      out.put((byte) (MASKED | length));
    } else if (length < 1 << 16) {
      out.put((byte) (MASKED | 126)).putShort((short) length);
    } else {
      out.put((byte) (MASKED | 127)).putLong(length);
    }
    out.putInt(maskingKey);
    for (int i = 0; i < length; i++) {
      out.put((byte) (message[from + i] ^ maskingKey >> 24 - 8 * (i % 4)));
    }
  }
}
