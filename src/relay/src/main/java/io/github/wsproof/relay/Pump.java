package io.github.wsproof.relay;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One leg of one connection: reads frames, joins fragments into messages, and passes each on or
 * does to it what the plan says.
 *
 * <p>{@link #run} belongs to the leg's thread; what is written is under this object's lock, for
 * another connection's leg may deliver here.
 */
final class Pump {
  private static final int EXCERPT_BYTES = 120;

  /** How long a message that is to follow its successor waits for one. */
  private static final long HOLD_MILLIS = 300;

  private final Link link;
  private final Leg leg;
  private final DataInputStream in;
  private final OutputStream out;
  private final SplittableRandom random;
  private final ByteArrayOutputStream fragments = new ByteArrayOutputStream();
  private int fragmentsOpcode;
  private long index;
  private Frame held;
  private Fault heldFor;
  private boolean closed;

  Pump(Link link, Leg leg, DataInputStream in, OutputStream out, long seed) {
    this.link = link;
    this.leg = leg;
    this.in = in;
    this.out = out;
    this.random = new SplittableRandom(seed);
  }

  /** Passes on until the stream ends. */
  void run() throws IOException, InterruptedException {
    for (Frame frame = next(); frame != null; frame = next()) {
      if (frame.isControl()) {
        write(frame);
      } else {
        Frame message = joined(frame);
        if (message != null) {
          handle(message);
        }
      }
    }
  }

  /** What was written goes out before this waits for more. */
  private Frame next() throws IOException {
    if (in.available() == 0) {
      flush();
    }
    return Frame.read(in);
  }

  private synchronized void flush() throws IOException {
    out.flush();
  }

  private Frame joined(Frame frame) {
    if (frame.opcode() != Frame.CONTINUATION) {
      if (frame.fin()) {
        return frame;
      }
      fragmentsOpcode = frame.opcode();
    }
    fragments.writeBytes(frame.payload());
    if (!frame.fin()) {
      return null;
    }
    Frame message = new Frame(true, fragmentsOpcode, fragments.toByteArray());
    fragments.reset();
    return message;
  }

  private void handle(Frame message) throws IOException, InterruptedException {
    long number = index++;
    if (releaseHeldWith(message)) {
      return;
    }
    Fault fault = link.relay.plan().at(link.number, leg, number);
    if (fault == null) {
      write(message);
      return;
    }
    boolean elsewhere = fault == Fault.MISDELIVER || fault == Fault.COPY;
    Pump other = elsewhere ? link.relay.another(link, leg) : null;
    if (elsewhere && other == null) {
      write(message);
      return;
    }
    link.relay.applied(new Applied(fault, leg, link.number, number, excerpt(message)));
    switch (fault) {
      case DROP -> {}
      case DUPLICATE -> {
        write(message);
        write(message);
      }
      case SWAP, MERGE -> hold(message, fault);
      case FLIP -> write(flipped(message));
      case TRUNCATE -> write(truncated(message));
      case MISDELIVER -> other.deliver(message);
      case COPY -> {
        other.deliver(message);
        write(message);
      }
      case PHANTOM -> {
        write(new Frame(true, message.opcode(), ("phantom " + number).getBytes(US_ASCII)));
        write(message);
      }
      case STALL -> {
        flush();
        TimeUnit.NANOSECONDS.sleep(link.relay.stall().toNanos());
        write(message);
      }
      case RESET -> link.reset();
      case CLOSE -> close();
      default -> throw new IllegalStateException("no such fault: " + fault);
    }
  }

  private synchronized void hold(Frame message, Fault fault) {
    held = message;
    heldFor = fault;
    link.relay.later(this::releaseHeld, HOLD_MILLIS);
  }

  private synchronized boolean releaseHeldWith(Frame successor) throws IOException {
    if (held == null) {
      return false;
    }
    Frame first = held;
    held = null;
    if (heldFor == Fault.SWAP) {
      write(successor);
      write(first);
    } else {
      byte[] both = new byte[first.payload().length + successor.payload().length];
      System.arraycopy(first.payload(), 0, both, 0, first.payload().length);
      System.arraycopy(
          successor.payload(), 0, both, first.payload().length, successor.payload().length);
      write(new Frame(true, first.opcode(), both));
    }
    return true;
  }

  /** No successor came: nothing to swap or merge with. */
  private synchronized void releaseHeld() {
    Frame first = held;
    held = null;
    if (first != null) {
      try {
        write(first);
        flush();
      } catch (IOException e) {
        link.end();
      }
    }
  }

  private Frame flipped(Frame message) {
    byte[] payload = message.payload().clone();
    if (payload.length > 0) {
      // The lowest bit keeps ASCII printable and UTF-8 valid.
      payload[random.nextInt(payload.length)] ^= 1;
    }
    return new Frame(true, message.opcode(), payload);
  }

  private Frame truncated(Frame message) {
    int length = message.payload().length;
    int cut = length == 0 ? 0 : 1 + random.nextInt(Math.max(1, length / 4));
    return new Frame(
        true, message.opcode(), java.util.Arrays.copyOf(message.payload(), length - cut));
  }

  private synchronized void close() throws IOException {
    write(new Frame(true, Frame.CLOSE, new byte[] {1000 >> 8, (byte) (1000 & 0xFF)}));
    flush();
    closed = true;
  }

  synchronized void write(Frame frame) throws IOException {
    if (closed) {
      return;
    }
    frame.write(out, leg == Leg.OUTBOUND);
  }

  /** Writes what comes from another connection. */
  private synchronized void deliver(Frame frame) throws IOException {
    write(frame);
    flush();
  }

  private static String excerpt(Frame message) {
    byte[] payload = message.payload();
    return new String(payload, 0, Math.min(EXCERPT_BYTES, payload.length), UTF_8);
  }
}
