package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One connection that receives a stream: its place in the log, and what is on its way.
 *
 * <pre>
 *   working → waiting (nothing to send yet)          → woken by the stream    → working
 *           → sending (the container has a message)  → woken by its completion → working
 *           → over (closed, failed, or not read)
 * </pre>
 *
 * <p>The next message is given to the container when it has told that the one before is written:
 * anything else loses messages on Tomcat and Open Liberty. So one thread at a time sends, none
 * waits for the client, and nothing is kept for it but its place. Where a container tells at once,
 * the thread goes on in a loop: sending from the callback would fill the stack.
 *
 * <p>A client that is so slow that the log lets go of its next message is told which messages are
 * gone. One that takes no message for {@code wsproof.stream-send-timeout} is closed.
 *
 * <p>Thread-safe.
 */
final class StreamReceiver implements Runnable {
  /** Messages after which other receivers have their turn. */
  private static final int BURST = 256;

  private static final int READ_AT_ONCE = 64;
  private static final int GONE_EXTRA_BYTES = 2;
  private static final long NEVER = Long.MIN_VALUE;
  private static final String OURS = "io.github.wsproof.";
  private static final String TOMCAT = "org.apache.tomcat.websocket.";

  private record Ending(CloseCode code, String reason) {}

  private static final Ending NOT_SENT =
      new Ending(CloseCodes.UNEXPECTED_CONDITION, "a message could not be sent");

  private final PushStream stream;
  private final Connection connection;
  private final Streams streams;
  private final Session session;
  private final RemoteEndpoint.Async remote;
  private final boolean sealed;
  private final int sendSeconds;
  private final int mostUnderWay;

  /** Messages whose completion is awaited, and one more while the worker is at it. */
  private final AtomicInteger underWay = new AtomicInteger();

  private final AtomicReference<Ending> ending = new AtomicReference<>();

  /** Of whoever is working: one at a time, each sees what the one before has left. */
  private long place;

  private long[] randoms = {};
  private int used;

  private volatile Throwable failure;
  private volatile long sendingSinceNanos = NEVER;
  private final AtomicBoolean over = new AtomicBoolean();

  StreamReceiver(
      PushStream stream,
      StreamRequest request,
      Session session,
      Connection connection,
      Deployment deployment) {
    this.stream = stream;
    this.connection = connection;
    this.streams = deployment.streams();
    this.sealed = request.sealed();
    this.place = request.from();
    this.sendSeconds = streams.sendSeconds();
    this.session = session;
    this.remote = session.getAsyncRemote();
    String container = session.getContainer().getClass().getName();
    this.mostUnderWay = container.startsWith(OURS) ? READ_AT_ONCE : 1;
    if (container.startsWith(TOMCAT)) {
      // Else 20 s. Elsewhere it would cost a timer for each message.
      remote.setSendTimeout(1000L * sendSeconds);
    }
  }

  /** Goes on from a place where nobody works. */
  void wake() {
    streams.execute(this);
  }

  @Override
  public void run() {
    try {
      for (int i = 0; i < BURST; i += mostUnderWay) {
        if (!step()) {
          return;
        }
      }
      wake();
    } catch (RuntimeException e) {
      fail(e, NOT_SENT);
    }
  }

  /** Whether there is more to be done at once. */
  private boolean step() {
    if (over.get()) {
      return false;
    }
    if (failure != null) {
      fail(failure, failure instanceof SocketTimeoutException ? notRead() : NOT_SENT);
      return false;
    }
    if (ending.get() != null) {
      close(ending.get());
      return false;
    }
    if (used < randoms.length) {
      return sendSome();
    }
    PushStream.Found found = stream.read(this, place, READ_AT_ONCE, System.nanoTime());
    if (found instanceof PushStream.Found.Some some) {
      randoms = some.randoms();
      used = 0;
      return true;
    }
    if (found instanceof PushStream.Found.Gone gone) {
      long first = place;
      place = gone.last() + 1;
      String text =
          sealed
              ? stream.messages.sealedGone(first, gone.last())
              : StreamMessages.gone(first, gone.last());
      beginSending();
      send(text, text.length() + GONE_EXTRA_BYTES);
      return isSent();
    }
    if (found instanceof PushStream.Found.End) {
      close(new Ending(CloseCodes.NORMAL_CLOSURE, "all " + place + " messages were sent"));
      return false;
    }
    // It waits from now on; who asked it before to end did not find it waiting.
    return ending.get() != null && stream.stopWaiting(this);
  }

  /** Whether all that was sent is complete. */
  private boolean sendSome() {
    beginSending();
    for (int i = 0; i < mostUnderWay && used < randoms.length; i++) {
      long random = randoms[used++];
      long sequence = place++;
      String text =
          sealed ? stream.messages.sealed(random, sequence) : StreamMessages.text(random, sequence);
      send(text, text.length());
    }
    return isSent();
  }

  private void beginSending() {
    underWay.set(1);
    sendingSinceNanos = System.nanoTime();
  }

  private void send(String text, int bytes) {
    underWay.incrementAndGet();
    remote.sendText(text, result -> sent(result, bytes));
  }

  private void sent(SendResult result, int bytes) {
    if (result.isOK()) {
      connection.pushed(bytes);
    } else {
      failure = result.getException();
    }
    if (isSent()) {
      wake();
    }
  }

  /** One less; true for the last, who goes on. */
  private boolean isSent() {
    if (underWay.decrementAndGet() > 0) {
      return false;
    }
    sendingSinceNanos = NEVER;
    return true;
  }

  /** Closes the connection as soon as no message is on its way; the first word counts. */
  void end(CloseCode code, String reason) {
    if (ending.compareAndSet(null, new Ending(code, reason)) && stream.stopWaiting(this)) {
      wake();
    }
  }

  /** Called a few times a second: ends a receiver that does not read. */
  void check(long nowNanos) {
    long since = sendingSinceNanos;
    if (since != NEVER && nowNanos - since > TimeUnit.SECONDS.toNanos(sendSeconds)) {
      fail(new IOException(notRead().reason()), notRead());
    }
  }

  private Ending notRead() {
    return new Ending(CloseCodes.TRY_AGAIN_LATER, "no message was read for " + sendSeconds + " s");
  }

  private void fail(Throwable cause, Ending how) {
    // A client that has gone is the ordinary end of a stream: the container tells of it.
    if (session.isOpen() && !over.get()) {
      connection.pushFailed(cause);
    }
    close(how);
  }

  private void close(Ending how) {
    if (left()) {
      streams.close(() -> connection.closeNow(how.code(), how.reason()));
    }
  }

  /** The connection has ended, or is about to; false if that was known. */
  boolean left() {
    boolean first = over.compareAndSet(false, true);
    stream.leave(this, System.nanoTime());
    return first;
  }
}
