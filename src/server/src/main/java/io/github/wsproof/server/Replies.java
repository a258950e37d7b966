package io.github.wsproof.server;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Sends the replies of one connection, in order, each on the thread that made it.
 *
 * <p>On Tomcat a write for each reply is what costs the most. So while messages come one right
 * behind the other, their replies are gathered in Tomcat's output buffer ({@link
 * RemoteEndpoint#setBatchingAllowed}); they are written when the buffer is full, and by {@link
 * Flusher} when the burst pauses. The reply to a message that comes singly is written at once. On
 * other containers, which ignore batching or are not known to lose nothing with it, each reply is.
 *
 * <p>Thread-safe.
 */
final class Replies {
  /**
   * The longest time from the end of one message's handling to the next in a burst. A message that
   * waits in the container's input buffer is handed over within a microsecond; one that its client
   * sends when it has the reply takes a read from the socket at least.
   */
  private static final long BURST_GAP_NANOS = 3_000;

  /** So many messages right behind each other are a burst. */
  private static final int BURST_BEGINS = 4;

  /** Gathering fewer replies than this was not worth the wait for the pause. */
  private static final int WORTH_GATHERING = 16;

  /** The most messages for which nothing is gathered again after it was not worth it. */
  private static final int LONGEST_HOLD_OFF = 4096;

  private static final long NEVER = Long.MIN_VALUE;
  private static final String OURS = "io.github.wsproof.";
  private static final String TOMCAT = "org.apache.tomcat.websocket.";
  private static final String LIBERTY = "io.openliberty.wsoc.";
  private static final String TOMCAT_SEND_TIMEOUT =
      "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";

  private final RemoteEndpoint.Basic remote;

  /** Null where sends block: they have a bound of their own, or are watched. */
  private final RemoteEndpoint.Async bounded;

  /** Whether a blocking send is timed for {@link #isOverdue}. */
  private final boolean watched;

  private volatile long sendingSinceNanos = NEVER;

  private final int sendSeconds;
  private final Consumer<Exception> onFailure;

  /** Null where each reply is written. */
  private final Flusher flusher;

  private long handledNanos;
  private int rightBehind;
  private boolean gathering;
  private boolean closing;
  private int gathered;
  private int holdOff;
  private int nextHoldOff = WORTH_GATHERING;

  Replies(
      Session session,
      Flusher flusher,
      boolean watched,
      int sendSeconds,
      Consumer<Exception> onFailure) {
    this.remote = session.getBasicRemote();
    this.watched = watched;
    this.bounded = watched || sendSeconds == 0 ? null : session.getAsyncRemote();
    this.sendSeconds = sendSeconds;
    this.flusher = flusher;
    this.onFailure = onFailure;
  }

  /**
   * The replies of a connection that was just opened.
   *
   * @param flusher ends the gathering of replies
   * @param sendSeconds how long a send may take
   * @param onFailure is told, on another thread, why gathered replies could not be written
   */
  static Replies of(
      Session session, Flusher flusher, int sendSeconds, Consumer<Exception> onFailure) {
    String container = session.getContainer().getClass().getName();
    if (container.startsWith(TOMCAT)) {
      session.getUserProperties().put(TOMCAT_SEND_TIMEOUT, 1000L * sendSeconds);
      return new Replies(session, flusher, false, 0, onFailure);
    }
    if (container.startsWith(LIBERTY)) {
      // With asynchronous sends that are waited for, replies were lost when 200 connections came at
      // once, and once a client got invalid UTF-8: it seems that one of the container's threads has
      // to complete them, and all were waiting. A blocking send is woken by another thread.
      return new Replies(session, null, sendSeconds > 0, sendSeconds, onFailure);
    }
    // Our own container bounds a send itself.
    int seconds = container.startsWith(OURS) ? 0 : sendSeconds;
    return new Replies(session, null, false, seconds, onFailure);
  }

  /** Sends a text; returns when it is written or gathered, false if it never will be. */
  synchronized boolean send(String reply) throws IOException {
    if (closing) {
      return false;
    }
    gatherInBurst();
    if (bounded != null) {
      await(bounded.sendText(reply));
    } else {
      begun();
      remote.sendText(reply);
    }
    handled();
    return true;
  }

  /** Sends a binary message; returns when it is written or gathered, false if it never will be. */
  synchronized boolean send(ByteBuffer reply) throws IOException {
    if (closing) {
      return false;
    }
    gatherInBurst();
    if (bounded != null) {
      await(bounded.sendBinary(reply));
    } else {
      begun();
      remote.sendBinary(reply);
    }
    handled();
    return true;
  }

  private void await(Future<Void> send) throws IOException {
    try {
      send.get(sendSeconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IOException("the client has not read for " + sendSeconds + " s", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while sending", e);
    }
  }

  private void gatherInBurst() throws IOException {
    if (flusher == null) {
      return;
    }
    boolean behind = System.nanoTime() - handledNanos < BURST_GAP_NANOS;
    rightBehind = behind ? rightBehind + 1 : 0;
    if (gathering) {
      gathered++;
    } else if (holdOff > 0) {
      holdOff--;
    } else if (rightBehind >= BURST_BEGINS) {
      gathering = true;
      gathered = 1;
      remote.setBatchingAllowed(true);
      flusher.watch(this);
    }
  }

  private void begun() {
    if (watched) {
      sendingSinceNanos = System.nanoTime();
    }
  }

  private void handled() {
    if (watched) {
      sendingSinceNanos = NEVER;
    }
    if (flusher != null) {
      handledNanos = System.nanoTime();
    }
  }

  /**
   * Whether a send, on another thread, has taken too long where only closing the connection ends
   * it. Never waits.
   */
  boolean isOverdue(long nowNanos) {
    long since = sendingSinceNanos;
    return since != NEVER && nowNanos - since > TimeUnit.SECONDS.toNanos(sendSeconds);
  }

  /**
   * Writes what was gathered, and sends nothing more. To be called before this side closes the
   * connection, from any thread: Tomcat would gather the close frame with a reply and wait for the
   * client's; elsewhere a reply behind the close frame fails, and would be told as a failure.
   */
  synchronized void flushAndEnd() throws IOException {
    closing = true;
    flush();
  }

  private void flush() throws IOException {
    if (gathering) {
      gathering = false;
      remote.setBatchingAllowed(false);
    }
  }

  /** Whether no message has come for {@link Flusher#PAUSE_NANOS}. Never waits, and is not exact. */
  boolean isPaused(long nowNanos) {
    return nowNanos - handledNanos >= Flusher.PAUSE_NANOS;
  }

  /** What {@link Flusher} does when a burst has paused. */
  synchronized void burstPaused() throws IOException {
    if (!gathering) {
      return;
    }
    if (gathered >= WORTH_GATHERING) {
      nextHoldOff = WORTH_GATHERING;
    } else {
      holdOff = nextHoldOff;
      nextHoldOff = Math.min(LONGEST_HOLD_OFF, 2 * nextHoldOff);
    }
    flush();
  }

  void failed(Exception e) {
    onFailure.accept(e);
  }
}
