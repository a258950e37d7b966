package io.github.wsproof.client;

import io.github.wsproof.ledger.Counts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;

/**
 * One run over links, which are opened again where that is wanted: opens them, looks after them,
 * and ends when all of them have ended.
 *
 * <p>One loop owns everything; {@link #execute} and {@link #stop} may be called from any thread.
 */
public abstract class LinkRun {
  private static final long SWEEP_MILLIS = 10;
  private static final long MOST_AWAKE_NANOS = TimeUnit.MILLISECONDS.toNanos(2 * SWEEP_MILLIS);
  private static final int CONNECTING_AT_ONCE = 8;
  private static final int LONGEST_MESSAGE_BYTES = 1 << 20;

  final URI url;
  final ConnectionOptions connection;
  final Disruption disruption;
  final RunListener listener;
  final Reasons reasons = new Reasons();
  final String id = String.format("%016x", ThreadLocalRandom.current().nextLong());
  final SocketLoop loop;
  final ClientManager client;
  final TimelineRecorder timeline = new TimelineRecorder();
  final Instant startedAt = Instant.now();
  final List<Report.Epoch> epochs = new ArrayList<>();

  private final Duration every;
  private final ExecutorService connectors =
      Executors.newFixedThreadPool(CONNECTING_AT_ONCE, LinkRun::connectorThread);
  private final CompletableFuture<Report> report = new CompletableFuture<>();
  private final List<Link> links = new ArrayList<>();

  private ClientHealth health;
  private long startedNanos;
  private long sweptNanos;
  private long awakeNanos;
  private long reconnects;
  private long longestRecoveryNanos;
  private boolean endedEarly;
  private boolean interrupted;
  private boolean over;
  private boolean finished;

  LinkRun(
      URI url,
      ConnectionOptions connection,
      Disruption disruption,
      Duration every,
      RunListener listener) {
    this.url = url;
    this.connection = connection;
    this.disruption = disruption;
    this.every = every;
    this.listener = listener;
    loop = new SocketLoop(report::completeExceptionally);
    client = Clients.onLoop(loop, url, connection, LONGEST_MESSAGE_BYTES);
  }

  private static Thread connectorThread(Runnable task) {
    Thread thread = new Thread(task, "wsproof-connect");
    thread.setDaemon(true);
    return thread;
  }

  /** Opens what there is to open. */
  abstract void begin();

  /** Looks after the whole, every few milliseconds, when each link has been looked after. */
  void swept() {}

  /** The account so far, and what is in none of its counts. */
  abstract Counts countsSoFar();

  /** The report of a run whose links have ended. */
  abstract Report makeReport();

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
    startedNanos = System.nanoTime();
    sweptNanos = startedNanos;
    health = new ClientHealth(startedNanos);
    if (connection.tls().insecure()) {
      reasons.note(
          "INSECURE: the server's certificate was not checked (--insecure), so anyone may have"
              + " answered in its place");
    }
    begin();
    scheduleSweep();
    if (every != null) {
      scheduleAccount();
    }
  }

  /** Opens a link. */
  void open(Link link) {
    links.add(link);
    connectors.execute(link::connect);
  }

  List<Link> links() {
    return links;
  }

  private void scheduleAccount() {
    loop.schedule(this::accountSoFar, every.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void accountSoFar() {
    if (!over && !finished) {
      listener.soFar(countsSoFar(), 0, sinceStart(System.nanoTime()));
      scheduleAccount();
    }
  }

  private void scheduleSweep() {
    loop.scheduleRoughly(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void sweep() {
    long nowNanos = System.nanoTime();
    health.tick(nowNanos, TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS));
    awakeNanos += Math.min(nowNanos - sweptNanos, MOST_AWAKE_NANOS);
    sweptNanos = nowNanos;
    links.forEach(link -> link.sweep(awakeNanos));
    swept();
    if (links.stream().allMatch(Link::isEnded)) {
      finish();
    } else {
      scheduleSweep();
    }
  }

  private void finish() {
    finished = true;
    Report made = makeReport();
    listener.finished(made, sinceStart(System.nanoTime()));
    report.complete(made);
  }

  /** The time is over, or the user wants no more: nothing more is received. */
  void end() {
    over = true;
    links.forEach(Link::close);
  }

  boolean isOver() {
    return over;
  }

  boolean isFinished() {
    return finished;
  }

  boolean isInterrupted() {
    return interrupted;
  }

  /** Whether a connection could not be opened, or ended before it had all. */
  boolean isEndedEarly() {
    return endedEarly;
  }

  /** A clock that stands still while this client does. */
  long awakeNanos() {
    return awakeNanos;
  }

  long sinceStart(long nowNanos) {
    return nowNanos - startedNanos;
  }

  /** A connection that was cut receives again. */
  void recovered(long recoveryNanos) {
    reconnects++;
    longestRecoveryNanos = Math.max(longestRecoveryNanos, recoveryNanos);
  }

  /** Tries once more to open a connection, after a while. */
  void connectAgain(Link link, long delayMillis) {
    loop.schedule(
        () -> {
          if (link.awaitsConnecting()) {
            connectors.execute(link::connect);
          }
        },
        delayMillis,
        TimeUnit.MILLISECONDS);
  }

  void couldNotConnect(Link link, Exception failure) {
    endedEarly = true;
    reasons.note(
        "could not connect to "
            + link.target()
            + ": "
            + ConnectFailure.explain(failure, url, connection));
  }

  /** A connection has ended, and is not opened again, before all its messages have come. */
  void endedEarly(Link link, String how) {
    endedEarly = true;
    reasons.note(link.name() + " " + how);
  }

  void lifeEnded(Report.Epoch epoch) {
    epochs.add(epoch);
    listener.closed(epoch, false, sinceStart(System.nanoTime()));
  }

  /** What the client can say of itself, of a run that took so long. */
  Report.ClientInfo clientInfo(double seconds) {
    return health.info(System.nanoTime(), (long) (seconds * 1e9), loop.busyPercent(), 0, 0, false);
  }

  /** Tells of connections that were opened again. */
  void noteReconnects() {
    if (reconnects > 0) {
      reasons.note(pathInfo(false).reopened());
    }
  }

  /** What was seen of the path. */
  Report.PathInfo pathInfo(boolean anyCame) {
    Report.Silence silence =
        links.stream()
            .max(Comparator.comparingLong(Link::longestSilenceNanos))
            .filter(link -> anyCame)
            .map(link -> new Report.Silence(link.number(), link.longestSilenceNanos() / 1e9))
            .orElse(null);
    return new Report.PathInfo(
        null, 0, null, reconnects, longestRecoveryNanos / 1e9, silence, null, answeredBy());
  }

  private String answeredBy() {
    return links.stream()
        .map(link -> AnsweredBy.of(link.responseHeaders()))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  static double perSecond(long count, double seconds) {
    return seconds == 0 ? 0 : Math.round(count / seconds);
  }
}
