package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.RoomReader.Found;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A member that publishes: no more than the window ahead of what has come back to it. What comes
 * back was accepted; what is refused it says again, later and as another message, with {@code
 * --reconnect}. What has not come back when its connection ends is in doubt, until any member gets
 * it.
 *
 * <p>Owned by the run's loop.
 */
final class Publisher extends RoomLink {
  private static final long AFTER_REFUSAL_MILLIS = 200;

  /**
   * On its way.
   *
   * @param number how many the connection had sent with it
   */
  private record Sent(long number, long sequence) {}

  final int publisher;
  private final long share;
  private final Deque<Sent> inFlight = new ArrayDeque<>();

  /** Later ones have come back before: they are lost, or refused later. */
  private final List<Sent> overtaken = new ArrayList<>();

  private long sentInLife;
  private boolean pausing;
  private boolean givenUp;
  private long refusedSinceNanos = -1;

  Publisher(FanoutRun run, FanoutRoom room, int number, int publisher, String memberName) {
    super(run, room, number, false, memberName);
    this.publisher = publisher;
    this.share = run.plan.share(publisher);
  }

  @Override
  String name() {
    return "publisher " + publisher;
  }

  /** Sends as much as may be on its way. */
  void publish() {
    while (isOpen()
        && run.isPublishing()
        && !run.isOver()
        && !pausing
        && inFlight.size() < run.plan.window()
        && room.ledger.taken(publisher) < share) {
      send();
    }
  }

  private void send() {
    long sequence = room.ledger.sent(publisher);
    byte[] content = run.messages.content(new Identity(publisher, sequence));
    long nowNanos = System.nanoTime();
    inFlight.add(new Sent(++sentInLife, sequence));
    room.flights(publisher).published(nowNanos);
    run.sent(publisher, sequence, content, nowNanos);
    // What fails here ends the connection, and is in doubt then.
    session().getAsyncRemote().sendText(new String(content, US_ASCII), result -> {});
  }

  /** One of its messages has come to a member. */
  void accepted(long sequence) {
    overtaken.removeIf(sent -> sent.sequence() == sequence);
    // Whoever is overtaken holds up nobody.
    while (!inFlight.isEmpty() && inFlight.peek().sequence() <= sequence) {
      Sent sent = inFlight.poll();
      if (sent.sequence() < sequence) {
        overtaken.add(sent);
      }
    }
    refusedSinceNanos = -1;
  }

  @Override
  void after(Found found) {
    if (found == Found.WELCOME) {
      sentInLife = 0;
    } else if (found == Found.REFUSED) {
      refused(room.ledger.reader().memberNumber(), room.ledger.reader().reason());
    }
    publish();
  }

  private void refused(long number, String reason) {
    run.reasons.note("the server refused a message of " + name() + ": " + reason);
    if (!isTaken(inFlight, number)) {
      isTaken(overtaken, number);
    }
    long nowNanos = System.nanoTime();
    refusedSinceNanos = refusedSinceNanos < 0 ? nowNanos : refusedSinceNanos;
    if (!run.disruption.reconnect()
        || nowNanos - refusedSinceNanos > run.disruption.limit().toNanos()) {
      // It publishes no more; its share stays unsent.
      pausing = true;
      givenUp = true;
    } else if (!pausing) {
      pausing = true;
      run.loop.schedule(this::goOn, AFTER_REFUSAL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private boolean isTaken(Collection<Sent> all, long number) {
    return all.removeIf(
        sent -> {
          if (sent.number() == number) {
            room.ledger.refused(publisher, sent.sequence());
            room.flights(publisher).refused(sent.sequence());
          }
          return sent.number() == number;
        });
  }

  private void goOn() {
    pausing = givenUp;
    publish();
  }

  @Override
  long inFlight() {
    return inFlight.size();
  }

  /** Whether all its messages have come back, were refused, or never will. */
  boolean isDone() {
    boolean sentAll = givenUp || room.ledger.taken(publisher) >= share;
    return isEnded() || sentAll && inFlight.isEmpty() && overtaken.isEmpty();
  }

  @Override
  boolean isWanting() {
    return !isDone() && !pausing;
  }

  @Override
  void cut() {
    super.cut();
    doubtAll();
  }

  @Override
  void gone(String how) {
    if (how != null) {
      doubtAll();
    } else if (run.isOver()) {
      doubt(inFlight);
    }
    super.gone(how);
  }

  /** It was cut off: whatever it has not heard of may be refused, and it was not told. */
  private void doubtAll() {
    doubt(inFlight);
    doubt(overtaken);
  }

  private void doubt(Collection<Sent> all) {
    all.forEach(sent -> room.ledger.doubtful(publisher, sent.sequence()));
    all.clear();
  }
}
