package io.github.wsproof.client;

import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.RoomLedger;
import io.github.wsproof.ledger.RoomMember;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** One room of a run: its members, and what is on its way. Owned by the run's loop. */
final class FanoutRoom implements RoomLedger.Listener {
  final RoomLedger ledger;
  final List<Publisher> publishers = new ArrayList<>();
  final List<Subscriber> subscribers = new ArrayList<>();

  private final FanoutRun run;
  private final int number;
  private final int firstPublisher;
  private final Flights[] flights;

  /** By connection: whether what comes to it is timed. */
  private final java.util.BitSet timed = new java.util.BitSet();

  FanoutRoom(FanoutRun run, int number) {
    this.run = run;
    this.number = number;
    this.firstPublisher = number * run.plan.publishers();
    int count = run.plan.publishers();
    this.ledger =
        new RoomLedger(
            run.messages, run.names, firstPublisher, count, run.plan.rooms() * count, this);
    this.flights = new Flights[count];
    java.util.Arrays.setAll(flights, i -> new Flights(run.plan.subscribers() - run.plan.slow()));
  }

  /** Its address on one of the servers, taken in turn. */
  URI url(int server) {
    return run.plan.room(server, number, run.id.substring(0, 8));
  }

  void add(Subscriber subscriber) {
    subscribers.add(subscriber);
    timed.set(subscriber.number(), !subscriber.slow);
  }

  Flights flights(int publisher) {
    return flights[publisher - firstPublisher];
  }

  @Override
  public void delivered(RoomMember member, int publisher, long sequence) {
    int connection = member.connection();
    if (connection == publishers.get(publisher - firstPublisher).number()) {
      publishers.get(publisher - firstPublisher).accepted(sequence);
      return;
    }
    long nowNanos = run.nowNanos();
    if (timed.get(connection)) {
      Flights own = flights(publisher);
      long sentNanos = own.publishedNanos(sequence);
      boolean last = own.isLast(sequence);
      if (sentNanos >= 0) {
        run.timed(nowNanos - sentNanos, last);
      }
    }
    if (run.isSubscriber(connection)) {
      run.delivered(connection, sequence, nowNanos);
    }
  }

  @Override
  public void anomaly(Anomaly anomaly) {
    run.anomaly(anomaly);
  }

  /** A subscriber gets no more: what it lacks is waited for no longer. */
  void gone(Subscriber subscriber) {
    if (!timed.get(subscriber.number())) {
      return;
    }
    timed.clear(subscriber.number());
    for (int i = 0; i < flights.length; i++) {
      flights[i].oneLess();
      for (long sequence : flights[i].onTheirWay()) {
        if (subscriber.member.lacks(firstPublisher + i, sequence)) {
          flights[i].isLast(sequence);
        }
      }
    }
  }

  /** Whether nothing more is published in it. */
  boolean isPublished() {
    for (Publisher publisher : publishers) {
      if (!publisher.isDone()) {
        return false;
      }
    }
    return true;
  }
}
