package io.github.wsproof.client;

import io.github.wsproof.ledger.Account;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.StreamLedger;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.StreamMessages;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One run that receives: opens the connections, accounts for what comes, judges.
 *
 * <p>One loop owns everything; {@link #execute} and {@link #stop} may be called from any thread.
 */
public final class ReceiveRun extends LinkRun {
  final ReceivePlan plan;

  private final List<StreamLedger> ledgers = new ArrayList<>();
  private final Set<String> streams = new LinkedHashSet<>();
  private final LedgerEvents events = new LedgerEvents();

  private long nowNanos;
  private long firstReceivedNanos;
  private long lastReceivedNanos;
  private long payloadBytes;
  private int longestBytes;
  private boolean openedAny;
  private boolean restUnknown;

  /** A run of a plan; {@link #execute} starts it, once. */
  public ReceiveRun(ReceivePlan plan, RunListener listener) {
    super(plan.url(), plan.connection(), plan.disruption(), plan.every(), listener);
    this.plan = plan;
  }

  @Override
  void begin() {
    for (int i = 0; i < plan.connections(); i++) {
      open(new ReceiveChannel(this, i));
    }
  }

  @Override
  Counts countsSoFar() {
    return StreamLedger.account(ledgers, 0).counts();
  }

  /** An account of what a connection receives of one run of a stream. */
  StreamLedger open(StreamLedger ledger) {
    ledgers.add(ledger);
    return ledger;
  }

  /** Of which nothing has come. */
  void forget(StreamLedger ledger) {
    ledgers.remove(ledger);
  }

  Ledger.Listener events() {
    return events;
  }

  void opened(StreamMessages stream) {
    if (!openedAny && plan.duration() != null) {
      loop.schedule(this::end, plan.duration().toNanos(), TimeUnit.NANOSECONDS);
    }
    openedAny = true;
    if (stream != null) {
      streams.add(stream.toString());
    }
  }

  /** In place of the stream there is another one of its name. */
  void restarted(ReceiveChannel channel, StreamMessages before, StreamMessages now, long last) {
    restUnknown = true;
    reasons.note(
        String.format(
            "connection %d: the server began the stream %s anew (run %s in place of %s); what the run"
                + " before had sent%s is unknown",
            channel.number(),
            now.name(),
            now.run(),
            before.run(),
            last < 0 ? "" : " after message " + last));
  }

  /** A connection has ended, and is not opened again, before all its messages have come. */
  void endedEarly(ReceiveChannel channel, String how, long left) {
    String rest =
        plan.messages() == ReceivePlan.UNLIMITED_MESSAGES
            ? ""
            : String.format(", with %,d messages still to come", left);
    endedEarly(channel, how + rest);
  }

  void received(int connection, byte[] content, boolean binary, long atNanos) {
    nowNanos = atNanos;
    if (firstReceivedNanos == 0) {
      firstReceivedNanos = atNanos;
    }
    lastReceivedNanos = atNanos;
    payloadBytes += content.length;
    longestBytes = Math.max(longestBytes, content.length);
    listener.received(connection, content, binary, sinceStart(atNanos));
  }

  private final class LedgerEvents implements Ledger.Listener {
    @Override
    public void answered(int connection, long sequence) {
      timeline.answered(sinceStart(nowNanos), 0);
      listener.answered(connection, sequence);
    }

    @Override
    public void anomaly(Anomaly anomaly) {
      timeline.anomaly(sinceStart(nowNanos));
      listener.anomaly(anomaly);
    }
  }

  @Override
  Report makeReport() {
    boolean untilTime = plan.duration() != null;
    boolean open = untilTime || plan.messages() == ReceivePlan.UNLIMITED_MESSAGES;
    long planned = open ? 0 : plan.messagesInAll();
    Account account = StreamLedger.account(ledgers, planned);
    Counts counts = account.counts();
    if (!openedAny) {
      reasons.note("nothing was verified: no connection could be opened");
    }
    if (!account.receipts() && counts.sent() > 0) {
      reasons.note(
          "the server seals no messages: a change is seen only where it breaks their form or numbers,"
              + " and a message of another stream looks like one of this");
    }
    if (counts.gone() > 0) {
      reasons.note(
          String.format(
              "%,d messages are gone: the server had let go of them before they were received (its"
                  + " settings wsproof.stream-messages and wsproof.stream-age); --from %d is behind"
                  + " them",
              counts.gone(),
              1 + ledgers.stream().mapToLong(StreamLedger::lastGone).max().orElse(-1)));
    }
    noteReconnects();
    boolean whole = !restUnknown && !(open && (isEndedEarly() || isInterrupted() && untilTime));
    Verdict verdict = account.verdict();
    double seconds = Math.max(0, lastReceivedNanos - firstReceivedNanos) / 1e9;
    return new Report(
        Versions.WSPROOF,
        whole || verdict == Verdict.FAIL ? verdict : Verdict.INCONCLUSIVE,
        reasons.all(),
        runInfo(account.receipts(), counts.planned(), seconds),
        counts,
        account.receipts() ? account.legs() : null,
        account.anomalies(),
        new Report.Rate(perSecond(counts.delivered(), seconds), perSecond(payloadBytes, seconds)),
        new Report.Latencies(null, null),
        new Latency().encoded(),
        epochs,
        clientInfo(seconds),
        timeline.timeline(),
        null,
        pathInfo(counts.sent() > 0));
  }

  private Report.RunInfo runInfo(boolean receipts, long planned, double seconds) {
    Map<String, Object> described = plan.described();
    if (!streams.isEmpty()) {
      described.put("streams", List.copyOf(streams));
    }
    return new Report.RunInfo(
        id,
        0,
        plan.url().toString(),
        startedAt.toString(),
        seconds,
        planned,
        plan.connections(),
        0,
        0,
        longestBytes,
        false,
        receipts,
        plan.expect() == null ? StreamMessages.FORM : plan.expect(),
        isInterrupted(),
        described);
  }
}
