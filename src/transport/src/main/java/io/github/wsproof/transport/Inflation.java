package io.github.wsproof.transport;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates what is received (RFC 7692 §7.2.2), before Tyrus, which gets frames as they would have
 * come without compression: those of a deflated message as fragments of another length, all others
 * byte for byte.
 *
 * <pre>
 *   FIN RSV1 opcode | length | deflated   →   FIN opcode | length16 | inflated, up to 64 KiB a fragment
 * </pre>
 *
 * <p>Nothing is kept of a message but DEFLATE's window of 32 KiB, wherever the bytes are split; one
 * that inflates to more than a bound is ended there. What RFC 7692 §6 forbids is a violation, with
 * the code to close with; nothing after it is looked at.
 *
 * <p>Not thread-safe: owned by the loop's thread.
 */
final class Inflation {

  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;
  private static final int OPCODE = 0x0f;
  private static final int CONTROL = 0x08;
  private static final int MASKED = 0x80;
  private static final int LENGTH_16 = 126;
  private static final int LENGTH_64 = 127;
  private static final int MASK_BYTES = 4;

  /** Of a frame that is being made: no more than the buffer holds, so 16 bits of length do. */
  private static final int HEADER_ROOM = 4;

  /** What a sender leaves out at the end of a message. */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private final Inflater inflater = new Inflater(true);
  private final boolean forgets;
  private final long mostMessageBytes;
  private long plainBytes;
  private long wireBytes;

  private final byte[] header = new byte[14];
  private int headerBytes;
  private int headerSize = 2;
  private long payloadLeft;

  /** Whether the frame that is being read belongs to a deflated message. */
  private boolean inflating;

  private boolean inMessage;
  private boolean deflated;
  private long messageBytes;
  private long messageWireBytes;

  /** Of the next frame of the message, without FIN: its opcode, then 0. */
  private int firstByte;

  /** Where frames are made, the caller's; and where the one that is being made begins, or -1. */
  private ByteBuffer out;

  private int start = -1;
  private Consumer<ByteBuffer> frames;
  private CloseReason violation;
  private boolean busy;
  private boolean closed;

  /**
   * @param mostMessageBytes of a message that is inflated; beyond them is violation 1009
   */
  Inflation(DeflateTerms terms, long mostMessageBytes) {
    this.forgets = terms.serverForgets();
    this.mostMessageBytes = mostMessageBytes;
  }

  /** Payload of messages, inflated. */
  long plainBytes() {
    return plainBytes;
  }

  /** Frames of messages, headers included. */
  long wireBytes() {
    return wireBytes;
  }

  /**
   * Takes what has come.
   *
   * @param room heap memory, of no more than 64 KiB, for this call alone
   * @param sink is given whole or part frames, in {@code room}, as often as it is full
   * @return what to close the connection with, or null
   */
  CloseReason accept(ByteBuffer bytes, ByteBuffer room, Consumer<ByteBuffer> sink) {
    out = room.clear();
    frames = sink;
    busy = true;
    try {
      while (bytes.hasRemaining() && !isOver()) {
        if (headerBytes < headerSize) {
          readHeader(bytes.get());
        } else if (inflating) {
          inflate(bytes);
        } else {
          pass(bytes);
        }
      }
      suspend();
    } catch (DataFormatException e) {
      suspend();
      violate(CloseCodes.NOT_CONSISTENT, "a deflated message cannot be inflated");
    } finally {
      busy = false;
    }
    flush();
    if (closed) {
      inflater.end();
    }
    return violation;
  }

  /** May be called by a sink. */
  void close() {
    closed = true;
    if (!busy) {
      inflater.end();
    }
  }

  private boolean isOver() {
    return violation != null || closed;
  }

  private void violate(CloseCodes code, String sentence) {
    if (violation == null) {
      violation = new CloseReason(code, sentence);
    }
  }

  // Headers.

  private void readHeader(byte next) throws DataFormatException {
    header[headerBytes++] = next;
    if (headerBytes == 2) {
      int length = header[1] & 0x7f;
      int lengthBytes = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
      headerSize = 2 + lengthBytes + (isMasked() ? MASK_BYTES : 0);
    }
    if (headerBytes == headerSize) {
      beginFrame();
    }
  }

  private boolean isMasked() {
    return (header[1] & MASKED) != 0;
  }

  private void beginFrame() throws DataFormatException {
    payloadLeft = payloadLength();
    int first = header[0];
    boolean rsv1 = (first & RSV1) != 0;
    inflating = false;
    if ((first & CONTROL) != 0) {
      refuse(rsv1, "RSV1 is set on a control frame");
    } else if ((first & OPCODE) == 0) {
      refuse(rsv1, "RSV1 is set on a continuation frame");
      inflating = inMessage && deflated;
    } else {
      refuse(inMessage, "a message begins inside of another");
      beginMessage(first);
    }
    refuse(inflating && isMasked(), "a frame of a server is masked");
    refuse(payloadLeft < 0, "the length of a frame is negative");
    if (isOver()) {
      return;
    }
    if (!isControl()) {
      wireBytes += headerSize + payloadLeft;
    }
    if (!inflating) {
      passHeader();
    }
    if (payloadLeft == 0) {
      endFrame();
    }
  }

  private void refuse(boolean wrong, String sentence) {
    if (wrong) {
      violate(CloseCodes.PROTOCOL_ERROR, sentence);
    }
  }

  private boolean isControl() {
    return (header[0] & CONTROL) != 0;
  }

  private void beginMessage(int first) {
    inMessage = true;
    deflated = (first & RSV1) != 0;
    inflating = deflated;
    firstByte = first & ~(FIN | RSV1);
    messageBytes = 0;
    messageWireBytes = 0;
  }

  private long payloadLength() {
    int length = header[1] & 0x7f;
    if (length < LENGTH_16) {
      return length;
    }
    ByteBuffer extended = ByteBuffer.wrap(header);
    return length == LENGTH_16 ? extended.getShort(2) & 0xffff : extended.getLong(2);
  }

  private void endFrame() throws DataFormatException {
    if (!isControl() && (header[0] & FIN) != 0) {
      if (inflating) {
        endMessage();
      }
      inMessage = false;
    }
    headerBytes = 0;
    headerSize = 2;
  }

  // Frames that are none of ours.

  private void passHeader() {
    suspend();
    if (out.remaining() < headerSize) {
      flush();
    }
    out.put(header, 0, headerSize);
    if (!isControl()) {
      plainBytes += payloadLeft;
    }
  }

  private void pass(ByteBuffer bytes) throws DataFormatException {
    if (!out.hasRemaining()) {
      flush();
    }
    int count = (int) Math.min(payloadLeft, Math.min(bytes.remaining(), out.remaining()));
    out.put(out.position(), bytes, bytes.position(), count);
    out.position(out.position() + count);
    bytes.position(bytes.position() + count);
    payloadLeft -= count;
    if (payloadLeft == 0) {
      endFrame();
    }
  }

  // Deflated messages.

  private void inflate(ByteBuffer bytes) throws DataFormatException {
    int count = (int) Math.min(payloadLeft, bytes.remaining());
    inflateAll(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    messageWireBytes += count;
    payloadLeft -= count;
    if (payloadLeft == 0 && !isOver()) {
      endFrame();
    }
  }

  private void inflateAll(ByteBuffer input) throws DataFormatException {
    inflater.setInput(input);
    while (!isOver()) {
      open();
      int count = inflater.inflate(out.array(), out.position(), out.remaining());
      out.position(out.position() + count);
      messageBytes += count;
      plainBytes += count;
      if (messageBytes > mostMessageBytes) {
        violate(
            CloseCodes.TOO_BIG,
            "a deflated message has more than " + mostMessageBytes + " bytes when inflated");
      } else if (inflater.finished()) {
        // A block with BFINAL, of a sender that cannot flush otherwise (§7.2.3.5).
        inflater.reset();
        if (!input.hasRemaining()) {
          return;
        }
        inflater.setInput(input);
      } else if (inflater.needsDictionary()) {
        throw new DataFormatException("a preset dictionary");
      } else if (count == 0) {
        return;
      }
    }
  }

  private void endMessage() throws DataFormatException {
    // An empty message is one byte; there are senders of none at all.
    if (messageWireBytes > 0) {
      inflateAll(ByteBuffer.wrap(TAIL));
    }
    if (isOver()) {
      return;
    }
    open();
    finishFrame(FIN);
    if (forgets) {
      inflater.reset();
    }
  }

  // Frames that are made.

  /** Makes room for more of a frame. */
  private void open() {
    if (start >= 0 && !out.hasRemaining()) {
      finishFrame(0);
    }
    if (start < 0) {
      if (out.remaining() <= HEADER_ROOM) {
        flush();
      }
      start = out.position();
      out.position(start + HEADER_ROOM);
    }
  }

  private void finishFrame(int fin) {
    int length = out.position() - start - HEADER_ROOM;
    out.put(start, (byte) (fin | firstByte));
    if (length < LENGTH_16) {
      out.put(start + 1, (byte) length);
      out.put(start + 2, out, start + HEADER_ROOM, length);
      out.position(start + 2 + length);
    } else {
      out.put(start + 1, (byte) LENGTH_16).putShort(start + 2, (short) length);
    }
    firstByte = 0;
    start = -1;
  }

  /** What there is of a message goes on its way, with another frame behind it. */
  private void suspend() {
    if (start >= 0 && out.position() > start + HEADER_ROOM) {
      finishFrame(0);
    } else if (start >= 0) {
      out.position(start);
      start = -1;
    }
  }

  private void flush() {
    if (out.position() > 0) {
      frames.accept(out.flip());
      out.clear();
    }
  }
}
