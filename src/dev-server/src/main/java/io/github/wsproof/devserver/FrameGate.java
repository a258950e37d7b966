package io.github.wsproof.devserver;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Cuts what a client sends into whole frames, and stops it at a header that RFC 6455 §5.2 forbids.
 *
 * <p>Tyrus 2.2 answers frames without a mask, fails with 1011 on a negative length, and looks at a
 * header only when its whole payload is there, for which it copies what it has at every read. So it
 * gets whole frames that are known to be sound. What a frame's payload holds, and the order of
 * fragments, is left to Tyrus.
 *
 * <pre>
 *  byte 0: FIN RSV1 RSV2 RSV3 opcode(4)   byte 1: MASK length(7)   126: +2 bytes   127: +8 bytes   +4 bytes of mask
 * </pre>
 *
 * <p>Not thread-safe: owned by the thread that reads the connection.
 */
final class FrameGate {
  private static final int MASK_BYTES = 4;
  private static final int LONGEST_HEADER_BYTES = 10 + MASK_BYTES;
  private static final int MOST_CONTROL_BYTES = 125;
  private static final int CLOSE = 8;

  private final int maxPayloadBytes;

  /** The beginning of a frame, from 0 to its position; null where no frame has begun. */
  private ByteBuffer rest;

  private CloseReason violation;
  private boolean over;

  FrameGate(int maxPayloadBytes) {
    this.maxPayloadBytes = maxPayloadBytes;
  }

  /** Takes bytes and gives whole frames on, as many as there are at once. */
  void accept(ByteBuffer bytes, Consumer<ByteBuffer> frames) {
    if (over) {
      return;
    }
    if (rest == null) {
      pass(bytes, frames);
      if (bytes.hasRemaining() && !over) {
        rest = ByteBuffer.allocate(room(bytes.remaining()));
        rest.put(bytes);
      }
      return;
    }
    append(bytes);
    ByteBuffer all = rest.flip();
    pass(all, frames);
    if (!all.hasRemaining() || over) {
      rest = null;
    } else if (all.position() == 0) {
      all.position(all.limit()).limit(all.capacity());
    } else {
      rest = ByteBuffer.allocate(room(all.remaining())).put(all);
    }
  }

  /** What forbids the next frame, or null: everything after it is dropped. */
  CloseReason violation() {
    return violation;
  }

  /** Whether the beginning of a frame is here, and its end is not. */
  boolean isMidFrame() {
    return rest != null;
  }

  /** Nothing more is taken. */
  void shut() {
    over = true;
    rest = null;
  }

  private void append(ByteBuffer bytes) {
    if (rest.remaining() < bytes.remaining()) {
      int wanted = Math.max(2 * rest.capacity(), rest.position() + bytes.remaining());
      rest = ByteBuffer.allocate(wanted).put(rest.flip());
    }
    rest.put(bytes);
  }

  /** No more than has come already is ever allocated for what is still to come. */
  private static int room(int bytes) {
    return Math.max(LONGEST_HEADER_BYTES, 2 * bytes);
  }

  /** Gives on the whole frames; leaves the position behind them. */
  private void pass(ByteBuffer bytes, Consumer<ByteBuffer> frames) {
    int start = bytes.position();
    int end = start;
    while (!over) {
      int length = frameBytes(bytes, end);
      if (length < 0 || length > bytes.limit() - end) {
        break;
      }
      over = (bytes.get(end) & 0xf) == CLOSE;
      end += length;
    }
    if (end > start) {
      int limit = bytes.limit();
      frames.accept(bytes.limit(end));
      bytes.limit(limit).position(end);
    }
  }

  /** The bytes of the frame that begins here, header included; -1 where its header is not whole. */
  private int frameBytes(ByteBuffer bytes, int at) {
    int there = bytes.limit() - at;
    if (there < 2) {
      return -1;
    }
    int first = bytes.get(at);
    int second = bytes.get(at + 1);
    if (!isSound(first, second)) {
      return -1;
    }
    int code = second & 0x7f;
    int header = 2 + (code == 127 ? 8 : code == 126 ? 2 : 0);
    if (there < header) {
      return -1;
    }
    long length =
        switch (code) {
          case 126 -> bytes.getShort(at + 2) & 0xffffL;
          case 127 -> bytes.getLong(at + 2);
          default -> code;
        };
    if (length < 0 || code == 126 && length < 126 || code == 127 && length <= 0xffff) {
      refuse("a length must be positive and in its shortest form");
      return -1;
    }
    boolean control = (first & 8) != 0;
    if (!control && length > maxPayloadBytes) {
      end(CloseCodes.TOO_BIG, "a message may have at most " + maxPayloadBytes + " bytes");
      return -1;
    }
    return header + MASK_BYTES + (int) length;
  }

  private boolean isSound(int first, int second) {
    int opcode = first & 0xf;
    boolean control = (opcode & 8) != 0;
    if ((first & 0x70) != 0) {
      refuse("a reserved bit is set, and no extension was agreed on");
    } else if (opcode > 2 && opcode < CLOSE || opcode > 10) {
      refuse("the opcode " + opcode + " is unknown");
    } else if ((second & 0x80) == 0) {
      refuse("a frame of a client must be masked");
    } else if (control && (first & 0x80) == 0) {
      refuse("a control frame must not be fragmented");
    } else if (control && (second & 0x7f) > MOST_CONTROL_BYTES) {
      refuse("a control frame may have at most " + MOST_CONTROL_BYTES + " bytes");
    }
    return violation == null;
  }

  private void refuse(String why) {
    end(CloseCodes.PROTOCOL_ERROR, why);
  }

  private void end(CloseCodes code, String why) {
    violation = new CloseReason(code, why);
    over = true;
  }
}
