package io.github.wsproof.transport;

import io.github.wsproof.transport.ConnectionEnd.Cause;
import jakarta.websocket.CloseReason;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.glassfish.tyrus.core.CloseReasons;
import org.glassfish.tyrus.core.MaskingKeyGenerator;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.glassfish.tyrus.spi.Connection;
import org.glassfish.tyrus.spi.Writer;
import org.glassfish.tyrus.spi.WriterInfo;
import org.glassfish.tyrus.spi.WriterInfo.MessageType;
import org.glassfish.tyrus.spi.WriterInfo.RemoteEndpointType;

/**
 * The TCP connection under a {@link Session} of an {@link EventLoopClientContainer}. It knows what
 * Tyrus does not tell: how it ended, what is still to be written; and it can close so that nothing
 * the server has sent is missed.
 *
 * <pre>
 *              closeGracefully: Close frame written,     bound, or end of
 *              Tyrus still gets every frame              stream, or reset
 *   OPEN ──────────────────────────────────► CLOSING ──────────────────────┐
 *    │ the peer's Close, or Session.close():    │ the peer's Close:        │
 *    │ Tyrus writes its Close and lets go       │ Tyrus lets go            ▼
 *    ├──────────────────────────────────────────┴───► DRAINING ─────────► GONE
 *    │                        reads on until the peer's end of stream       ▲
 *    │                        (or a bound), so that no reset is provoked    │
 *    └──────────────────────────────────────────────────────────────────────┘
 *         end of stream without Close, reset: Tyrus is told 1006
 * </pre>
 *
 * <p>A write's handler ({@code SendHandler}, {@code Future}) is completed when its bytes have gone
 * to the socket, in order; this is the only back-pressure there is. The connection never stops
 * reading because its output is stuck: two ends that both did would wait for each other for ever.
 *
 * <p>Thread-safe where a method says so; the rest is owned by the loop's thread.
 */
public final class EventLoopConnection extends LoopChannel {

  /** Of this many full buffers written or read in a row, the other connections have their turn. */
  private static final int ROUNDS_PER_TURN = 8;

  /** A peer that sends on and on in spite of our Close is cut after so many bounds. */
  private static final int CLOSE_BOUNDS_IN_ALL = 10;

  private static final int READS_AFTER_FAILED_WRITE = 4096;

  private static final CompletionHandler<ByteBuffer> NOBODY = new CompletionHandler<>() {};

  private final EventLoop loop;
  private final SocketChannel channel;
  private final ByteStream stream;
  private final SelectionKey key;
  private final ConnectionSettings settings;
  private final MaskingKeyGenerator maskingKeys;
  private final InetSocketAddress remoteAddress;
  private final Runnable whenGone;
  private final CompletableFuture<ConnectionEnd> ended = new CompletableFuture<>();
  private final Writer writer = new TyrusWriter();

  /** Writes from other threads, on their way to {@link #output}. */
  private final Queue<ForeignWrite> foreignWrites = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean foreignWritesTold = new AtomicBoolean();

  // Owned by the loop's thread.
  private final OutputQueue output;
  private final FrameScanner scanner;

  /** Null where no compression was agreed on, as is the next. */
  private final Deflation deflation;

  private final Inflation inflation;
  private final String terms;
  private Connection tyrus;
  private boolean flushQueued;
  private boolean readAgain;
  private boolean readingPaused;
  private boolean delivering;
  private boolean closeSent;
  private boolean closeSentFirst;
  private boolean draining;
  private boolean gone;
  private IOException writeFailure;
  private long lastInputNanos;
  private long lastOutputNanos;
  private EventLoop.Timer closeTimer;
  private int closeBoundsLeft = CLOSE_BOUNDS_IN_ALL;

  /** Written by the loop's thread, read by any. */
  private volatile ConnectionEnd end;

  private record ForeignWrite(
      ByteBuffer frame, int frames, CompletionHandler<ByteBuffer> handler, boolean isClose) {}

  EventLoopConnection(
      EventLoop loop,
      SocketChannel channel,
      ByteStream stream,
      SelectionKey key,
      ConnectionSettings settings,
      DeflateTerms deflate,
      InetSocketAddress remoteAddress,
      Runnable whenGone) {
    this.loop = loop;
    this.channel = channel;
    this.stream = stream;
    this.key = key;
    this.settings = settings;
    this.maskingKeys = settings.maskingKeys();
    this.remoteAddress = remoteAddress;
    this.whenGone = whenGone;
    this.output = new OutputQueue(loop::uncaught);
    this.scanner = new FrameScanner(settings.textAsBytes());
    this.deflation = deflate == null ? null : new Deflation(deflate, maskingKeys);
    this.inflation = deflate == null ? null : new Inflation(deflate, settings.incomingBytes());
    this.terms = deflate == null ? null : deflate.toString();
    this.lastInputNanos = loop.nowNanos();
    this.lastOutputNanos = lastInputNanos;
  }

  /**
   * Returns the connection under {@code session}. To be called for the first time while the session
   * is open, best in {@code onOpen}: Tyrus gives no way to it later. May be called from any thread.
   *
   * @throws IllegalStateException if the session is closed already
   * @throws IllegalArgumentException if the session is not one of an {@link
   *     EventLoopClientContainer}
   */
  public static EventLoopConnection of(Session session) {
    return SessionLookup.connectionOf(session);
  }

  /**
   * Whether the message that a binary handler is being given came as a text; with {@link
   * EventLoopClientContainer#TEXT_AS_BYTES}. To be called once for each message, in its handler.
   */
  public boolean pollText() {
    return scanner.pollText();
  }

  /**
   * Whether the peer's Close frame has come. Where it has not and Tyrus calls {@code onClose} with
   * another code than 1006, this side ended the connection: the application, or Tyrus because the
   * peer broke the protocol. On the loop's thread.
   */
  public boolean peerClosed() {
    return scanner.closeSeen();
  }

  /**
   * What compression has saved so far; null where the server has not agreed to any ({@link
   * EventLoopClientContainer#DEFLATE}). On the loop's thread; elsewhere it may lag.
   */
  public Compression compression() {
    return terms == null
        ? null
        : new Compression(
            terms,
            deflation.plainBytes(),
            deflation.wireBytes(),
            inflation.plainBytes(),
            inflation.wireBytes());
  }

  /** The loop that owns this connection. */
  public EventLoop eventLoop() {
    return loop;
  }

  /** The address that is connected to: the proxy's if there is one. */
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /**
   * How the connection has ended; null while that is not known. In {@code onClose} it is known,
   * unless the application itself has called {@code Session.close()}, which Tyrus answers with
   * {@code onClose} at once. May be called from any thread.
   */
  public ConnectionEnd end() {
    return end;
  }

  /**
   * Is completed, on the loop's thread, when the socket has been closed. May be called from any
   * thread.
   */
  public CompletableFuture<ConnectionEnd> ended() {
    return ended.copy();
  }

  /**
   * How many bytes have been sent by the application and have not gone to the socket. On the loop's
   * thread; elsewhere it may lag.
   */
  public long pendingBytes() {
    return output.pendingBytes();
  }

  /**
   * Whether {@link #pendingBytes()} is below {@link EventLoopClientContainer#HIGH_WATER_MARK}. A
   * sender that heeds it bounds its memory; nothing is refused above the mark.
   */
  public boolean isWritable() {
    return pendingBytes() < settings.highWaterMarkBytes();
  }

  /**
   * Sends a Close frame behind everything that was sent before, and leaves the session open: every
   * message that the server has sent before its own Close still reaches the MessageHandler, then
   * {@code onClose} is called. Nothing can be sent any more; sends fail. If nothing arrives from
   * the server for {@link EventLoopClientContainer#CLOSE_BOUND}, or it has not closed after ten
   * times that, the connection is cut and {@link #end()} tells {@link Cause#TIMED_OUT}.
   *
   * <p>May be called from any thread. Does nothing if a Close was sent before.
   *
   * @param code 1000 to 1003, 1007 to 1011 or 3000 to 4999
   * @param reason at most 123 bytes of UTF-8; "" for none
   */
  public void closeGracefully(int code, String reason) {
    accept(CloseFrame.encode(code, reason, maskingKeys.nextInt()), 1, NOBODY, true, false);
  }

  /**
   * Sends a message in several frames, past Tyrus, whose API splits texts between characters only.
   * Not to be called while a message of the standard API is being sent in parts. May be called from
   * any thread.
   *
   * @param message its bytes; a text's in UTF-8
   * @param frames how many frames, 1 or more; no more than it has bytes, deflated if it is
   * @param handler is called on the loop's thread, when all are in the socket or cannot be sent
   */
  public void sendFragmented(byte[] message, boolean binary, int frames, SendHandler handler) {
    // What is deflated is split behind that.
    accept(
        Fragments.encode(message, binary, deflation == null ? frames : 1, maskingKeys),
        frames,
        new CompletionHandler<>() {
          @Override
          public void completed(ByteBuffer frame) {
            handler.onResult(new SendResult());
          }

          @Override
          public void failed(Throwable failure) {
            handler.onResult(new SendResult(failure));
          }
        },
        false,
        false);
  }

  /**
   * Reads nothing more until {@link #resumeReading}, so that the peer feels a slow reader; what has
   * been read is still delivered. How the connection ends is noticed late then. On the loop's
   * thread.
   */
  public void pauseReading() {
    readingPaused = true;
    if (!gone) {
      watch(!output.isEmpty());
    }
  }

  /** Reads on. On the loop's thread. */
  public void resumeReading() {
    if (readingPaused) {
      readingPaused = false;
      readAgain = true;
      flushSoon();
    }
  }

  // Writing.

  Writer writer() {
    return writer;
  }

  /** What Tyrus writes to. Thread-safe. */
  private final class TyrusWriter extends Writer {

    @Override
    public void write(ByteBuffer frame, CompletionHandler<ByteBuffer> handler) {
      accept(frame, 1, handler, false, false);
    }

    @Override
    public void write(ByteBuffer frame, CompletionHandler<ByteBuffer> handler, WriterInfo info) {
      MessageType type = info.getMessageType();
      if (type == MessageType.PONG && SessionLookup.found(EventLoopConnection.this)) {
        return;
      }
      boolean blocking = info.getRemoteEndpointType() == RemoteEndpointType.BASIC;
      accept(frame, 1, handler, type == MessageType.CLOSE, blocking);
    }

    @Override
    public void close() {
      drainSoon();
    }
  }

  /** Tyrus lets go. May be called from any thread. */
  void drainSoon() {
    if (loop.inLoop()) {
      drain();
    } else {
      executeOr(this::drain, () -> {});
    }
  }

  /**
   * @param frames in how many a message is to be split, if it is deflated
   */
  private void accept(
      ByteBuffer frame,
      int frames,
      CompletionHandler<ByteBuffer> handler,
      boolean isClose,
      boolean blocking) {
    if (loop.inLoop()) {
      takeForeignWrites();
      enqueue(frame, frames, handler, isClose);
      if (blocking) {
        flushBlocking();
      }
      return;
    }
    foreignWrites.add(new ForeignWrite(frame, frames, handler, isClose));
    if (foreignWritesTold.compareAndSet(false, true)) {
      executeOr(this::takeToldWrites, this::takeToldWrites);
    }
  }

  private void takeToldWrites() {
    foreignWritesTold.set(false);
    takeForeignWrites();
  }

  /**
   * Before the loop's thread writes anything itself: a frame of another thread may be the first
   * half of a fragmented message, or the Close.
   */
  private void takeForeignWrites() {
    for (ForeignWrite write = foreignWrites.poll(); write != null; write = foreignWrites.poll()) {
      enqueue(write.frame, write.frames, write.handler, write.isClose);
    }
  }

  private void enqueue(
      ByteBuffer frame, int frames, CompletionHandler<ByteBuffer> handler, boolean isClose) {
    if (gone || closeSent || writeFailure != null) {
      refuse(frame, handler, isClose);
      return;
    }
    if (isClose) {
      closeSent = true;
      closeSentFirst = end == null;
      startCloseTimer();
    }
    // Here, for the order in which messages are deflated is that in which they are sent.
    output.add(deflation == null ? frame : deflation.deflated(frame, frames), handler);
    flushSoon();
  }

  /** Later, not now: a sender that tries again in its SendHandler would recurse. */
  private void refuse(ByteBuffer frame, CompletionHandler<ByteBuffer> handler, boolean isClose) {
    if (isClose && closeSent) {
      // Tyrus's answer to the peer's answer: RFC 6455 §5.5.1 wants one Close from each side.
      executeOr(() -> handler.completed(frame), () -> handler.completed(frame));
      return;
    }
    IOException cause = notSent();
    executeOr(() -> handler.failed(cause), () -> handler.failed(cause));
  }

  private IOException notSent() {
    if (writeFailure != null) {
      return new IOException("not sent: " + writeFailure.getMessage(), writeFailure);
    }
    return new IOException(
        end == null || !gone
            ? "not sent: this side has sent its Close frame"
            : "not sent: the connection has ended: " + end);
  }

  private void executeOr(Runnable task, Runnable ifLoopHasEnded) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      ifLoopHasEnded.run();
    }
  }

  private void flushSoon() {
    if (!flushQueued) {
      flushQueued = true;
      loop.flushSoon(this);
    }
  }

  @Override
  void flush() {
    flushQueued = false;
    if (gone) {
      return;
    }
    if (readAgain) {
      readAgain = false;
      read();
    }
    if (writeFailure != null) {
      readAfterFailedWrite();
    } else {
      writeOut();
    }
  }

  private void writeOut() {
    boolean room = true;
    for (int round = 0; room && !output.isEmpty() && round < ROUNDS_PER_TURN; round++) {
      room = writeOnce();
    }
    if (gone) {
      return;
    }
    watch(!output.isEmpty());
    if (room && !output.isEmpty()) {
      flushSoon();
    }
  }

  /** Returns whether there is room for more. */
  private boolean writeOnce() {
    ByteBuffer packed = loop.writeBuffer.clear();
    output.packInto(packed);
    packed.flip();
    try {
      int count = stream.write(packed);
      boolean room = !packed.hasRemaining() && stream.flushed();
      lastOutputNanos = loop.nowNanos();
      output.taken(count, stream.flushed());
      return room && !gone;
    } catch (IOException e) {
      writeFailed(e);
      return false;
    }
  }

  /**
   * A blocking send of the application on the loop's own thread: nobody else could write it. It
   * holds up the loop for as long as the peer does not read.
   */
  private void flushBlocking() {
    writeOut();
    if (gone || output.isEmpty()) {
      return;
    }
    try (Selector selector = Selector.open()) {
      channel.register(selector, SelectionKey.OP_WRITE);
      long bound = System.nanoTime() + settings.blockingSendNanos();
      while (!gone && !output.isEmpty() && writeFailure == null) {
        if (System.nanoTime() - bound >= 0) {
          finish(without(Cause.TIMED_OUT, "a blocking send found no room"));
          return;
        }
        selector.select(key -> {}, 100);
        writeOut();
      }
    } catch (IOException e) {
      writeFailed(e);
    }
  }

  /**
   * What the peer has sent before it went is still to be read, and then the read tells how it went.
   */
  private void writeFailed(IOException failure) {
    if (writeFailure == null && !gone) {
      writeFailure = failure;
      output.failAll(notSent());
      flushSoon();
    }
  }

  private void readAfterFailedWrite() {
    if (delivering) {
      flushSoon();
      return;
    }
    for (int i = 0; i < READS_AFTER_FAILED_WRITE && !gone && readOnce() > 0; i++) {
      // One more.
    }
    if (!gone) {
      finish(endOf(writeFailure));
    }
  }

  // Reading.

  /** Tyrus has made the session; {@code leftover} came behind the handshake's response. */
  void opened(Connection tyrus, ByteBuffer leftover) {
    this.tyrus = tyrus;
    if (settings.idleNanos() > 0) {
      loop.watchIdle(settings.idleNanos());
    }
    if (leftover.hasRemaining() && !gone) {
      received(leftover);
    }
    if (stream.readsAhead()) {
      readAgain = true;
      flushSoon();
    }
  }

  @Override
  void ready(int readyOps) {
    if (gone) {
      return;
    }
    if ((readyOps & SelectionKey.OP_READ) != 0) {
      read();
    }
    if (!gone && ((readyOps & SelectionKey.OP_WRITE) != 0 || stream.readsAhead())) {
      flushSoon();
    }
  }

  private void read() {
    int rounds = stream.readsAhead() ? ROUNDS_PER_TURN : 1;
    int count = 1;
    for (int round = 0; round < rounds && count > 0 && !gone && !readingPaused; round++) {
      count = readOnce();
    }
    if (gone) {
      return;
    }
    if (stream.readsAhead() && count > 0 && !readingPaused) {
      readAgain = true;
      flushSoon();
    }
    watch(!output.isEmpty());
  }

  private int readOnce() {
    ByteBuffer bytes = loop.readBuffer.clear();
    int count;
    try {
      count = stream.read(bytes);
    } catch (IOException e) {
      finish(endOf(e));
      return -1;
    }
    if (count > 0) {
      lastInputNanos = loop.nowNanos();
      received(bytes.flip());
    } else if (count < 0) {
      endOfStream();
    }
    return count;
  }

  private void received(ByteBuffer bytes) {
    int stop = scanner.scan(bytes);
    if (scanner.closeSeen() && end == null) {
      end =
          new ConnectionEnd(
              Cause.CLOSE_FRAME, closeSentFirst, scanner.closeCode(), scanner.closeReason());
    }
    bytes.limit(stop);
    if (inflation != null) {
      inflate(bytes);
    } else if (!draining) {
      deliver(bytes);
    }
    if (scanner.closeSeen()) {
      // Tyrus has drained by now, unless a close of another thread was in its way.
      startCloseTimer();
    }
  }

  private void inflate(ByteBuffer bytes) {
    if (draining) {
      return;
    }
    CloseReason violation =
        inflation.accept(
            bytes,
            loop.inflateBuffer(),
            frames -> {
              if (!draining) {
                deliver(frames);
              }
            });
    if (violation != null && !draining) {
      tyrus.close(violation);
    }
  }

  private void deliver(ByteBuffer bytes) {
    delivering = true;
    try {
      tyrus.getReadHandler().handle(bytes);
    } catch (Throwable thrown) {
      // Not a handler's (Tyrus passes these to onError): Tyrus itself has lost the thread.
      loop.uncaught(thrown);
      finish(without(Cause.FAILED, String.valueOf(thrown)));
    } finally {
      delivering = false;
    }
  }

  private void endOfStream() {
    if (writeFailure != null) {
      // Linux tells of a reset once: to the write.
      finish(endOf(writeFailure));
      return;
    }
    if (!output.isEmpty()) {
      // A peer that has ended its half may still read: our Close, for one.
      writeOut();
    }
    finish(without(Cause.END_OF_STREAM, "the server ended the stream without a Close frame"));
  }

  private void watch(boolean outputPending) {
    int interest = stream.interestOps(outputPending);
    if (readingPaused) {
      interest &= ~SelectionKey.OP_READ;
    }
    if (key.isValid() && key.interestOps() != interest) {
      key.interestOps(interest);
    }
  }

  // Ending.

  /** Tyrus is done with this connection: write what is queued, then wait for the peer's end. */
  private void drain() {
    takeForeignWrites();
    if (draining || gone) {
      return;
    }
    draining = true;
    startCloseTimer();
    flushSoon();
  }

  private void startCloseTimer() {
    if (closeTimer == null) {
      closeTimer = loop.schedule(settings.closeNanos(), this::closeBoundReached);
    }
  }

  private void closeBoundReached() {
    long silentNanos = loop.nowNanos() - lastInputNanos;
    closeBoundsLeft--;
    if (closeBoundsLeft > 0 && silentNanos < settings.closeNanos()) {
      closeTimer = loop.schedule(settings.closeNanos() - silentNanos, this::closeBoundReached);
      return;
    }
    finish(without(Cause.TIMED_OUT, "the server has not answered this side's Close frame"));
  }

  @Override
  void checkIdle(long nowNanos) {
    long idleNanos = settings.idleNanos();
    long last = lastInputNanos - lastOutputNanos > 0 ? lastInputNanos : lastOutputNanos;
    if (idleNanos > 0 && nowNanos - last > idleNanos) {
      closeGracefully(CloseReason.CloseCodes.GOING_AWAY.getCode(), "idle");
    }
  }

  @Override
  void closeForLoop() {
    closeGracefully(CloseReason.CloseCodes.GOING_AWAY.getCode(), "");
  }

  @Override
  void cut() {
    finish(without(Cause.CUT, "the event loop was closed"));
  }

  private ConnectionEnd without(Cause cause, String observed) {
    return ConnectionEnd.without(cause, closeSent, observed);
  }

  private ConnectionEnd endOf(IOException failure) {
    return without(SocketFailures.causeOf(failure), String.valueOf(failure.getMessage()));
  }

  /** Closes the socket, and tells everybody who does not know yet. */
  void finish(ConnectionEnd observed) {
    if (gone) {
      return;
    }
    gone = true;
    if (end == null) {
      end = observed;
    }
    if (closeTimer != null) {
      closeTimer.cancel();
    }
    key.cancel();
    stream.close();
    output.failAll(notSent());
    takeForeignWrites();
    if (inflation != null) {
      inflation.close();
      deflation.close();
    }
    tellTyrus();
    whenGone.run();
    ended.complete(end);
  }

  private void tellTyrus() {
    if (!draining && tyrus != null) {
      draining = true;
      try {
        tyrus.close(CloseReasons.CLOSED_ABNORMALLY.getCloseReason());
      } catch (RuntimeException e) {
        loop.uncaught(e);
      }
    }
  }
}
