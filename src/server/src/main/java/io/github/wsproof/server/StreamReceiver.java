package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One connection that receives a stream or sits in a room: its place in the log, and what is on its
 * way.
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
 * <p>Tyrus in a servlet container (Payara, GlassFish) tells that a message is written when Grizzly
 * has queued it. That queue is bounded by bytes, and keeps 8 KiB for each message, however short:
 * one client that did not read took a heap of 256 MB in seconds. So there the client is asked as
 * well: after some bytes nothing is sent until it has answered a ping (RFC 6455 section 5.5.2).
 *
 * <p>Thread-safe.
 */
final class StreamReceiver implements Runnable {
  /** Messages after which other receivers have their turn. */
  private static final int BURST = 256;

  private static final int READ_AT_ONCE = 64;
  private static final long NEVER = Long.MIN_VALUE;
  private static final String OURS = "io.github.wsproof.";
  private static final String TOMCAT = "org.apache.tomcat.websocket.";
  private static final String TYRUS = "org.glassfish.tyrus.";

  /** After so many a client is asked; sockets hold more, so the container's queue stays empty. */
  private static final int BYTES_UNASKED = 64 * 1024;

  /** Of a ping that a client answers only if it has read it. */
  private static final SecureRandom PINGS = new SecureRandom();

  private static final int PING_BYTES = 8;

  private record Ending(CloseCode code, String reason) {}

  private static final Ending NOT_SENT =
      new Ending(CloseCodes.UNEXPECTED_CONDITION, "a message could not be sent");

  private final Feed feed;
  private final Connection connection;
  private final Feeders feeders;
  private final Session session;
  private final RemoteEndpoint.Async remote;
  private final int sendSeconds;
  private final int mostUnderWay;

  /** Messages whose completion is awaited, and one more while the worker is at it. */
  private final AtomicInteger underWay = new AtomicInteger();

  private final AtomicReference<Ending> ending = new AtomicReference<>();

  /** Whether the client is asked what it has read. */
  private final boolean asks;

  /** The ping whose answer is awaited, or null. */
  private final AtomicReference<ByteBuffer> asked = new AtomicReference<>();

  /** Of whoever is working: one at a time, each sees what the one before has left. */
  private volatile long place;

  private Feed.Texts texts = Feed.Texts.NONE;
  private int used;
  private int bytesUnasked;

  /** What is for this client alone, and goes before what the feed has; null until there is any. */
  private volatile Queue<String> asides;

  private volatile boolean refused;
  private volatile Throwable failure;
  private volatile long sendingSinceNanos = NEVER;
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * A connection's place in a feed.
   *
   * @param from the first message that it wants
   */
  StreamReceiver(
      Feed feed, long from, Session session, Connection connection, Deployment deployment) {
    this.feed = feed;
    this.connection = connection;
    this.feeders = deployment.feeders();
    this.place = from;
    this.sendSeconds = feeders.sendSeconds();
    this.session = session;
    this.remote = session.getAsyncRemote();
    String container = session.getContainer().getClass().getName();
    this.mostUnderWay = container.startsWith(OURS) ? READ_AT_ONCE : 1;
    if (container.startsWith(TOMCAT)) {
      // Else 20 s. Elsewhere it would cost a timer for each message.
      remote.setSendTimeout(1000L * sendSeconds);
    }
    this.asks = container.startsWith(TYRUS);
  }

  /** Begins elsewhere, and with a word for this client alone; before it is woken first. */
  void begin(long from, String aside) {
    place = from;
    Queue<String> all = new ConcurrentLinkedQueue<>(List.of(aside));
    synchronized (this) {
      if (asides != null) {
        all.addAll(asides);
      }
      asides = all;
    }
  }

  /** The next message that it wants. */
  long place() {
    return place;
  }

  /** Goes on from a place where nobody works. */
  void wake() {
    feeders.execute(this);
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
    String aside = asides == null ? null : asides.poll();
    if (aside != null) {
      beginSending();
      send(aside, aside.length());
      return isSent();
    }
    if (used < texts.count()) {
      return sendSome();
    }
    texts = Feed.Texts.NONE;
    Feed.Found found = feed.read(this, place, READ_AT_ONCE, System.nanoTime());
    if (found instanceof Feed.Found.Some some) {
      texts = some.texts();
      used = 0;
      return true;
    }
    if (found instanceof Feed.Found.Gone gone) {
      place = gone.last() + 1;
      beginSending();
      send(gone.text(), gone.text().getBytes(UTF_8).length);
      return isSent();
    }
    if (found instanceof Feed.Found.Over end) {
      close(new Ending(end.code(), end.reason()));
      return false;
    }
    // It waits from now on; who wanted something of it before did not find it waiting.
    boolean wanted = ending.get() != null || asides != null && !asides.isEmpty();
    return wanted && feed.stopWaiting(this);
  }

  /** Whether all that was sent is complete. */
  private boolean sendSome() {
    beginSending();
    for (int i = 0; i < mostUnderWay && used < texts.count(); i++) {
      place++;
      String text = texts.text(used);
      send(text, texts.bytes(used++));
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
    bytesUnasked += bytes;
    if (asks && bytesUnasked >= BYTES_UNASKED) {
      bytesUnasked = 0;
      ask();
    }
  }

  private void ask() {
    byte[] ping = new byte[PING_BYTES];
    PINGS.nextBytes(ping);
    asked.set(ByteBuffer.wrap(ping));
    underWay.incrementAndGet();
    try {
      remote.sendPing(ByteBuffer.wrap(ping.clone()));
    } catch (IOException e) {
      failure = e;
      answered(asked.get());
    }
  }

  /** The client has answered a ping, whoever has sent it. */
  void answered(ByteBuffer ping) {
    ByteBuffer expected = asked.get();
    if (expected != null
        && expected.equals(ping)
        && asked.compareAndSet(expected, null)
        && isSent()) {
      wake();
    }
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

  /** Says something to this client alone, between two messages; it must be ASCII. */
  void tell(String aside) {
    synchronized (this) {
      if (asides == null) {
        asides = new ConcurrentLinkedQueue<>();
      }
      asides.add(aside);
    }
    if (feed.stopWaiting(this)) {
      wake();
    }
  }

  /**
   * Closes the connection as soon as no message is on its way; the first word counts, and false
   * says that this was not it.
   */
  boolean end(CloseCode code, String reason) {
    boolean first = ending.compareAndSet(null, new Ending(code, reason));
    if (first && feed.stopWaiting(this)) {
      wake();
    }
    return first;
  }

  /** Closes the connection that has not begun to receive. */
  void refuse(CloseCode code, String reason) {
    refused = true;
    close(new Ending(code, reason));
  }

  /** Whether it was never to receive. */
  boolean isRefused() {
    return refused;
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
      feeders.close(() -> connection.closeNow(how.code(), how.reason()));
    }
  }

  /** The connection has ended, or is about to; false if that was known. */
  boolean left() {
    boolean first = over.compareAndSet(false, true);
    feed.leave(this, System.nanoTime());
    return first;
  }
}
