package io.github.wsproof.carriers;

import io.github.wsproof.client.Latency;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The ledger of a turn over HTTP, and its times. Thread-safe: senders and readers share it. */
final class Account {
  private record Key(int connection, long sequence) {}

  /** Times of a message: sent, and known to be with the server; 0 = not yet. */
  private static final class Times {
    long sentNanos;
    long acceptedNanos;
    long answeredNanos;
  }

  private final Turn turn;
  private final Messages messages;
  private final Ledger ledger;
  private final boolean pushes;
  private final Semaphore room;
  private final Latency latency = new Latency();
  private final Latency push = new Latency();
  private final Map<Key, Times> times = new HashMap<>();
  private final List<String> reasons = new ArrayList<>();
  private long firstNanos;
  private long lastNanos;
  private long answered;
  private long requests;
  private boolean closed;

  /**
   * An empty account.
   *
   * @param pushes whether replies come of the server's own accord
   */
  Account(Turn turn, boolean pushes) {
    this.turn = turn;
    this.pushes = pushes;
    messages = new Messages(turn.seed(), turn.plan().sizeBytes());
    room = new Semaphore(turn.window());
    ledger =
        new Ledger(
            messages,
            false,
            new Ledger.Listener() {
              @Override
              public void answered(int connection, long sequence) {
                Account.this.answered(connection, sequence);
              }
            });
  }

  synchronized void opened(int connection, ReplyForm form, boolean receipts) {
    ledger.opened(connection, form, receipts ? Receipts.ASKED : Receipts.OFF);
  }

  /** Waits until a message may be sent; false if no reply has come for too long. */
  boolean awaitRoom() throws InterruptedException {
    return room.tryAcquire(turn.plan().drain().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The next message. */
  synchronized byte[] send(int connection, long nowNanos) {
    long sequence = ledger.send(connection);
    Times time = new Times();
    time.sentNanos = nowNanos;
    times.put(new Key(connection, sequence), time);
    if (firstNanos == 0) {
      firstNanos = nowNanos;
      lastNanos = nowNanos;
    }
    return messages.content(new Identity(connection, sequence));
  }

  byte[] end(int connection) {
    return messages.content(Identity.end(connection));
  }

  /** The server said that it has the last message that was sent. */
  synchronized void accepted(int connection, long nowNanos) {
    Key key = new Key(connection, ledger.sent(connection) - 1);
    Times time = times.get(key);
    if (time != null) {
      time.acceptedNanos = nowNanos;
      forgetIfDone(key, time);
    }
  }

  synchronized void reply(int connection, byte[] reply) {
    closed |= ledger.reply(connection, reply, false);
    notifyAll();
  }

  private void answered(int connection, long sequence) {
    Key key = new Key(connection, sequence);
    Times time = times.get(key);
    lastNanos = System.nanoTime();
    answered++;
    time.answeredNanos = lastNanos;
    latency.record(lastNanos - time.sentNanos);
    forgetIfDone(key, time);
    room.release();
  }

  /** The server had it half of its request's round trip after it was sent, as NTP has it. */
  private void forgetIfDone(Key key, Times time) {
    if (time.answeredNanos == 0 || pushes && time.acceptedNanos == 0) {
      return;
    }
    if (pushes) {
      long hadNanos = time.sentNanos + (time.acceptedNanos - time.sentNanos) / 2;
      push.record(time.answeredNanos - hadNanos);
    }
    times.remove(key);
  }

  /** Nothing more comes on this connection: what is unanswered is in doubt. */
  synchronized void failed(int connection, String reason) {
    if (!ledger.isEnded(connection)) {
      ledger.ended(connection);
      reasons.add(reason);
    }
    notifyAll();
  }

  synchronized boolean isFailed(int connection) {
    return ledger.isEnded(connection);
  }

  synchronized void requested() {
    requests++;
  }

  synchronized boolean hasReceipts(int connection) {
    return ledger.receipts(connection);
  }

  /** Waits until all is answered that was sent, or nothing has come for too long. */
  synchronized void awaitReplies(int connection) throws InterruptedException {
    long silentSince = System.nanoTime();
    long seen = answered;
    while (ledger.unanswered(connection) > 0 && !ledger.isEnded(connection)) {
      if (answered != seen) {
        seen = answered;
        silentSince = System.nanoTime();
      }
      if (!waits(silentSince)) {
        return;
      }
    }
  }

  /** The same for the answer to the message that closes the account. */
  synchronized void awaitClosed(int connection) throws InterruptedException {
    long since = System.nanoTime();
    while (!closed && !ledger.isEnded(connection) && waits(since)) {
      // Whatever came was something else.
      continue;
    }
  }

  private boolean waits(long sinceNanos) throws InterruptedException {
    long left =
        turn.plan().drain().toMillis()
            - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
    if (left <= 0) {
      return false;
    }
    wait(left);
    return true;
  }

  synchronized Outcome outcome() {
    io.github.wsproof.ledger.Account account = ledger.account(turn.messages());
    return new Outcome(
        account.counts(),
        account.anomalies(),
        latency,
        pushes ? push : null,
        lastNanos - firstNanos,
        requests,
        List.copyOf(reasons),
        null);
  }
}
