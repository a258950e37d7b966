package io.github.wsproof.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Frames of a client, right and wrong, as bytes. */
public final class Frames {
  public static final int FIN = 0x80;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;

  private static final byte[] MASK = {0x21, 0x43, 0x65, (byte) 0x87};

  private Frames() {}

  /** A sound frame but for its first byte, which may be any. */
  public static byte[] frame(int first, byte... payload) {
    int form = payload.length < 126 ? 0 : payload.length < 1 << 16 ? 2 : 8;
    return frame(first, form, payload);
  }

  /** As above; the length takes this many bytes more than one, needed or not. */
  public static byte[] frame(int first, int lengthBytes, byte... payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.writeBytes(header(first, 0x80, lengthBytes, payload.length));
    frame.writeBytes(MASK);
    for (int i = 0; i < payload.length; i++) {
      frame.write(payload[i] ^ MASK[i % 4]);
    }
    return frame.toByteArray();
  }

  /** What no client may send. */
  public static byte[] unmasked(int first, byte... payload) {
    return joined(header(first, 0, 0, payload.length), payload);
  }

  /** A header, and nothing behind it. */
  public static byte[] header(int first, int maskBit, int lengthBytes, long length) {
    ByteBuffer header = ByteBuffer.allocate(2 + lengthBytes).put((byte) first);
    switch (lengthBytes) {
      case 0 -> header.put((byte) (maskBit | (int) length));
      case 2 -> header.put((byte) (maskBit | 126)).putShort((short) length);
      default -> header.put((byte) (maskBit | 127)).putLong(length);
    }
    return header.array();
  }

  public static byte[] close(int code, byte... reason) {
    return frame(FIN | CLOSE, joined(new byte[] {(byte) (code >> 8), (byte) code}, reason));
  }

  public static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
