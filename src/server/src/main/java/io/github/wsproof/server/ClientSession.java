package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.Receipt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One client without a socket: its messages come in requests of their own, and their replies,
 * numbered from 0, wait in a bounded buffer until it has taken them.
 *
 * <p>A reply is taken when a later one is asked for. When the buffer is full, the oldest go; who
 * asks for one of them is told so. One reader at a time: the last to come.
 *
 * <p>Thread-safe.
 */
final class ClientSession {
  /** Handed out at once, beside one reply at least. */
  private static final long MOST_AT_ONCE_BYTES = 256 * 1024;

  private static final String JSON = "application/json; charset=utf-8";

  final String id;
  final long openedNanos = System.nanoTime();
  private final String name;
  private final String user;
  private final String address;
  private final EchoSettings echo;
  private final boolean receipts;
  private final Sessions sessions;
  private final Allowance messageAllowance;
  private final Allowance byteAllowance;

  /** Guarded by this, as all that follows. */
  private final ArrayDeque<String> kept = new ArrayDeque<>();

  private long first;

  /** The reply behind the last that was handed out. */
  private long given;

  private long keptBytes;
  private long messages;
  private SessionReader reader;
  private long seenNanos = openedNanos;
  private boolean ended;

  ClientSession(
      String id,
      String name,
      HttpExchange opener,
      EchoSettings echo,
      boolean receipts,
      Sessions all) {
    this.id = id;
    this.name = name;
    this.user = opener.user();
    this.address = opener.address();
    this.echo = echo;
    this.receipts = receipts;
    this.sessions = all;
    Limits limits = all.limits();
    this.messageAllowance = allowance(limits.messagesPerSecond());
    this.byteAllowance = allowance(limits.bytesPerSecond());
  }

  private Allowance allowance(long perSecond) {
    return perSecond == 0 ? null : new Allowance(perSecond, openedNanos);
  }

  String address() {
    return address;
  }

  boolean isOf(HttpExchange exchange) {
    return Objects.equals(user, exchange.user());
  }

  /**
   * Replies from one on.
   *
   * @param refusal why there are none to tell of, or null
   */
  record Found(long from, List<String> replies, Operations.Answer refusal) {
    long next() {
      return from + replies.size();
    }

    Operations.Answer answer() {
      if (refusal != null) {
        return refusal;
      }
      String json =
          String.format(
              "{\"from\":%d,\"next\":%d,\"replies\":%s}\n", from, next(), Json.list(replies));
      return new Operations.Answer(200, JSON, json.getBytes(UTF_8), Map.of());
    }
  }

  /** Takes a message and keeps its reply; returns why it is not taken, or null. */
  Operations.Answer message(String message, int bytes) {
    SessionReader waiting;
    synchronized (this) {
      if (ended) {
        return sessions.gone();
      }
      seenNanos = System.nanoTime();
      if (messageAllowance != null && !messageAllowance.take(1, seenNanos)) {
        return HttpTransports.later(429, "more messages in a second than are allowed");
      }
      if (byteAllowance != null && !byteAllowance.take(bytes, seenNanos)) {
        return HttpTransports.later(429, "more bytes in a second than are allowed");
      }
      String reply = reply(message, messages + 1);
      int replyBytes = bytes + reply.length() - message.length();
      if (!sessions.reserve(replyBytes)) {
        return HttpTransports.later(503, "the replies that wait take all memory that they may");
      }
      messages++;
      keep(reply, replyBytes);
      sessions.answered(bytes, replyBytes);
      waiting = reader;
    }
    if (waiting != null) {
      waiting.wake();
    }
    return null;
  }

  private String reply(String message, long count) {
    long random = ThreadLocalRandom.current().nextLong(echo.min(), echo.max() + 1);
    String reply = echo.form().reply(message, random);
    return receipts ? new String(Receipt.append(reply.getBytes(UTF_8), count), UTF_8) : reply;
  }

  private void keep(String reply, int bytes) {
    kept.add(reply);
    keptBytes += bytes;
    while (kept.size() > sessions.settings().replies()
        || keptBytes > sessions.settings().bytes() && kept.size() > 1) {
      drop();
    }
  }

  private void drop() {
    int bytes = EchoEndpoint.utf8Length(kept.poll());
    first++;
    keptBytes -= bytes;
    sessions.release(bytes);
  }

  /** The oldest reply that is kept, or the next one. */
  synchronized long first() {
    return first;
  }

  /** What is there of the replies from this one on. */
  synchronized Found read(long from) {
    if (ended) {
      return refused(from, sessions.gone());
    }
    long next = first + kept.size();
    if (from < first) {
      String sentence =
          "replies %d to %d are gone: they were taken, or more than %d replies or %d bytes waited;"
              + " go on with from=%d";
      return refused(
          from,
          Operations.text(
              410,
              String.format(
                  sentence,
                  from,
                  first - 1,
                  sessions.settings().replies(),
                  sessions.settings().bytes(),
                  first)));
    }
    if (from > next) {
      return refused(
          from,
          Operations.text(400, "from must be at most " + next + ", the next reply: from=" + from));
    }
    List<String> some = new ArrayList<>();
    long bytes = 0;
    Iterator<String> replies = kept.iterator();
    for (long at = first; replies.hasNext() && bytes < MOST_AT_ONCE_BYTES; at++) {
      String reply = replies.next();
      if (at >= from) {
        some.add(reply);
        bytes += reply.length();
      }
    }
    given = Math.max(given, from + some.size());
    return new Found(from, some, null);
  }

  private static Found refused(long from, Operations.Answer why) {
    return new Found(from, List.of(), why);
  }

  /** The same, and lets go of all before: who asks for these has those. */
  synchronized Found poll(long from) {
    while (first < from && !kept.isEmpty()) {
      drop();
    }
    return read(from);
  }

  /** From now on this one is woken; who was before is told to go. */
  void join(SessionReader newReader) {
    SessionReader before;
    synchronized (this) {
      before = reader;
      reader = newReader;
      seenNanos = System.nanoTime();
    }
    if (before != null) {
      before.end(Operations.text(409, "another request reads this session now"));
    }
    newReader.wake();
  }

  synchronized void leave(SessionReader leaving) {
    if (reader == leaving) {
      reader = null;
      seenNanos = System.nanoTime();
    }
  }

  /** The client is there. */
  synchronized void seen(long nowNanos) {
    seenNanos = nowNanos;
  }

  /** Whether the client was given every reply. */
  synchronized boolean isTaken() {
    return given >= first + kept.size();
  }

  /** Called by the sweep: why it is over, or null. */
  String check(long nowNanos) {
    SessionReader waiting;
    synchronized (this) {
      waiting = reader;
      long idle = TimeUnit.SECONDS.toNanos(sessions.settings().idleSeconds());
      if (waiting == null && nowNanos - seenNanos > idle) {
        return "no request for " + sessions.settings().idleSeconds() + " s";
      }
    }
    long lifetimeSeconds = sessions.limits().lifetimeSeconds();
    if (lifetimeSeconds > 0 && nowNanos - openedNanos > TimeUnit.SECONDS.toNanos(lifetimeSeconds)) {
      return "open for " + lifetimeSeconds + " s";
    }
    if (waiting != null) {
      waiting.check(nowNanos);
    }
    return null;
  }

  /** Lets go of everything; false if that was done before. */
  boolean end(Operations.Answer why) {
    SessionReader waiting;
    synchronized (this) {
      if (ended) {
        return false;
      }
      ended = true;
      sessions.release(keptBytes);
      kept.clear();
      keptBytes = 0;
      waiting = reader;
    }
    if (waiting != null) {
      waiting.end(why);
    }
    return true;
  }

  synchronized long messages() {
    return messages;
  }

  /** Its identity, for logs: not its id, which opens it. */
  @Override
  public String toString() {
    return name;
  }
}
