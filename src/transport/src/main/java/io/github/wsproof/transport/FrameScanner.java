package io.github.wsproof.transport;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * Looks for the peer's Close frame in the bytes that come in, whatever Tyrus makes of them: Tyrus
 * tells an application 1006 for any end that is not in order, and nothing after it has closed.
 *
 * <p>Only headers are read (RFC 6455 §5.2), payloads are skipped, wherever the bytes are split:
 *
 * <pre>
 *   FIN rsv opcode | MASK length7 | length16 or length64 | mask32 | payload
 * </pre>
 *
 * <p>Not thread-safe: owned by the loop's thread.
 */
final class FrameScanner {

  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int OPCODE = 0x0f;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;
  private static final int MASK_BYTES = 4;
  private static final int NO_CODE = 1005;
  private static final int MAX_CONTROL_BYTES = 125;

  private final boolean textAsBytes;
  private final ArrayDeque<Boolean> texts = new ArrayDeque<>();
  private final byte[] header = new byte[14];
  private int headerBytes;
  private int headerSize = 2;
  private long payloadLeft;
  private byte[] closePayload;
  private boolean closeSeen;

  /**
   * A scanner at the beginning of a stream of frames.
   *
   * @param textAsBytes whether to make binary messages of texts; {@link #pollText} tells them apart
   */
  FrameScanner(boolean textAsBytes) {
    this.textAsBytes = textAsBytes;
  }

  /** Whether the oldest message that was not asked for was a text. */
  boolean pollText() {
    return Boolean.TRUE.equals(texts.poll());
  }

  /**
   * Reads on, from the position of {@code bytes} to its limit or to the end of the first Close
   * frame, and leaves {@code bytes} as it is, but for the opcode of texts.
   *
   * @return where it has stopped
   */
  int scan(ByteBuffer bytes) {
    int at = bytes.position();
    int limit = bytes.limit();
    while (at < limit && !closeSeen) {
      at = headerBytes < headerSize ? readHeader(bytes, at) : skipPayload(bytes, at, limit);
    }
    return at;
  }

  boolean closeSeen() {
    return closeSeen;
  }

  /** The code of the Close frame, 1005 if it carries none. */
  int closeCode() {
    return closePayload.length < 2
        ? NO_CODE
        : (closePayload[0] & 0xff) << 8 | closePayload[1] & 0xff;
  }

  String closeReason() {
    return closePayload.length <= 2
        ? ""
        : new String(closePayload, 2, closePayload.length - 2, StandardCharsets.UTF_8);
  }

  private int readHeader(ByteBuffer bytes, int at) {
    if (textAsBytes && headerBytes == 0) {
      markText(bytes, at);
    }
    header[headerBytes++] = bytes.get(at);
    if (headerBytes == 2) {
      headerSize = sizeOfHeader();
    }
    if (headerBytes == headerSize) {
      startPayload();
    }
    return at + 1;
  }

  private void markText(ByteBuffer bytes, int at) {
    byte first = bytes.get(at);
    int opcode = first & OPCODE;
    if (opcode == TEXT) {
      bytes.put(at, (byte) (first & ~OPCODE | BINARY));
    }
    if (opcode == TEXT || opcode == BINARY) {
      texts.add(opcode == TEXT);
    }
  }

  private int sizeOfHeader() {
    int length = header[1] & 0x7f;
    int lengthBytes = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
    return 2 + lengthBytes + (isMasked() ? MASK_BYTES : 0);
  }

  private boolean isMasked() {
    return (header[1] & 0x80) != 0;
  }

  private void startPayload() {
    payloadLeft = payloadLength();
    if ((header[0] & OPCODE) == CLOSE) {
      closePayload = new byte[(int) Math.min(payloadLeft, MAX_CONTROL_BYTES)];
    }
    if (payloadLeft == 0) {
      endFrame();
    }
  }

  private long payloadLength() {
    int length = header[1] & 0x7f;
    if (length < LENGTH_16) {
      return length;
    }
    ByteBuffer extended = ByteBuffer.wrap(header);
    long value = length == LENGTH_16 ? extended.getShort(2) & 0xffff : extended.getLong(2);
    return value < 0 ? Long.MAX_VALUE : value;
  }

  private int skipPayload(ByteBuffer bytes, int at, int limit) {
    int count = (int) Math.min(payloadLeft, limit - at);
    if (closePayload != null) {
      keep(bytes, at, count);
    }
    payloadLeft -= count;
    if (payloadLeft == 0) {
      endFrame();
    }
    return at + count;
  }

  private void keep(ByteBuffer bytes, int at, int count) {
    long frame = payloadLength();
    for (int i = 0; i < count; i++) {
      long index = frame - payloadLeft + i;
      if (index < closePayload.length) {
        closePayload[(int) index] = unmask(bytes.get(at + i), index);
      }
    }
  }

  /** A server does not mask (§5.1); one that does is Tyrus's to refuse. */
  private byte unmask(byte value, long index) {
    return isMasked()
        ? (byte) (value ^ header[headerSize - MASK_BYTES + (int) (index % MASK_BYTES)])
        : value;
  }

  private void endFrame() {
    closeSeen = closePayload != null;
    headerBytes = 0;
    headerSize = 2;
  }
}
