package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.nio.NIOConnection;
import org.glassfish.grizzly.nio.NIOTransport;
import org.glassfish.grizzly.threadpool.Threads;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.Writer;

/**
 * One WebSocket between Grizzly's socket and Tyrus's core.
 *
 * <p><b>In:</b> the selector's thread brings what one read has brought to {@link #received}, which
 * hands whole frames to Tyrus, and so to the endpoint, on that thread.
 *
 * <p><b>Out:</b> frames wait in one queue for each connection. Those that the endpoint sends while
 * a read is handled are gathered, and leave in one write when the read has been consumed; what
 * other threads of the application send leaves as soon as the selector's thread comes to it. One
 * write is under way at a time, so order holds.
 *
 * <p><b>When a send is complete:</b> for a thread of the application, when its bytes are in the
 * socket. For a selector's thread, which serves others as well and must not wait, when they are in
 * the queue. That queue is bounded by not reading: the connection is not read while more than
 * {@link #HIGH_BYTES} wait, so at most these and the replies to {@link #READ_BYTES} that were read
 * do. A client that takes nothing for {@link Bounds#unread} is reset; that is logged with what was
 * lost, and the endpoint sees the connection end with 1006.
 *
 * <p><b>End:</b> Tyrus closes behind its Close frame; then what waits is written and {@link Linger}
 * takes over.
 *
 * <pre>
 *   reading ⇄ paused (much output waits) → closing (Close frame queued) → lingering → closed
 * </pre>
 *
 * <p>Thread-safe.
 */
final class ServerConnection extends Writer implements Receiver, Sweep.Watched {
  /** What is wanted of one read, and handed on at once; a message may be longer. */
  static final int READ_BYTES = 16 * 1024;

  private static final System.Logger LOGGER = System.getLogger(ServerConnection.class.getName());

  /** Above, nothing more is read; below the other, reading begins again. */
  private static final int HIGH_BYTES = 128 * 1024;

  private static final int LOW_BYTES = 32 * 1024;

  /** Other connections' threads cannot be held up either: beyond this a send fails. */
  private static final int MOST_WAITING_BYTES = 16 << 20;

  /** So that a slow client's progress is seen, however much waits. */
  private static final int WRITE_BYTES = 64 * 1024;

  private static final int PIECE_BYTES = 16 * 1024;

  /**
   * The system's own buffer, which would else grow to megabytes for a client that reads nothing,
   * and take a slow one longer to empty than {@link Bounds#unread} allows.
   */
  private static final int SOCKET_SEND_BYTES = 256 * 1024;

  private static final long NEVER = Long.MIN_VALUE;

  private final Connection<?> connection;
  private final Wire wire;
  private final Sweep sweep;
  private final Bounds bounds;

  /** Owned by the selector's thread, as is the next. */
  private final FrameGate gate;

  /** What a read has brought and is not to be looked at before less waits; null for nothing. */
  private ByteBuffer unread;

  /** Null while the session is being opened. */
  private volatile org.glassfish.tyrus.spi.Connection tyrus;

  private final Object lock = new Object();

  /** Guarded by the lock, as all that follows but the last. */
  private final ArrayDeque<Frame> queue = new ArrayDeque<>();

  /** What waits, in the queue and in the write that is under way. */
  private long waitingBytes;

  private Write underWay;
  private boolean flushQueued;
  private Thread flusher;
  private Thread reader;
  private boolean paused;
  private boolean closing;
  private boolean ended;
  private long unreadSinceNanos = NEVER;

  private volatile long midFrameSinceNanos = NEVER;

  /**
   * A frame, and who is to be told, null where that is done; or a piece of memory with many frames.
   */
  private record Frame(ByteBuffer bytes, CompletionHandler<ByteBuffer> handler, boolean isPiece) {
    Frame(ByteBuffer bytes, CompletionHandler<ByteBuffer> handler) {
      this(bytes, handler, false);
    }

    boolean isSmall() {
      return handler == null && bytes.remaining() <= PIECE_BYTES / 4;
    }
  }

  /** A write: frames that end in it. */
  private record Write(int bytes, List<Frame> frames) {}

  ServerConnection(
      Connection<?> connection, Wire wire, Sweep sweep, Bounds bounds, int maxPayloadBytes) {
    this.connection = connection;
    this.wire = wire;
    this.sweep = sweep;
    this.bounds = bounds;
    gate = new FrameGate(maxPayloadBytes);
  }

  /**
   * Begins with the answer to the handshake, and opens the session, whose first frames leave with
   * it.
   */
  void open(String answer, Function<Writer, org.glassfish.tyrus.spi.Connection> session)
      throws IOException {
    SocketChannel channel = (SocketChannel) ((NIOConnection) connection).getChannel();
    channel.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_SEND_BYTES);
    SocketFilter.lead(connection, this);
    sweep.add(this);
    beginRead();
    try {
      enqueue(new Frame(ByteBuffer.wrap(answer.getBytes(UTF_8)), null));
      tyrus = session.apply(this);
    } finally {
      endRead();
    }
    if (!connection.isOpen()) {
      closed();
    }
  }

  @Override
  public void received(ByteBuffer bytes) {
    ByteBuffer input = unread == null ? bytes : joined(unread, bytes);
    unread = null;
    do {
      if (!beginRead()) {
        return;
      }
      try {
        take(input);
      } finally {
        endRead();
      }
    } while (input.hasRemaining() && !pause());
    if (input.hasRemaining()) {
      unread = ByteBuffer.allocate(input.remaining()).put(input).flip();
    } else {
      pause();
    }
    if (!gate.isMidFrame()) {
      midFrameSinceNanos = NEVER;
    } else if (midFrameSinceNanos == NEVER) {
      midFrameSinceNanos = System.nanoTime();
    }
  }

  /** Hands on a slice: so much may be answered before it is seen how much waits. */
  private void take(ByteBuffer input) {
    int limit = input.limit();
    input.limit(Math.min(limit, input.position() + READ_BYTES));
    gate.accept(input, tyrus.getReadHandler()::handle);
    input.position(input.limit()).limit(limit);
    CloseReason violation = gate.violation();
    if (violation != null) {
      tyrus.close(violation);
    }
  }

  private static ByteBuffer joined(ByteBuffer first, ByteBuffer second) {
    return ByteBuffer.allocate(first.remaining() + second.remaining())
        .put(first)
        .put(second)
        .flip();
  }

  /** False where what comes is to be dropped. */
  private boolean beginRead() {
    synchronized (lock) {
      if (closing || ended) {
        return false;
      }
      reader = Thread.currentThread();
      return true;
    }
  }

  private void endRead() {
    synchronized (lock) {
      reader = null;
    }
    flush();
  }

  /** Whether nothing more is to be read for now: much waits, and its end goes on with reading. */
  private boolean pause() {
    synchronized (lock) {
      if (waitingBytes <= HIGH_BYTES || closing || ended) {
        return false;
      }
      paused = true;
      interest(false);
      return true;
    }
  }

  /** On the selector's thread, as every read: what was left comes first. */
  private void resume() {
    onSelector(
        () -> {
          received(ByteBuffer.allocate(0));
          synchronized (lock) {
            if (!paused && !ended) {
              interest(true);
            }
          }
        });
  }

  private void onSelector(Runnable task) {
    NIOConnection nio = (NIOConnection) connection;
    ((NIOTransport) nio.getTransport())
        .getSelectorHandler()
        .enque(
            nio.getSelectorRunner(),
            () -> {
              task.run();
              return true;
            },
            null);
  }

  private void interest(boolean inReading) {
    try {
      if (inReading) {
        connection.enableIOEvent(IOEvent.READ);
      } else {
        connection.disableIOEvent(IOEvent.READ);
      }
    } catch (IOException e) {
      connection.terminateSilently();
    }
  }

  @Override
  public void write(ByteBuffer buffer, CompletionHandler<ByteBuffer> handler) {
    boolean mayWait = !Threads.isService();
    String refusal = enqueue(new Frame(buffer, mayWait ? handler : null));
    if (refusal != null) {
      handler.failed(new IOException(refusal));
      return;
    }
    if (!mayWait) {
      handler.completed(buffer);
    }
    if (isGathering()) {
      return;
    }
    if (mayWait) {
      flushSoon();
    } else {
      flush();
    }
  }

  /** On the selector's thread: what the application sends until then leaves in the same write. */
  private void flushSoon() {
    synchronized (lock) {
      if (flushQueued || underWay != null || ended) {
        return;
      }
      flushQueued = true;
    }
    onSelector(
        () -> {
          synchronized (lock) {
            flushQueued = false;
          }
          flush();
        });
  }

  /** Null, or why not. */
  private String enqueue(Frame frame) {
    synchronized (lock) {
      if (closing || ended) {
        return "the connection is closed";
      }
      if (waitingBytes > MOST_WAITING_BYTES) {
        return "the client has not read the last " + waitingBytes + " bytes";
      }
      waitingBytes += frame.bytes().remaining();
      if (!queue.isEmpty() && frame.isSmall()) {
        gather(frame.bytes());
      } else {
        queue.add(frame);
      }
      return null;
    }
  }

  /** Small frames share a piece of memory: each by itself would take more than what it holds. */
  private void gather(ByteBuffer frame) {
    ByteBuffer last = queue.peekLast().bytes();
    int end = last.limit();
    if (queue.peekLast().isPiece() && last.capacity() - end >= frame.remaining()) {
      last.limit(end + frame.remaining()).put(end, frame, frame.position(), frame.remaining());
    } else {
      queue.add(new Frame(ByteBuffer.allocate(PIECE_BYTES).put(frame).flip(), null, true));
    }
  }

  private boolean isGathering() {
    synchronized (lock) {
      return reader == Thread.currentThread() && waitingBytes < WRITE_BYTES;
    }
  }

  /** Writes what waits, unless a write is under way: its end goes on with the rest. */
  private void flush() {
    while (true) {
      ByteBuffer bytes;
      synchronized (lock) {
        if (underWay != null || ended || queue.isEmpty()) {
          if (flusher == Thread.currentThread()) {
            flusher = null;
          }
          break;
        }
        flusher = Thread.currentThread();
        bytes = take();
      }
      wire.write(connection, bytes, this::writeDone, this::writeFailed);
      synchronized (lock) {
        if (underWay != null && unreadSinceNanos == NEVER) {
          unreadSinceNanos = System.nanoTime();
        }
      }
    }
    lingerIfDone();
  }

  /** The next write, of the frames in the queue. With the lock held. */
  private ByteBuffer take() {
    int bytes = (int) Math.min(WRITE_BYTES, waitingBytes);
    List<Frame> whole = new ArrayList<>();
    ByteBuffer first = queue.peek().bytes();
    if (first.remaining() == bytes) {
      whole.add(queue.poll());
      underWay = new Write(bytes, whole);
      return first;
    }
    ByteBuffer all = ByteBuffer.allocate(bytes);
    while (all.hasRemaining()) {
      ByteBuffer frame = queue.peek().bytes();
      if (frame.remaining() <= all.remaining()) {
        all.put(frame);
        whole.add(queue.poll());
      } else {
        int limit = frame.limit();
        all.put(frame.limit(frame.position() + all.remaining()));
        frame.limit(limit);
      }
    }
    underWay = new Write(bytes, whole);
    return all.flip();
  }

  private void writeDone() {
    Write done;
    boolean goOn;
    boolean resumes = false;
    synchronized (lock) {
      if (ended) {
        return;
      }
      done = underWay;
      underWay = null;
      unreadSinceNanos = NEVER;
      waitingBytes -= done.bytes();
      goOn = flusher != Thread.currentThread();
      if (paused && waitingBytes <= LOW_BYTES) {
        paused = false;
        resumes = true;
        // The client could not send on meanwhile: it was not read.
        midFrameSinceNanos = midFrameSinceNanos == NEVER ? NEVER : System.nanoTime();
      }
    }
    for (Frame frame : done.frames()) {
      if (frame.handler() != null) {
        frame.handler().completed(frame.bytes());
      }
    }
    if (goOn) {
      flush();
    }
    if (resumes) {
      resume();
    }
  }

  private void writeFailed(Throwable failure) {
    connection.terminateSilently();
    end(failure);
  }

  /** Tyrus closes right behind its Close frame. */
  @Override
  public void close() {
    synchronized (lock) {
      closing = true;
      if (reader == Thread.currentThread()) {
        gate.shut();
      }
    }
    if (!isGathering()) {
      flush();
    }
  }

  private void lingerIfDone() {
    synchronized (lock) {
      if (!closing || ended || underWay != null || !queue.isEmpty()) {
        return;
      }
      ended = true;
    }
    sweep.remove(this);
    Linger.begin(connection, wire, sweep, bounds);
  }

  @Override
  public void check(long nowNanos) {
    long unreadSince;
    long midFrameSince;
    long lost;
    synchronized (lock) {
      unreadSince = unreadSinceNanos;
      // While it is not read, the client cannot end its frame.
      midFrameSince = paused || closing ? NEVER : midFrameSinceNanos;
      lost = waitingBytes;
    }
    if (isOver(unreadSince, bounds.unread().toNanos(), nowNanos)) {
      LOGGER.log(
          Level.INFO,
          "connection of {0} was reset: it has read nothing for {1} s, {2} bytes of replies were not"
              + " taken",
          connection.getPeerAddress(),
          bounds.unread().toSeconds(),
          lost);
      reset();
    } else if (isOver(midFrameSince, bounds.frame().toNanos(), nowNanos)) {
      midFrameSinceNanos = NEVER;
      tyrus.close(
          new CloseReason(
              CloseCodes.VIOLATED_POLICY,
              "a frame must be whole within " + bounds.frame().toSeconds() + " s"));
    }
  }

  private static boolean isOver(long sinceNanos, long boundNanos, long nowNanos) {
    return sinceNanos != NEVER && nowNanos - sinceNanos > boundNanos;
  }

  /** No time for what waits: the system forgets it as well. */
  private void reset() {
    try {
      ((SocketChannel) ((NIOConnection) connection).getChannel())
          .setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "the connection had ended", e);
    }
    connection.terminateSilently();
  }

  @Override
  public void closed() {
    end(new IOException("the connection is closed"));
    if (tyrus != null) {
      tyrus.close(new CloseReason(CloseCodes.CLOSED_ABNORMALLY, null));
    }
  }

  /** Forgets what waits, and tells those who wait for it. */
  private void end(Throwable failure) {
    List<Frame> lost;
    synchronized (lock) {
      if (ended) {
        return;
      }
      ended = true;
      lost = new ArrayList<>(underWay == null ? List.of() : underWay.frames());
      lost.addAll(queue);
      queue.clear();
      underWay = null;
    }
    sweep.remove(this);
    for (Frame frame : lost) {
      if (frame.handler() != null) {
        frame.handler().failed(failure);
      }
    }
  }
}
