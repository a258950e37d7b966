package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.ledger.Account;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
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
 * One run: opens the connections, sends, waits, judges.
 *
 * <p>One loop owns everything; {@link #execute} and {@link #stop} may be called from any thread.
 */
public final class Run {
  private static final long SWEEP_MILLIS = 10;
  private static final long MOST_AWAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * SWEEP_MILLIS);
  private static final int PACE_BURST = 256;

  /** A message that is sent this long after it was due has missed the schedule. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int MOST_CHANNELS_PER_SWEEP = 1000;
  private static final int CONNECTING_AT_ONCE = 8;
  private static final int MOST_FAILURES_IN_A_ROW = 10;
  private static final long MOST_SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long MOST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** How long nothing must come after the last connection has settled: a late copy may be near. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A server with a ticker is never quiet. */
  private static final long MOST_LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long a run that is stopped early waits for what is in flight. */
  private static final long STOP_NANOS = TimeUnit.SECONDS.toNanos(1);

  final RunPlan plan;
  final Messages messages;
  final Ledger ledger;
  final Reasons reasons = new Reasons();
  final String id = String.format("%016x", ThreadLocalRandom.current().nextLong());
  final Loop loop;
  final ClientManager client;

  private final RunListener listener;
  private final ExecutorService connectors =
      Executors.newFixedThreadPool(CONNECTING_AT_ONCE, Run::connectorThread);
  private final CompletableFuture<Report> report = new CompletableFuture<>();
  private final Latency latency = new Latency();
  private final Latency sinceDue = new Latency();
  final Pings pings = new Pings();
  final DeflateTally deflation = new DeflateTally();
  private final TimelineRecorder timeline = new TimelineRecorder();
  private final Instant startedAt = Instant.now();
  private final List<Report.Epoch> epochs = new ArrayList<>();
  private final Set<Channel> live = new LinkedHashSet<>();
  private final List<Channel> channels = new ArrayList<>();

  private ClientHealth health;
  private ReplyForm announced;
  private String subprotocol;
  private int nextConnection;
  private int failuresInARow;
  private long startedNanos;
  private long firstSentNanos;
  private long lastSentNanos;
  private long sent;
  private long lastReceivedNanos;

  /** Since when all connections are settled; negative = they are not. */
  private long lingeringSinceAwakeNanos = -1;

  private long nowNanos;
  private volatile long awakeNanos;
  private long sweeps;
  private long sweptNanos;
  private long payloadBytes;
  private long answered;
  private long ignored;
  private long stopDeadlineNanos;
  private boolean openedAny;
  private boolean repliedAny;
  private boolean formChecked;
  private boolean pongsMissing;
  private Pace pace;
  private long paced;
  private long stuckSends;
  private long latestNanos;
  private long attempts;
  private long failedToOpen;
  private long reconnects;
  private long longestRecoveryNanos;
  private boolean heldUp;
  private boolean sendingOver;
  private boolean stopping;
  private boolean interrupted;
  private boolean wrongForm;
  private boolean closing;
  private boolean finished;
  private long closeDeadlineAwakeNanos;

  /** A run of a plan; {@link #execute} starts it, once. */
  public Run(RunPlan plan, RunListener listener) {
    this.plan = plan;
    this.listener = listener;
    messages = plan.content();
    ledger = new Ledger(messages, plan.format(), new LedgerEvents());
    if (plan.transport() == Transport.LOOP) {
      SocketLoop sockets = new SocketLoop(report::completeExceptionally);
      loop = sockets;
      client = Clients.onLoop(sockets, plan);
    } else {
      loop = new ExecutorLoop(report::completeExceptionally);
      client = Clients.onGrizzly(plan);
    }
  }

  private static Thread connectorThread(Runnable task) {
    Thread thread = new Thread(task, "wsproof-connect");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Runs, and returns when every reply came or is given up.
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
          stopSending();
        });
  }

  private void start() {
    nowNanos = System.nanoTime();
    sweptNanos = nowNanos;
    startedNanos = nowNanos;
    listener.started(id, plan, startedAt.toString());
    health = new ClientHealth(nowNanos);
    if (plan.connection().tls().insecure()) {
      reasons.note(
          "INSECURE: the server's certificate was not checked (--insecure), so anyone may have"
              + " answered in its place");
    }
    int atOnce = Math.min(plan.connections(), plan.connectionsInAll());
    for (int i = 0; i < atOnce; i++) {
      long delayNanos = (long) ((double) plan.ramp().toNanos() / atOnce * i);
      if (delayNanos == 0) {
        openNext();
      } else {
        loop.schedule(this::openNext, delayNanos, TimeUnit.NANOSECONDS);
      }
    }
    scheduleSweep();
    if (plan.workload().ping() != null) {
      schedulePings();
    }
    if (plan.workload().every() != null) {
      scheduleAccount();
    }
  }

  private void scheduleAccount() {
    loop.schedule(this::accountSoFar, plan.workload().every().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void accountSoFar() {
    if (closing) {
      return;
    }
    Counts counts = ledger.soFar();
    long known =
        counts.delivered()
            + counts.recovered()
            + counts.lost()
            + counts.corrupted()
            + counts.misdelivered()
            + counts.inDoubt();
    listener.soFar(counts, counts.sent() - known, System.nanoTime() - startedNanos);
    scheduleAccount();
  }

  private void schedulePings() {
    loop.schedule(this::pingAll, plan.workload().ping().toNanos(), TimeUnit.NANOSECONDS);
  }

  private void pingAll() {
    if (!closing) {
      live.forEach(Channel::ping);
      schedulePings();
    }
  }

  /** All connections are open, or have failed to open: the schedule begins, and the time runs. */
  private void startPace() {
    pace = new Pace(plan.rate(), System.nanoTime());
    keepPace();
  }

  private void keepPace() {
    if (sendingOver) {
      return;
    }
    long due = Math.min(pace.dueBy(System.nanoTime()), plan.messages());
    for (int burst = 0; paced < due && burst < PACE_BURST; burst++) {
      channels.get((int) (paced++ % plan.connections())).due();
    }
    if (paced < plan.messages()) {
      long waitNanos = Math.max(0, pace.dueNanos(paced) - System.nanoTime());
      loop.schedule(this::keepPace, waitNanos, TimeUnit.NANOSECONDS);
    }
  }

  /** The time is over: nothing more is sent, and what is outstanding is waited for. */
  private void endSending() {
    sendingOver = true;
  }

  private void openNext() {
    if (sendingOver || nextConnection == plan.connectionsInAll()) {
      return;
    }
    Channel channel = new Channel(this, nextConnection++);
    channels.add(channel);
    live.add(channel);
    connectors.execute(channel::connect);
  }

  private void scheduleSweep() {
    loop.scheduleRoughly(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    if (finished) {
      return;
    }
    nowNanos = System.nanoTime();
    health.tick(nowNanos, TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS));
    awakeNanos += Math.min(nowNanos - sweptNanos, MOST_AWAKE_NANOS);
    sweptNanos = nowNanos;
    // Of many connections each is looked at less often.
    if (++sweeps % (1 + live.size() / MOST_CHANNELS_PER_SWEEP) != 0) {
      scheduleSweep();
      return;
    }
    if (closing) {
      finishWhenClosed();
      return;
    }
    List.copyOf(live).forEach(channel -> channel.sweep(awakeNanos));
    boolean settled =
        live.stream().allMatch(Channel::isSettled)
            && (sendingOver || attempts >= Math.min(plan.connections(), plan.connectionsInAll()));
    if (!settled) {
      lingeringSinceAwakeNanos = -1;
    }
    if (settled && isLingeringOver() || stopping && nowNanos - stopDeadlineNanos >= 0) {
      finish();
    } else {
      scheduleSweep();
    }
  }

  /**
   * Whether, since all connections have settled, nothing came for long enough or that was never so.
   */
  private boolean isLingeringOver() {
    if (lingeringSinceAwakeNanos < 0) {
      lingeringSinceAwakeNanos = awakeNanos;
    }
    return !repliedAny
        || nowNanos - lastReceivedNanos >= LINGER_NANOS
        || awakeNanos - lingeringSinceAwakeNanos >= MOST_LINGER_NANOS;
  }

  private void finish() {
    closing = true;
    closeDeadlineAwakeNanos = awakeNanos + MOST_CLOSE_NANOS;
    for (Channel channel : List.copyOf(live)) {
      if (stopping && channel.unanswered() > 0) {
        ledger.ended(channel.number());
      }
      if (channel.firstError() != null) {
        reasons.note("connection " + channel.number() + " had an error: " + channel.firstError());
      }
      channel.close();
    }
    finishWhenClosed();
  }

  /** What the server sent before its close frame still counts. */
  private void finishWhenClosed() {
    if (live.stream().allMatch(Channel::isEnded) || awakeNanos >= closeDeadlineAwakeNanos) {
      List.copyOf(live).forEach(Channel::abandon);
      finished = true;
      Report made = makeReport();
      listener.finished(made, System.nanoTime() - startedNanos);
      report.complete(made);
    } else {
      scheduleSweep();
    }
  }

  private void stopSending() {
    if (!stopping) {
      stopping = true;
      sendingOver = true;
      stopDeadlineNanos = System.nanoTime() + Math.min(STOP_NANOS, drainNanos());
    }
  }

  boolean sendingOver() {
    return sendingOver;
  }

  boolean finished() {
    return finished;
  }

  long drainNanos() {
    return plan.drain().toNanos();
  }

  long settleNanos() {
    return Math.min(MOST_SETTLE_NANOS, drainNanos());
  }

  boolean pongsExpected() {
    return !pongsMissing;
  }

  void pongsMissing() {
    if (!pongsMissing) {
      pongsMissing = true;
      reasons.note(
          "the server answers no pings; a repeated reply that comes after the end may go unseen");
    }
  }

  void accountNotClosed(Channel channel) {
    reasons.note(
        "the message that closes the account of a connection was not answered; the legs of its last"
            + " messages are unknown");
  }

  void opened(int connection, ReplyForm form, Receipts receipts, long atNanos) {
    if (!openedAny && plan.duration() != null && plan.rate() == 0) {
      loop.schedule(this::endSending, plan.duration().toNanos(), TimeUnit.NANOSECONDS);
    }
    openedAny = true;
    failuresInARow = 0;
    attempted();
    listener.opened(connection, form, receipts, atNanos - startedNanos);
  }

  private void attempted() {
    if (++attempts == plan.connections() && plan.rate() > 0) {
      // After the callback that brought us here.
      loop.execute(this::startPace);
      if (plan.duration() != null) {
        loop.schedule(
            this::endSending, plan.duration().toNanos() + drainNanos(), TimeUnit.NANOSECONDS);
      }
    }
  }

  /** A connection that was cut is open again. */
  void reopened(
      int connection, ReplyForm form, Receipts receipts, long cutNanos, long openedNanos) {
    reconnects++;
    longestRecoveryNanos = Math.max(longestRecoveryNanos, openedNanos - cutNanos);
    listener.opened(connection, form, receipts, openedNanos - startedNanos);
  }

  /** Tries once more to open a connection, after a while. */
  void connectAgain(Channel channel, long delayMillis) {
    loop.schedule(
        () -> {
          if (channel.awaitsConnecting()) {
            connectors.execute(channel::connect);
          }
        },
        delayMillis,
        TimeUnit.MILLISECONDS);
  }

  /**
   * A connection was cut in its quiet phase.
   *
   * @param closed whether by a close frame, which a proxy does not send
   */
  void cutInSilence(Channel channel, double seconds, boolean closed) {
    String whose =
        closed
            ? "an idle limit of the server, for it said so in a close frame"
            : "an idle limit of the server or of a proxy on the way, usually "
                + String.join("; ", IdleLimits.usually(seconds, channel.answeredBy()));
    reasons.note(
        String.format(
            "connection %d was cut after %.1f s of silence (--idle): %s",
            channel.number(), seconds, whose));
  }

  /** A connection is given up that was cut. */
  void givenUp(Channel channel, Exception failure, long unsent) {
    live.remove(channel);
    reasons.note(
        String.format(
            "connection %d could not be opened again within %s s (--reconnect-limit), with %,d"
                + " unsent: %s",
            channel.number(),
            seconds(plan.disruption().limit().toNanos()),
            unsent,
            ConnectFailure.explain(failure, plan)));
  }

  /** A connection that was cut has nothing more to do. */
  void leftCut(Channel channel) {
    live.remove(channel);
  }

  boolean stopping() {
    return stopping;
  }

  /** Which of the subprotocols that were offered the server has selected; "" for none. */
  void selected(String selected) {
    if (!selected.isEmpty()) {
      subprotocol = selected;
    } else if (!plan.connection().subprotocols().isEmpty()) {
      reasons.note(
          "the server selected none of the offered subprotocols "
              + plan.connection().subprotocols()
              + "; a browser would refuse this connection");
    }
  }

  void announced(ReplyForm form) {
    announced = form;
  }

  void connectFailed(Channel channel, Exception failure) {
    live.remove(channel);
    attempted();
    failedToOpen++;
    reasons.note(
        "could not connect to " + plan.url() + ": " + ConnectFailure.explain(failure, plan));
    if (++failuresInARow == MOST_FAILURES_IN_A_ROW && plan.perConnection() > 0) {
      reasons.note(
          "gave up after " + MOST_FAILURES_IN_A_ROW + " connections in a row that failed to open");
      stopSending();
    }
    if (plan.perConnection() > 0) {
      openNext();
    }
  }

  void sent(int connection, long sequence, byte[] content, long atNanos) {
    if (firstSentNanos == 0) {
      firstSentNanos = atNanos;
    }
    payloadBytes += content.length;
    lastSentNanos = atNanos;
    sent++;
    if (pace != null) {
      long lateNanos = atNanos - dueNanos(connection, sequence);
      if (lateNanos > latestNanos) {
        latestNanos = lateNanos;
        heldUp |= lateNanos > LATE_NANOS && channels.get(connection).isHeldUp();
      }
    }
    listener.sent(connection, sequence, content, atNanos - startedNanos);
  }

  /** A message in doubt is being sent again. */
  void sentAgain(int connection, long sequence, byte[] content, long atNanos) {
    payloadBytes += content.length;
    listener.sent(connection, sequence, content, atNanos - startedNanos);
  }

  private long dueNanos(int connection, long sequence) {
    return pace.dueNanos(sequence * plan.connections() + connection);
  }

  void sendStuck(Channel channel) {
    stuckSends++;
    reasons.note(
        "connection "
            + channel.number()
            + " has taken no message for 5 s: the server, or something on the way, does not read");
  }

  /** A greeting or a ticker came. */
  void ignored(Channel channel, byte[] reply, boolean binary, long atNanos) {
    ignored++;
    payloadBytes += reply.length;
    listener.ignored(channel.number(), reply, binary, atNanos - startedNanos);
  }

  /** Whether a reply is left out of the account; one that names a message of this run never is. */
  boolean ignores(byte[] reply) {
    Application application = plan.application();
    return !application.ignored().isEmpty()
        && application.ignores(reply)
        && !holdsMessage(reply, 0);
  }

  /** What a connection waits for before its first message did not come. */
  void helloUnanswered(Channel channel, Application.HelloStep step) {
    reasons.note(
        String.format(
            "connection %d: the reply \"%s\" that line %d of --hello awaits did not come within %s s"
                + " (--drain)",
            channel.number(), step.awaited(), step.line(), seconds(drainNanos())));
  }

  /** A reply came; returns whether it is to be accounted for. */
  boolean received(Channel channel, byte[] reply, boolean binary, long atNanos) {
    nowNanos = atNanos;
    lastReceivedNanos = atNanos;
    payloadBytes += reply.length;
    if (!formChecked) {
      byte[] judged = plan.judged(reply);
      checkForm(channel, judged, judged == reply);
      formChecked = !isOfEmpty(judged);
    }
    repliedAny = true;
    if (wrongForm) {
      listener.ignored(channel.number(), reply, binary, atNanos - startedNanos);
    } else {
      listener.received(channel.number(), reply, binary, atNanos - startedNanos);
    }
    return !wrongForm;
  }

  /**
   * A first reply that holds its message, but in another form than the one that was guessed or
   * expected, ends the run: every further one would be called corrupted.
   */
  private void checkForm(Channel channel, byte[] reply, boolean whole) {
    if (announced != null) {
      return;
    }
    ReplyForm form = plan.form(ReplyForm.DEFAULT);
    Receipt receipt = Receipt.of(reply);
    int end = receipt != null && receipt.crcMatches() ? receipt.start() : reply.length;
    MessageReader reader = new MessageReader(messages);
    int at = MessageReader.next(reply, 0);
    while (at >= 0 && !(reader.identityAt(reply, at) && reader.contentMatches(reply))) {
      at = MessageReader.next(reply, at + 1);
    }
    boolean ofEmpty = at < 0 && !repliedAny && messages.isEmpty(0);
    if (ofEmpty) {
      if (form.messageOffset() != 0 || form.fit(reply, 0, 0, end) != ReplyForm.Fit.DIFFERS) {
        return;
      }
      at = 0;
    } else if (at < 0
        || reader.connection() != channel.number()
        || form.fit(reply, at, reader.end(), end) != ReplyForm.Fit.DIFFERS
        || holdsMessage(reply, reader.end())) {
      return;
    }
    JsonField field = plan.application().field();
    String fitting =
        ReplyForm.fitting(java.util.Arrays.copyOf(reply, end), at, ofEmpty ? 0 : reader.end())
            .toString();
    reasons.note(
        "the first reply was \""
            + printable(new String(reply, 0, Math.min(reply.length, 200), UTF_8))
            + (ofEmpty ? "\", to an empty message, which " : "\", which ")
            + (field != null && whole
                ? "is no JSON with a text at \"" + field + "\"; name the one with --expect-json"
                : "is not of the form \""
                    + form
                    + "\"; try --expect '"
                    + fitting.replace("'", "'\\''")
                    + "'"));
    wrongForm = true;
    stopSending();
    stopDeadlineNanos = nowNanos;
  }

  /** Whether a reply names no message because that may have been empty. */
  private boolean isOfEmpty(byte[] reply) {
    return messages.hasEmpty() && !holdsMessage(reply, 0);
  }

  private static String printable(String text) {
    return text.replace("\n", "\\n").replace("\r", "\\r").replaceAll("\\p{Cntrl}", "?");
  }

  private boolean holdsMessage(byte[] reply, int from) {
    MessageReader reader = new MessageReader(messages);
    for (int at = MessageReader.next(reply, from);
        at >= 0;
        at = MessageReader.next(reply, at + 1)) {
      if (reader.identityAt(reply, at)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A clock that stands still while this client does: what it could not read in a stall of its own
   * is not the server's silence.
   */
  long awakeNanos() {
    return awakeNanos;
  }

  void silent(Channel channel, long unanswered, long unsent) {
    String rest = unsent == 0 ? "" : String.format("; its remaining %,d were not sent", unsent);
    reasons.note(
        String.format(
            "connection %d was silent for %s s (--drain) with %,d messages unanswered%s",
            channel.number(), seconds(drainNanos()), unanswered, rest));
  }

  void settled(Channel channel) {
    if (plan.perConnection() > 0 && nextConnection < plan.connectionsInAll() && !stopping) {
      channel.close();
    }
  }

  void ended(Channel channel, Report.Epoch epoch, long unsent, boolean byClient) {
    live.remove(channel);
    lifeEnded(epoch);
    if (!byClient && (epoch.inFlight() > 0 || unsent > 0)) {
      reasons.note(
          String.format(
              "connection %d %s, with %,d messages in flight and %,d unsent",
              channel.number(), how(channel, epoch), epoch.inFlight(), unsent));
    }
    if (plan.perConnection() > 0 && !closing) {
      openNext();
    }
  }

  /** A connection is cut, and is to be opened again. */
  void cut(Channel channel, Report.Epoch epoch) {
    lifeEnded(epoch);
    reasons.note("a connection " + how(channel, epoch));
  }

  private void lifeEnded(Report.Epoch epoch) {
    epochs.add(epoch);
    boolean over = ledger.isEnded(epoch.connection());
    listener.closed(epoch, over, System.nanoTime() - startedNanos);
  }

  private static String how(Channel channel, Report.Epoch epoch) {
    if (epoch.closedBy().equals("nobody")) {
      return "ended without a close frame" + bracketed(channel.whatEndedIt());
    }
    return "was closed by the "
        + epoch.closedBy()
        + " with "
        + epoch.closeCode()
        + quoted(epoch.reason())
        + (epoch.closedBy().equals("client") ? " (what the server sent made it)" : "");
  }

  private static String bracketed(String what) {
    return what == null ? "" : " (" + what + ")";
  }

  private static String quoted(String reason) {
    return reason.isEmpty() ? "" : " \"" + reason + "\"";
  }

  static String seconds(long nanos) {
    double seconds = nanos / 1e9;
    return seconds == Math.rint(seconds) ? String.valueOf((long) seconds) : String.valueOf(seconds);
  }

  private final class LedgerEvents implements Ledger.Listener {
    @Override
    public void answered(int connection, long sequence) {
      answered++;
      long latencyNanos = nowNanos - channels.get(connection).answered(sequence);
      latency.record(latencyNanos);
      if (pace != null) {
        sinceDue.record(nowNanos - dueNanos(connection, sequence));
      }
      timeline.answered(nowNanos - startedNanos, latencyNanos);
      listener.answered(connection, sequence);
    }

    @Override
    public void anomaly(Anomaly anomaly) {
      timeline.anomaly(nowNanos - startedNanos);
      if (anomaly.kind() == Kind.MISDELIVERED) {
        // Its slot is free, though nothing came on its own connection.
        channels.get(anomaly.connection()).queuePump();
      }
      listener.anomaly(anomaly);
    }
  }

  private Report makeReport() {
    boolean untilTime = plan.duration() != null && plan.rate() == 0;
    boolean endless = plan.isOpenEnded() && plan.duration() == null;
    long planned = untilTime || endless ? sent : plan.messages();
    Account account = ledger.account(planned);
    Verdict verdict = Verdict.of(account.counts(), plan.acceptsRecovered());
    noteRecovery(account);
    if (untilTime && !sendingOver) {
      reasons.note("every connection ended before the time was over");
    }
    boolean whole =
        endless
            ? failedToOpen == 0
            : !untilTime || sendingOver && !interrupted && failedToOpen == 0;
    boolean scheduleMissed = judgeSchedule();
    if (!openedAny) {
      reasons.note("nothing was verified: no connection could be opened");
    }
    if (!account.receipts() && repliedAny) {
      reasons.note(
          plan.receipts()
              ? "the legs are unknown: the server gives no receipts"
              : "the legs are unknown: no receipts were asked for");
    }
    double seconds =
        firstSentNanos == 0 ? 0 : Math.max(0, lastReceivedNanos - firstSentNanos) / 1e9;
    return new Report(
        Versions.WSPROOF,
        whole ? verdict : worse(verdict, Verdict.INCONCLUSIVE),
        reasons.all(),
        runInfo(account.receipts(), planned, seconds),
        account.counts(),
        account.receipts() ? account.legs() : null,
        account.anomalies(),
        new Report.Rate(perSecond(answered, seconds), perSecond(payloadBytes, seconds)),
        new Report.Latencies(latency.percentiles(), sinceDue.percentiles()),
        latency.encoded(),
        epochs,
        health.info(
            System.nanoTime(),
            (long) (seconds * 1e9),
            loop.busyPercent(),
            stuckSends,
            latestNanos,
            scheduleMissed),
        timeline.timeline(),
        null,
        pathInfo());
  }

  private Report.PathInfo pathInfo() {
    Report.Silence silence =
        channels.stream()
            .max(Comparator.comparingLong(Channel::longestSilenceNanos))
            .filter(channel -> repliedAny)
            .map(c -> new Report.Silence(c.number(), c.longestSilenceNanos() / 1e9))
            .orElse(null);
    return new Report.PathInfo(
        subprotocol,
        ignored,
        pings.info(),
        reconnects,
        longestRecoveryNanos / 1e9,
        silence,
        deflation.info(),
        answeredBy());
  }

  private String answeredBy() {
    return channels.stream()
        .map(Channel::answeredBy)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private void noteRecovery(Account account) {
    if (reconnects > 0) {
      reasons.note(pathInfo().reopened());
    }
    if (account.counts().recovered() > 0) {
      reasons.note(
          String.format(
              "%,d messages in doubt were sent again and answered (recovered): the server may have"
                  + " received them twice%s",
              account.counts().recovered(),
              plan.acceptsRecovered() ? "" : "; --accept-recovered takes them as delivered"));
    }
  }

  private static Verdict worse(Verdict a, Verdict b) {
    return a.compareTo(b) > 0 ? a : b;
  }

  /** Whether the client itself did not keep the schedule. */
  private boolean judgeSchedule() {
    if (latestNanos <= LATE_NANOS) {
      return false;
    }
    double lateMillis = latestNanos / 1e6;
    if (heldUp) {
      reasons.note(
          String.format(
              "messages were sent up to %,.0f ms after they were due: the path or the window held"
                  + " them up",
              lateMillis));
      return false;
    }
    double reached = (sent - 1) / Math.max(1e-9, (lastSentNanos - firstSentNanos) / 1e9);
    reasons.note(
        String.format(
            "the client did not keep the rate of %,.0f/s: it reached %,.0f/s, and sent up to %,.0f"
                + " ms late",
            plan.rate(), reached, lateMillis));
    return true;
  }

  private Report.RunInfo runInfo(boolean receipts, long planned, double seconds) {
    ReplyForm form = plan.form(announced == null ? ReplyForm.DEFAULT : announced);
    return new Report.RunInfo(
        id,
        plan.seed(),
        plan.url().toString(),
        startedAt.toString(),
        seconds,
        planned,
        plan.connections(),
        plan.window(),
        plan.perConnection(),
        plan.longestMessageBytes(),
        plan.format() == Format.BINARY,
        receipts,
        form.toString(),
        interrupted,
        plan.described());
  }

  private static double perSecond(long count, double seconds) {
    return seconds == 0 ? 0 : Math.round(count / seconds);
  }
}
