package io.github.wsproof.client;

import io.github.wsproof.ledger.Account;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.RoomLedger;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Messages;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One run over rooms: fills them, publishes, accounts for what each subscriber gets, judges.
 *
 * <pre>
 *   joining (until all are in, and have heard of each other) → publishing → all have got all → over
 * </pre>
 *
 * <p>One loop owns everything; {@link #execute} and {@link #stop} may be called from any thread.
 */
public final class FanoutRun extends LinkRun {
  /** How long members may take to hear of each other. */
  private static final long MOST_LEVEL_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long TRIM_NANOS = TimeUnit.SECONDS.toNanos(1);

  final FanoutPlan plan;
  final Messages messages;

  /** What its members' names begin with. */
  final String names = "fanout-" + id.substring(0, 8) + "-";

  private final List<FanoutRoom> rooms = new ArrayList<>();
  private final Latency toLast = new Latency();
  private final Latency toEach = new Latency();

  private int subscribers;
  private boolean publishing;
  private long settledInAwakeNanos = -1;
  private long trimmedAwakeNanos;
  private long nowNanos;
  private long firstSentNanos;
  private long lastReceivedNanos;
  private long payloadBytes;
  private long delivered;
  private long slowed;

  /** A run of a plan; {@link #execute} starts it, once. */
  public FanoutRun(FanoutPlan plan, RunListener listener) {
    super(plan.url(), plan.connection(), plan.disruption(), plan.every(), listener);
    this.plan = plan;
    this.messages = plan.contents();
  }

  @Override
  void begin() {
    subscribers = plan.rooms() * plan.subscribers();
    for (int i = 0; i < plan.rooms(); i++) {
      rooms.add(new FanoutRoom(this, i));
    }
    // Subscribers first: they are numbered from 0.
    for (int i = 0; i < subscribers; i++) {
      FanoutRoom room = rooms.get(i / plan.subscribers());
      boolean slow = i % plan.subscribers() < plan.slow();
      Subscriber subscriber = new Subscriber(this, room, i, slow, names + "s" + i);
      room.add(subscriber);
      open(subscriber);
    }
    for (int i = 0; i < plan.rooms() * plan.publishers(); i++) {
      FanoutRoom room = rooms.get(i / plan.publishers());
      Publisher publisher = new Publisher(this, room, subscribers + i, i, names + "p" + i);
      room.publishers.add(publisher);
      open(publisher);
    }
  }

  @Override
  void swept() {
    if (isOver()) {
      return;
    }
    if (!publishing) {
      beginToPublish();
    } else if (isAllGot()) {
      end();
    } else if (awakeNanos() - trimmedAwakeNanos > TRIM_NANOS) {
      trimmedAwakeNanos = awakeNanos();
      rooms.forEach(room -> room.ledger.trim());
    }
  }

  private void beginToPublish() {
    if (!links().stream().allMatch(link -> ((RoomLink) link).isSettledIn())) {
      return;
    }
    if (settledInAwakeNanos < 0) {
      settledInAwakeNanos = awakeNanos();
    }
    if (rooms.stream().allMatch(room -> room.ledger.isLevel())
        || awakeNanos() - settledInAwakeNanos > MOST_LEVEL_NANOS) {
      publishing = true;
      links().forEach(Link::active);
      rooms.forEach(room -> room.publishers.forEach(Publisher::publish));
    }
  }

  private boolean isAllGot() {
    for (FanoutRoom room : rooms) {
      if (!room.isPublished()) {
        return false;
      }
      for (Subscriber subscriber : room.subscribers) {
        if (!subscriber.isDone(awakeNanos())) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether all are in, and messages are published. */
  boolean isPublishing() {
    return publishing;
  }

  boolean isSubscriber(int connection) {
    return connection < subscribers;
  }

  /** When what is being accounted for has come. */
  long nowNanos() {
    return nowNanos;
  }

  void sent(int publisher, long sequence, byte[] content, long atNanos) {
    firstSentNanos = firstSentNanos == 0 ? atNanos : firstSentNanos;
    listener.sent(publisher, sequence, content, sinceStart(atNanos));
  }

  void received(int connection, byte[] content, boolean binary, long atNanos) {
    nowNanos = atNanos;
    listener.received(connection, content, binary, sinceStart(atNanos));
    payloadBytes += publishing && isSubscriber(connection) ? content.length : 0;
  }

  void delivered(int connection, long sequence, long atNanos) {
    delivered++;
    lastReceivedNanos = atNanos;
    listener.answered(connection, sequence);
  }

  /** A message has come to a subscriber that is not slow. */
  void timed(long latencyNanos, boolean toTheLast) {
    toEach.record(latencyNanos);
    timeline.answered(sinceStart(nowNanos), latencyNanos);
    if (toTheLast) {
      toLast.record(latencyNanos);
    }
  }

  void anomaly(Anomaly anomaly) {
    timeline.anomaly(sinceStart(nowNanos));
    listener.anomaly(anomaly);
  }

  /** A slow subscriber was closed for it. */
  void slowed() {
    slowed++;
  }

  @Override
  Counts countsSoFar() {
    return new Counts(delivered, delivered, delivered, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Override
  Report makeReport() {
    RoomLedger.Published published =
        rooms.stream()
            .map(room -> room.ledger.published())
            .reduce(new RoomLedger.Published(0, 0, 0, 0), RoomLedger.Published::plus);
    RoomLedger.Result result =
        RoomLedger.settle(rooms.stream().map(room -> room.ledger).toList(), plan.deliveries());
    Account account = result.account();
    Counts counts = account.counts();
    if (links().stream().noneMatch(link -> ((RoomLink) link).member.joined())) {
      reasons.note("nothing was verified: nobody got into a room");
    }
    if (published.inDoubt() > 0) {
      reasons.note(
          String.format(
              "%,d published messages are in doubt: their publisher was cut off before they came"
                  + " back to it, and no member got them",
              published.inDoubt()));
    }
    if (result.lostEvents() > 0) {
      reasons.note(
          String.format(
              "%,d times a member that stayed did not hear who came or went", result.lostEvents()));
    }
    noteReconnects();
    Verdict verdict = result.lostEvents() > 0 ? Verdict.FAIL : account.verdict();
    double seconds = Math.max(0, lastReceivedNanos - firstSentNanos) / 1e9;
    return new Report(
        Versions.WSPROOF,
        verdict,
        reasons.all(),
        new Report.RunInfo(
            id,
            plan.seed(),
            plan.url().toString(),
            startedAt.toString(),
            seconds,
            counts.planned(),
            plan.connections(),
            plan.window(),
            0,
            plan.size(),
            false,
            true,
            null,
            isInterrupted(),
            plan.described()),
        counts,
        account.legs(),
        account.anomalies(),
        new Report.Rate(perSecond(counts.delivered(), seconds), perSecond(payloadBytes, seconds)),
        new Report.Latencies(toLast.percentiles(), null),
        toLast.encoded(),
        epochs,
        clientInfo(seconds),
        timeline.timeline(),
        null,
        path(published, result.lostEvents()));
  }

  private Report.PathInfo path(RoomLedger.Published published, long lostEvents) {
    Report.PathInfo seen = pathInfo(delivered > 0);
    return new Report.PathInfo(
        null,
        0,
        null,
        seen.reconnects(),
        seen.longestRecoverySeconds(),
        seen.longestSilence(),
        null,
        seen.server(),
        new Report.FanoutInfo(
            plan.rooms(),
            plan.publishers(),
            plan.subscribers(),
            plan.slow(),
            published.sent(),
            published.refused(),
            published.accepted(),
            published.inDoubt(),
            slowed,
            lostEvents,
            toEach.percentiles()));
  }
}
