package io.github.wsproof.relay;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A frame of RFC 6455 section 5.2, unmasked.
 *
 * @param fin whether it ends its message
 * @param opcode 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong
 */
record Frame(boolean fin, int opcode, byte[] payload) {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int CLOSE = 8;
  private static final int LONGEST_PAYLOAD = 128 << 20;
  private static final int MASKED = 0x80;

  boolean isControl() {
    return opcode >= CLOSE;
  }

  /** The next frame, or null where the stream ends between two. */
  static Frame read(DataInputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int second = in.readUnsignedByte();
    long length = second & 127;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      length = in.readLong();
    }
    if (length < 0 || length > LONGEST_PAYLOAD) {
      throw new IOException("a frame of " + length + " bytes is more than the relay takes");
    }
    byte[] key = (second & MASKED) == 0 ? null : in.readNBytes(4);
    byte[] payload = in.readNBytes((int) length);
    if (payload.length < length || key != null && key.length < 4) {
      throw new EOFException("the stream ended within a frame");
    }
    if (key != null) {
      mask(payload, key);
    }
    return new Frame((first & 0x80) != 0, first & 15, payload);
  }

  /** Writes it, masked as a client must, or not, as a server must. */
  void write(OutputStream out, boolean masked) throws IOException {
    byte[] header = new byte[14];
    header[0] = (byte) ((fin ? 0x80 : 0) | opcode);
    int length = 2;
    if (payload.length < 126) {
      header[1] = (byte) payload.length;
    } else if (payload.length < 1 << 16) {
      header[1] = 126;
      header[2] = (byte) (payload.length >> 8);
      header[3] = (byte) payload.length;
      length = 4;
    } else {
      header[1] = 127;
      for (int i = 0; i < 4; i++) {
        header[6 + i] = (byte) (payload.length >> 24 - 8 * i);
      }
      length = 10;
    }
    byte[] body = payload;
    if (masked) {
      header[1] |= (byte) MASKED;
      int random = ThreadLocalRandom.current().nextInt();
      byte[] key = {
        (byte) (random >> 24), (byte) (random >> 16), (byte) (random >> 8), (byte) random
      };
      System.arraycopy(key, 0, header, length, 4);
      length += 4;
      body = payload.clone();
      mask(body, key);
    }
    out.write(header, 0, length);
    out.write(body);
  }

  private static void mask(byte[] payload, byte[] key) {
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= key[i & 3];
    }
  }
}
