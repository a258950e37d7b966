package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One open connection: who it is, what it has brought and taken, and the way back to its client.
 *
 * <p>The container's threads call it, one at a time; the sweep, figures and draining read its
 * counts, which they may see late, and close it. Counts are exact when the connection has ended.
 */
final class Connection {
  private static final Logger LOGGER = Logger.getLogger(Connection.class.getName());
  private static final int LONGEST_CLOSE_REASON_BYTES = 123;

  /** Why a message that has come in part was given up. */
  static final String GIVEN_UP = "more unfinished messages than the server has memory for";

  /** Why a connection has ended whose container does not tell. */
  static final String GONE = "no answer to a ping";

  private static final String NOT_SENT = "a reply could not be sent";

  final long id;
  final String run;
  final String address;
  final String path;
  final long openedNanos;
  private final Session session;
  private final Figures figures;
  private final Feeders feeders;
  private final Replies replies;
  private final AtomicBoolean failed = new AtomicBoolean();

  /** What sends on this connection of its own accord, or null. */
  private volatile StreamReceiver receiver;

  /** The message that has come in part, or null. */
  private volatile Parts parts;

  /** Null where the container tells when the connection ends. */
  private final Pulse pulse;

  private final Allowance messageAllowance;
  private final Allowance byteAllowance;

  /** Plain, for a volatile write would be a tenth of a message's cost: see above. */
  private long messagesIn;

  private long messagesOut;
  private volatile boolean givenUp;
  private long bytesIn;
  private long bytesOut;

  /** The sweep's own. */
  private boolean cutOff;

  // Guarded by this.
  private long messagesSeen = -1;
  private long quietSinceNanos;

  Connection(
      long id, Session session, Handshaken handshaken, Deployment deployment, Flusher flusher) {
    this.id = id;
    this.session = session;
    this.run = handshaken.run();
    this.address = handshaken.address();
    this.path = session.getRequestURI().getPath();
    this.openedNanos = System.nanoTime();
    this.quietSinceNanos = openedNanos;
    this.figures = deployment.figures();
    this.feeders = deployment.feeders();
    this.replies =
        Replies.of(session, flusher, deployment.limits().sendSeconds(), this::sendFailed);
    Limits limits = deployment.limits();
    this.messageAllowance = allowance(limits.messagesPerSecond());
    this.byteAllowance = allowance(limits.bytesPerSecond());
    this.pulse = Pulse.of(session, feeders);
    if (pulse != null) {
      session.addMessageHandler(PongMessage.class, this::answered);
    }
  }

  private Allowance allowance(long perSecond) {
    return perSecond == 0 ? null : new Allowance(perSecond, openedNanos);
  }

  long messagesIn() {
    return messagesIn;
  }

  long messagesOut() {
    return messagesOut;
  }

  long bytesIn() {
    return bytesIn;
  }

  long bytesOut() {
    return bytesOut;
  }

  /**
   * Counts a message; returns why it is one too many, or null.
   *
   * @param bytes its length as it came
   */
  String received(int bytes) {
    messagesIn++;
    bytesIn += bytes;
    if (messageAllowance != null && !messageAllowance.take(1, System.nanoTime())) {
      return "more messages in a second than are allowed";
    }
    if (byteAllowance != null && !byteAllowance.take(bytes, System.nanoTime())) {
      return "more bytes in a second than are allowed";
    }
    return null;
  }

  /**
   * Sends a reply on the caller's thread, unless the connection is being closed; a failure is
   * counted, logged and ends it.
   */
  void reply(String reply, int bytes) {
    try {
      if (replies.send(reply)) {
        replied(bytes);
      }
    } catch (IOException | IllegalStateException e) {
      sendFailed(e);
    }
  }

  /** The same for a binary reply. */
  void reply(ByteBuffer reply) {
    int bytes = reply.remaining();
    try {
      if (replies.send(reply)) {
        replied(bytes);
      }
    } catch (IOException | IllegalStateException e) {
      sendFailed(e);
    }
  }

  private void replied(int bytes) {
    messagesOut++;
    bytesOut += bytes;
  }

  /** From now on it is the receiver that sends, and that closes between two messages. */
  void receives(StreamReceiver newReceiver) {
    receiver = newReceiver;
  }

  private void answered(PongMessage pong) {
    pulse.beat();
    StreamReceiver pushing = receiver;
    if (pushing != null) {
      pushing.answered(pong.getApplicationData());
    }
  }

  /** What is let go of if its client goes and the container does not tell. */
  void keeps(Parts newParts) {
    parts = newParts;
  }

  Session session() {
    return session;
  }

  /** Called by the sweep: whether its client has gone, and the container does not tell. */
  boolean isGone(long nowNanos) {
    return pulse != null && pulse.isGone(quietNanos(nowNanos), nowNanos);
  }

  /** Keeps nothing more of a client that has gone. */
  void gone() {
    StreamReceiver pushing = receiver;
    if (pushing != null) {
      pushing.left();
    }
    Parts kept = parts;
    if (kept != null) {
      kept.end();
    }
    feeders.close(() -> end(CloseCodes.GOING_AWAY, GONE));
  }

  /** Whether messages are sent on it that answer none. */
  boolean isPushed() {
    return receiver != null;
  }

  /** Counts a message that was sent and answers none. */
  void pushed(int bytes) {
    replied(bytes);
  }

  /** Counts and logs that a message could not be sent. */
  void pushFailed(Throwable e) {
    figures.sendFailed();
    if (failed.compareAndSet(false, true)) {
      logSendFailed(e);
    }
  }

  private void sendFailed(Exception e) {
    figures.sendFailed();
    if (failed.compareAndSet(false, true)) {
      logSendFailed(e);
      close(CloseCodes.UNEXPECTED_CONDITION, NOT_SENT);
    }
  }

  private void logSendFailed(Throwable e) {
    LOGGER.log(
        Level.WARNING,
        () -> "send-failed " + this + " replies=" + messagesOut + " cause=\"" + printable(e) + '"');
  }

  /** Messages that were received and have no reply yet. */
  long unanswered() {
    return isPushed() ? 0 : messagesIn - messagesOut;
  }

  /** Says once what else went wrong. */
  void failed(Throwable error) {
    if (failed.compareAndSet(false, true)) {
      LOGGER.log(
          Level.INFO,
          () ->
              "failed " + this + " messages=" + messagesIn + " cause=\"" + printable(error) + '"');
    }
  }

  /** Closes it behind the replies that were made, or between two messages that are pushed. */
  void close(CloseCode code, String reason) {
    StreamReceiver pushing = receiver;
    if (pushing != null) {
      pushing.end(code, reason);
    } else {
      closeNow(code, reason);
    }
  }

  /** Closes it; nothing else sends meanwhile. */
  void closeNow(CloseCode code, String reason) {
    try {
      replies.flushAndEnd();
      end(code, reason);
    } catch (IOException | IllegalStateException e) {
      LOGGER.log(Level.FINE, e, () -> this + " took no more replies");
    }
  }

  private void end(CloseCode code, String reason) {
    try {
      session.close(new CloseReason(code, cut(reason)));
    } catch (IOException | IllegalStateException e) {
      // Who closes first is a matter of luck.
      LOGGER.log(Level.FINE, e, () -> this + " had ended");
    }
  }

  private static String cut(String reason) {
    if (reason.getBytes(UTF_8).length <= LONGEST_CLOSE_REASON_BYTES) {
      return reason;
    }
    String ascii = reason.replaceAll("[^ -~]", "?");
    return ascii.substring(0, Math.min(ascii.length(), LONGEST_CLOSE_REASON_BYTES - 3)) + "...";
  }

  /** Lets the sweep close it, for want of memory; never waits. */
  void giveUp() {
    givenUp = true;
  }

  /** Called by the sweep, a few times a second: closes what has been idle or open for too long. */
  void check(Limits limits, long nowNanos) {
    if (replies.isOverdue(nowNanos)) {
      cutOff(limits.sendSeconds());
    } else if (givenUp) {
      close(CloseCodes.TRY_AGAIN_LATER, GIVEN_UP);
    } else if (quietNanos(nowNanos) > seconds(limits.idleSeconds())) {
      close(CloseCodes.GOING_AWAY, "no message for " + limits.idleSeconds() + " s");
    } else if (nowNanos - openedNanos > seconds(limits.lifetimeSeconds())) {
      close(CloseCodes.GOING_AWAY, "open for " + limits.lifetimeSeconds() + " s");
    }
  }

  /** Ends the send that waits for a client, so that it fails; on a thread that may wait for it. */
  private void cutOff(int sendSeconds) {
    if (cutOff) {
      return;
    }
    cutOff = true;
    if (failed.compareAndSet(false, true)) {
      logSendFailed(new IOException("the client has not read for " + sendSeconds + " s"));
    }
    feeders.close(() -> end(CloseCodes.UNEXPECTED_CONDITION, NOT_SENT));
  }

  private static long seconds(long seconds) {
    return seconds == 0 ? Long.MAX_VALUE : seconds * 1_000_000_000;
  }

  /**
   * How long no message has come, or gone where they are pushed, as far as the calls of this method
   * have seen.
   */
  synchronized long quietNanos(long nowNanos) {
    long messages = messagesIn + (isPushed() ? messagesOut : 0);
    if (messages != messagesSeen) {
      messagesSeen = messages;
      quietSinceNanos = nowNanos;
    }
    return nowNanos - quietSinceNanos;
  }

  void logOpened() {
    LOGGER.info(() -> "connect " + this);
  }

  void logClosed(CloseReason reason) {
    LOGGER.info(
        () ->
            String.format(
                "disconnect %s code=%d reason=\"%s\" messages=%d replies=%d bytesIn=%d bytesOut=%d"
                    + " seconds=%.3f",
                this,
                reason.getCloseCode().getCode(),
                printable(reason.getReasonPhrase()),
                messagesIn,
                messagesOut,
                bytesIn,
                bytesOut,
                (System.nanoTime() - openedNanos) / 1e9));
  }

  /** What a client has said is for one line of a log. */
  private static String printable(Object said) {
    String text = String.valueOf(said == null ? "" : said).replaceAll("[^ !#-~]", "?");
    return text.substring(0, Math.min(text.length(), 200));
  }

  /** Its identity, for logs. */
  @Override
  public String toString() {
    return "connection=" + id + " run=" + run + " address=" + address + " path=" + printable(path);
  }
}
