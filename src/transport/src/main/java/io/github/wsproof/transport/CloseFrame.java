package io.github.wsproof.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The bytes of a client's Close frame: {@code 88 | 80+length | mask32 | code16 reason} masked. */
final class CloseFrame {

  private static final int HEADER_BYTES = 6;
  private static final int MAX_REASON_BYTES = 123;

  private CloseFrame() {}

  /**
   * @param code 1000 to 1003, 1007 to 1011 or 3000 to 4999 (RFC 6455 §7.4)
   * @param reason at most 123 bytes of UTF-8
   */
  static ByteBuffer encode(int code, String reason, int maskingKey) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    check(code, text);
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + 2 + text.length);
    frame.put((byte) 0x88).put((byte) (0x80 | 2 + text.length)).putInt(maskingKey);
    frame.putShort((short) code).put(text);
    for (int i = HEADER_BYTES; i < frame.limit(); i++) {
      int shift = 24 - 8 * ((i - HEADER_BYTES) % 4);
      frame.put(i, (byte) (frame.get(i) ^ maskingKey >> shift));
    }
    return frame.flip();
  }

  private static void check(int code, byte[] text) {
    boolean sendable =
        code >= 1000 && code <= 1003
            || code >= 1007 && code <= 1011
            || code >= 3000 && code <= 4999;
    if (!sendable) {
      throw new IllegalArgumentException(
          "must be 1000 to 1003, 1007 to 1011 or 3000 to 4999: code=" + code);
    }
    if (text.length > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "must be <= " + MAX_REASON_BYTES + " bytes of UTF-8: reason of " + text.length);
    }
  }
}
