package io.github.wsproof.client;

import io.github.wsproof.ledger.Account;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.StreamLedger;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.StreamMessages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;

/**
 * One run that receives: opens the connections, accounts for what comes, judges.
 *
 * <p>One loop owns everything; {@link #execute} and {@link #stop} may be called from any thread.
 */
public final class ReceiveRun {
  private static final long SWEEP_MILLIS = 10;
  private static final long MOST_AWAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * SWEEP_MILLIS);
  private static final int CONNECTING_AT_ONCE = 8;
  private static final int LONGEST_MESSAGE_BYTES = 1 << 20;

  final ReceivePlan plan;
  final Reasons reasons = new Reasons();
  final String id = String.format("%016x", ThreadLocalRandom.current().nextLong());
  final SocketLoop loop;
  final ClientManager client;

  private final RunListener listener;
  private final ExecutorService connectors =
      Executors.newFixedThreadPool(CONNECTING_AT_ONCE, ReceiveRun::connectorThread);
  private final CompletableFuture<Report> report = new CompletableFuture<>();
  private final TimelineRecorder timeline = new TimelineRecorder();
  private final Instant startedAt = Instant.now();
  private final List<Report.Epoch> epochs = new ArrayList<>();
  private final List<ReceiveChannel> channels = new ArrayList<>();
  private final List<StreamLedger> ledgers = new ArrayList<>();
  private final Set<String> streams = new LinkedHashSet<>();
  private final LedgerEvents events = new LedgerEvents();

  private ClientHealth health;
  private long startedNanos;
  private long nowNanos;
  private long sweptNanos;
  private long awakeNanos;
  private long firstReceivedNanos;
  private long lastReceivedNanos;
  private long payloadBytes;
  private int longestBytes;
  private long reconnects;
  private long longestRecoveryNanos;
  private boolean openedAny;
  private boolean endedEarly;
  private boolean restUnknown;
  private boolean interrupted;
  private boolean over;
  private boolean finished;

  /** A run of a plan; {@link #execute} starts it, once. */
  public ReceiveRun(ReceivePlan plan, RunListener listener) {
    this.plan = plan;
    this.listener = listener;
    loop = new SocketLoop(report::completeExceptionally);
    client = Clients.onLoop(loop, plan.url(), plan.connection(), LONGEST_MESSAGE_BYTES);
  }

  private static Thread connectorThread(Runnable task) {
    Thread thread = new Thread(task, "wsproof-connect");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs, and returns when every message came or is given up.
   *
   * @throws InterruptedException if this thread is interrupted; the run is then given up
   * @throws IllegalStateException if the client itself failed, with the cause
   */
  public Report execute() throws InterruptedException {
    loop.execute(this::start);
    try {
      return report.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the client failed: " + e.getCause(), e.getCause());
    } finally {
      connectors.shutdownNow();
      loop.close();
      client.shutdown();
    }
  }

  /** Ends the run early; {@link #execute} then returns the account of what there is. */
  public void stop() {
    loop.execute(
        () -> {
          interrupted = true;
          reasons.note("the run was interrupted");
          end();
        });
  }

  private void start() {
    nowNanos = System.nanoTime();
    sweptNanos = nowNanos;
    startedNanos = nowNanos;
    health = new ClientHealth(nowNanos);
    if (plan.connection().tls().insecure()) {
      reasons.note(
          "INSECURE: the server's certificate was not checked (--insecure), so anyone may have"
              + " answered in its place");
    }
    for (int i = 0; i < plan.connections(); i++) {
      ReceiveChannel channel = new ReceiveChannel(this, i);
      channels.add(channel);
      connectors.execute(channel::connect);
    }
    scheduleSweep();
    if (plan.every() != null) {
      scheduleAccount();
    }
  }

  private void scheduleAccount() {
    loop.schedule(this::accountSoFar, plan.every().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void accountSoFar() {
    if (!over && !finished) {
      Counts counts = StreamLedger.account(ledgers, 0).counts();
      listener.soFar(counts, 0, System.nanoTime() - startedNanos);
      scheduleAccount();
    }
  }

  private void scheduleSweep() {
    loop.scheduleRoughly(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    nowNanos = System.nanoTime();
    health.tick(nowNanos, TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS));
    awakeNanos += Math.min(nowNanos - sweptNanos, MOST_AWAKE_NANOS);
    sweptNanos = nowNanos;
    channels.forEach(channel -> channel.sweep(awakeNanos));
    if (channels.stream().allMatch(ReceiveChannel::isEnded)) {
      finish();
    } else {
      scheduleSweep();
    }
  }

  private void finish() {
    finished = true;
    Report made = makeReport();
    listener.finished(made, System.nanoTime() - startedNanos);
    report.complete(made);
  }

  /** The time is over, or the user wants no more: nothing more is received. */
  private void end() {
    over = true;
    channels.forEach(ReceiveChannel::close);
  }

  boolean isOver() {
    return over;
  }

  boolean isFinished() {
    return finished;
  }

  /** A clock that stands still while this client does. */
  long awakeNanos() {
    return awakeNanos;
  }

  /** An account of what a connection receives of one run of a stream. */
  StreamLedger open(StreamLedger ledger) {
    ledgers.add(ledger);
    return ledger;
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

  /** A connection that was cut receives again. */
  void recovered(long recoveryNanos) {
    reconnects++;
    longestRecoveryNanos = Math.max(longestRecoveryNanos, recoveryNanos);
  }

  /** Tries once more to open a connection, after a while. */
  void connectAgain(ReceiveChannel channel, long delayMillis) {
    loop.schedule(
        () -> {
          if (channel.awaitsConnecting()) {
            connectors.execute(channel::connect);
          }
        },
        delayMillis,
        TimeUnit.MILLISECONDS);
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

  void couldNotConnect(ReceiveChannel channel, Exception failure) {
    endedEarly = true;
    reasons.note(
        "could not connect to "
            + plan.url()
            + ": "
            + ConnectFailure.explain(failure, plan.url(), plan.connection()));
  }

  /** A connection has ended, and is not opened again, before all its messages have come. */
  void endedEarly(ReceiveChannel channel, String how, long left) {
    endedEarly = true;
    String rest =
        plan.messages() == ReceivePlan.UNLIMITED_MESSAGES
            ? ""
            : String.format(", with %,d messages still to come", left);
    reasons.note("connection " + channel.number() + " " + how + rest);
  }

  void received(int connection, byte[] content, boolean binary, long atNanos) {
    nowNanos = atNanos;
    if (firstReceivedNanos == 0) {
      firstReceivedNanos = atNanos;
    }
    lastReceivedNanos = atNanos;
    payloadBytes += content.length;
    longestBytes = Math.max(longestBytes, content.length);
    listener.received(connection, content, binary, atNanos - startedNanos);
  }

  void lifeEnded(Report.Epoch epoch) {
    epochs.add(epoch);
    listener.closed(epoch, false, System.nanoTime() - startedNanos);
  }

  private final class LedgerEvents implements Ledger.Listener {
    @Override
    public void answered(int connection, long sequence) {
      timeline.answered(nowNanos - startedNanos, 0);
      listener.answered(connection, sequence);
    }

    @Override
    public void anomaly(Anomaly anomaly) {
      timeline.anomaly(nowNanos - startedNanos);
      listener.anomaly(anomaly);
    }
  }

  private Report makeReport() {
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
    if (reconnects > 0) {
      reasons.note(pathInfo(counts).reopened());
    }
    boolean whole = !restUnknown && !(open && (endedEarly || interrupted && untilTime));
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
        health.info(System.nanoTime(), (long) (seconds * 1e9), loop.busyPercent(), 0, 0, false),
        timeline.timeline(),
        null,
        pathInfo(counts));
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
        interrupted,
        described);
  }

  private Report.PathInfo pathInfo(Counts counts) {
    Report.Silence silence =
        channels.stream()
            .max(Comparator.comparingLong(ReceiveChannel::longestSilenceNanos))
            .filter(channel -> counts.sent() > 0)
            .map(c -> new Report.Silence(c.number(), c.longestSilenceNanos() / 1e9))
            .orElse(null);
    return new Report.PathInfo(
        null, 0, null, reconnects, longestRecoveryNanos / 1e9, silence, null, answeredBy());
  }

  private String answeredBy() {
    return channels.stream()
        .map(ReceiveChannel::answeredBy)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static double perSecond(long count, double seconds) {
    return seconds == 0 ? 0 : Math.round(count / seconds);
  }
}
