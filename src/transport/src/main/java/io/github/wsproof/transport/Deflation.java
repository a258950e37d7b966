package io.github.wsproof.transport;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.Deflater;
import org.glassfish.tyrus.core.MaskingKeyGenerator;

/**
 * Deflates what is sent (RFC 7692 §7.2.1), behind Tyrus, whose extensions cannot: a frame comes in
 * as Tyrus has made it, and leaves as it goes to the socket.
 *
 * <p>Every message is deflated, by one DEFLATE stream that each ends with an empty block, whose
 * last four bytes are not sent; an empty message is the one byte 0 (§7.2.3.6). Messages that the
 * application sends in parts have RSV1 on their first frame alone (§6.1).
 *
 * <p>Not thread-safe: owned by the loop's thread. Holds some 300 KB outside of the heap until
 * {@link #close}.
 */
final class Deflation {

  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;
  private static final int OPCODE = 0x0f;
  private static final int CONTROL = 0x08;
  private static final int TAIL_BYTES = 4;
  private static final int MASK_BYTES = 4;

  /** The fastest level: a client that measures is not to be what is slow. */
  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);

  private final boolean forgets;
  private final MaskingKeyGenerator maskingKeys;
  private long plainBytes;
  private long wireBytes;

  Deflation(DeflateTerms terms, MaskingKeyGenerator maskingKeys) {
    this.forgets = terms.clientForgets();
    this.maskingKeys = maskingKeys;
    if (terms.smallWindow()) {
      deflater.setStrategy(Deflater.HUFFMAN_ONLY);
      // The call that a new strategy comes with flushes nothing.
      deflater.deflate(new byte[1], 0, 1, Deflater.NO_FLUSH);
    }
  }

  /** Payload before it was deflated. */
  long plainBytes() {
    return plainBytes;
  }

  /** Frames of messages, headers included. */
  long wireBytes() {
    return wireBytes;
  }

  /**
   * What is to be written instead of a frame; a control frame itself.
   *
   * @param frame one whole masked frame
   * @param frames in how many a whole message is to be split
   */
  ByteBuffer deflated(ByteBuffer frame, int frames) {
    int first = frame.get(frame.position());
    if ((first & CONTROL) != 0) {
      return frame;
    }
    byte[] plain = payload(frame);
    boolean last = (first & FIN) != 0;
    byte[] room = new byte[plain.length + (plain.length >> 9) + 64];
    deflater.setInput(plain);
    int length = 0;
    int count;
    do {
      if (length == room.length) {
        room = Arrays.copyOf(room, 2 * room.length);
      }
      count = deflater.deflate(room, length, room.length - length, Deflater.SYNC_FLUSH);
      length += count;
    } while (length == room.length && count > 0);
    if (last) {
      length = withoutTail(room, length);
      if (forgets) {
        deflater.reset();
      }
    }
    int opcode = first & OPCODE;
    int firstByte = opcode == 0 ? 0 : opcode | RSV1;
    ByteBuffer out = Fragments.encode(room, length, firstByte, last, frames, maskingKeys);
    plainBytes += plain.length;
    wireBytes += out.remaining();
    return out;
  }

  private static int withoutTail(byte[] deflated, int length) {
    if (length > TAIL_BYTES) {
      return length - TAIL_BYTES;
    }
    // The stream stands behind an empty block already, and zlib writes no second one.
    deflated[0] = 0;
    return 1;
  }

  private static byte[] payload(ByteBuffer frame) {
    int at = frame.position();
    int length = frame.get(at + 1) & 0x7f;
    int mask = at + 2 + (length == 126 ? 2 : length == 127 ? 8 : 0);
    int from = mask + MASK_BYTES;
    byte[] payload = new byte[frame.limit() - from];
    frame.get(from, payload);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= frame.get(mask + i % MASK_BYTES);
    }
    return payload;
  }

  void close() {
    deflater.end();
  }
}
