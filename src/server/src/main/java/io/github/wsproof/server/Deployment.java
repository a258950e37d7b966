package io.github.wsproof.server;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One server: its settings, its open connections, its figures, and its end.
 *
 * <p>A connection finds its deployment by a header that whoever admits handshakes adds to them (a
 * filter before the container's own); its value cannot be guessed, so a client cannot admit itself.
 * Where no filter comes first (Jetty), the deployment is that of the web application, and decides
 * when the connection is open. Thread-safe.
 */
public final class Deployment implements AutoCloseable {
  /**
   * Says by whom a handshake was admitted, the remote address, and to what that takes more than
   * being a user: {@code <key> <address> <scope>}, see {@link Admission#scope}.
   */
  public static final String ADMITTED_HEADER = "Wsproof-Admitted";

  /** The most messages per second that a stream can be started with. */
  public static final int HIGHEST_STREAM_RATE = StreamSettings.HIGHEST_RATE;

  private static final Logger LOGGER = Logger.getLogger(Deployment.class.getName());
  private static final String JETTY_ADDRESS = "jakarta.websocket.endpoint.remoteAddress";
  private static final long SWEEP_MILLIS = 250;
  private static final long DRAIN_LOOK_NANOS = 20_000_000;

  /** Without a message for so long, a connection has nothing on its way. */
  private static final long QUIET_NANOS = 100_000_000;

  private static final long CLOSE_BOUND_NANOS = 1_000_000_000;

  private static final Map<String, Deployment> BY_KEY = new ConcurrentHashMap<>();
  private static volatile Deployment ofApplication;

  private final String key = UUID.randomUUID().toString();
  private final AtomicLong ids = new AtomicLong();
  private final EchoSettings settings;
  private final Limits limits;
  private final Access access;
  private final Connections connections = new Connections();
  private final Figures figures = new Figures(connections);
  private final Feeders feeders;

  /** Null where rooms and streams are in memory. */
  private final Store store;

  private final Streams streams;
  private final Rooms rooms;
  private final Sessions sessions;
  private final Admission admission;
  private final Unfinished unfinished;
  private final Flusher flusher;
  private final ScheduledExecutorService sweep;

  private Deployment(UnaryOperator<String> contextParameter) {
    settings = EchoSettings.of(contextParameter);
    Rules rules = read(new Settings(contextParameter));
    limits = rules.limits();
    access = rules.access();
    unfinished = new Unfinished(limits.bufferedBytes());
    admission = new Admission(limits, access, connections, figures);
    feeders = new Feeders(rules.streams().sendSeconds());
    store = rules.store().uri() == null ? null : new Store(rules.store());
    streams = new Streams(rules.streams(), store, settings, figures);
    rooms = new Rooms(rules.rooms(), store, settings, figures);
    sessions = new Sessions(rules.sessions(), limits, connections, figures);
    // No thread is started before the settings are known to be right.
    flusher = new Flusher();
    if (store != null) {
      store.start();
    }
    sweep = Executors.newSingleThreadScheduledExecutor(Deployment::sweepThread);
    sweep.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  private record Rules(
      Limits limits,
      Access access,
      StreamSettings streams,
      RoomSettings rooms,
      SessionSettings sessions,
      StoreConfig store) {}

  private static Rules read(Settings settings) {
    try {
      return new Rules(
          Limits.of(settings),
          Access.of(settings),
          StreamSettings.of(settings),
          RoomSettings.of(settings),
          SessionSettings.of(settings),
          StoreConfig.of(settings));
    } catch (IllegalArgumentException e) {
      throw EchoSettings.wrong(e);
    }
  }

  private static Thread sweepThread(Runnable task) {
    Thread thread = new Thread(task, "wsproof-deployment");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Starts a deployment.
   *
   * @param contextParameter a context parameter by its name, or null where it is not set
   * @throws IllegalArgumentException with a sentence that names the setting, its value and what is
   *     allowed
   */
  public static Deployment start(UnaryOperator<String> contextParameter) {
    Deployment deployment = new Deployment(contextParameter);
    BY_KEY.put(deployment.key, deployment);
    return deployment;
  }

  /**
   * Reads the settings of this JVM.
   *
   * @throws IllegalArgumentException as {@link #start}
   */
  public static void checkSettings() {
    UnaryOperator<String> none = name -> null;
    EchoSettings.of(none);
    read(new Settings(none));
  }

  /** Starts the deployment of this web application: of all connections that no filter admits. */
  static Deployment startOfApplication(UnaryOperator<String> contextParameter) {
    ofApplication = start(contextParameter);
    return ofApplication;
  }

  /** The deployment that has admitted a handshake, or null if none has. */
  static Deployment thatAdmitted(String header) {
    return header == null ? null : BY_KEY.get(header.split(" ", 2)[0]);
  }

  /** The deployment of connections that no filter has admitted. */
  static synchronized Deployment ofApplication() {
    if (ofApplication == null) {
      startOfApplication(name -> null);
    }
    return ofApplication;
  }

  /** Why a handshake is refused, or null where it is admitted. Refusals are counted. */
  public Refusal check(HandshakeRequestView request) {
    return admission.check(request);
  }

  /** The value of {@link #ADMITTED_HEADER} for a handshake: for whom, and where to. */
  public String admitted(HandshakeRequestView request) {
    return key + " " + request.address() + " " + Admission.scope(request.path());
  }

  /** The remote address in a header that has admitted a handshake. */
  static String admittedAddress(String header) {
    return header.split(" ")[1];
  }

  /** What such a header admits to. */
  static String admittedScope(String header) {
    return header.split(" ")[2];
  }

  /** What it answers to plain HTTP: health, figures, draining. */
  public Operations operations() {
    return new Operations(this);
  }

  /** What it answers to clients that cannot have a WebSocket. */
  public HttpTransports transports() {
    return new HttpTransports(this);
  }

  /** Why a request of a session is refused, or null. Refusals are counted. */
  Refusal checkRequest(HandshakeRequestView request) {
    return admission.checkRequest(request);
  }

  /** How the endpoint answers. */
  public EchoSettings settings() {
    return settings;
  }

  /** How many connections are open. */
  public int openConnections() {
    return connections.count();
  }

  /**
   * Starts a stream before anyone receives it, at {@code /stream/<name>}; it lasts as long as the
   * deployment.
   *
   * @param name 1..64 of A-Z, a-z, 0-9, dot, underscore and hyphen
   * @param perSecond more than 0 and at most {@link #HIGHEST_STREAM_RATE}
   * @throws IllegalArgumentException with a sentence, if it cannot be started
   */
  public void push(String name, double perSecond) {
    streams.push(name, perSecond);
  }

  Feeders feeders() {
    return feeders;
  }

  Streams streams() {
    return streams;
  }

  Rooms rooms() {
    return rooms;
  }

  Sessions sessions() {
    return sessions;
  }

  Limits limits() {
    return limits;
  }

  Access access() {
    return access;
  }

  Unfinished unfinished() {
    return unfinished;
  }

  Figures figures() {
    return figures;
  }

  Connections connections() {
    return connections;
  }

  boolean isDraining() {
    return admission.isDraining();
  }

  ScheduledExecutorService scheduler() {
    return sweep;
  }

  /** Takes a connection that was opened; closes it and returns null if it is refused. */
  Connection open(Session session, Handshaken handshaken) {
    Handshaken known = handshaken;
    if (session.getUserProperties().get(JETTY_ADDRESS) instanceof InetSocketAddress address) {
      known =
          new Handshaken(
              known.run(),
              address.getAddress().getHostAddress(),
              known.receiptAsked(),
              known.refusal());
    }
    Connection connection = new Connection(ids.incrementAndGet(), session, known, this, flusher);
    Refusal refusal = known.refusal();
    if (refusal == null) {
      refusal = connections.add(session.getId(), connection, limits);
      if (refusal != null) {
        figures.refused(refusal.cause());
      }
    }
    if (refusal != null) {
      connection.close(CloseCodes.getCloseCode(refusal.closeCode()), refusal.sentence());
      return null;
    }
    figures.opened();
    connection.logOpened();
    return connection;
  }

  /** Forgets a connection that has ended. */
  void ended(Session session, Connection connection, CloseReason reason) {
    if (connections.remove(session.getId())) {
      figures.closed(reason.getCloseCode().getCode());
      connection.logClosed(reason);
    }
  }

  private void sweep() {
    long nowNanos = System.nanoTime();
    for (Connection connection : connections.open()) {
      try {
        if (connection.isGone(nowNanos)) {
          connection.gone();
          ended(
              connection.session(),
              connection,
              new CloseReason(CloseCodes.CLOSED_ABNORMALLY, Connection.GONE));
        } else {
          connection.check(limits, nowNanos);
        }
      } catch (RuntimeException e) {
        // One that cannot be closed must not keep the others from it.
        LOGGER.log(Level.WARNING, e, () -> "could not be checked: " + connection);
      }
    }
    streams.sweep(nowNanos);
    rooms.sweep(nowNanos);
    sessions.sweep(nowNanos);
  }

  /**
   * What draining came to.
   *
   * @param closed connections that were closed
   * @param unanswered messages that were received and not answered
   * @param open connections that had not ended when it was over
   */
  record Drained(int closed, long unanswered, int open) {}

  /**
   * Refuses handshakes and messages of sessions from now on, ends each session whose client has all
   * its replies, and closes each connection with 1001 as soon as no message of it is on its way,
   * within the setting {@code wsproof.drain-timeout}. Returns when it is done.
   */
  Drained drain() {
    admission.drain();
    int closed = 0;
    long unanswered = 0;
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(limits.drainSeconds());
    Map<Connection, Boolean> told = new ConcurrentHashMap<>();
    for (long now = System.nanoTime();
        connections.count() + sessions.count() > 0 && now - deadline < CLOSE_BOUND_NANOS;
        now = System.nanoTime()) {
      boolean over = now - deadline >= 0;
      closed += sessions.drain(over);
      for (Connection connection : connections.open()) {
        if ((over || connection.isPushed() || connection.quietNanos(now) >= QUIET_NANOS)
            && told.putIfAbsent(connection, true) == null) {
          connection.close(CloseCodes.GOING_AWAY, "the server is stopping");
          closed++;
          unanswered += connection.unanswered();
        }
      }
      LockSupport.parkNanos(DRAIN_LOOK_NANOS);
    }
    return new Drained(closed, unanswered, connections.count());
  }

  /** Drains it and ends its threads. */
  @Override
  public void close() {
    drain();
    BY_KEY.remove(key);
    sweep.shutdownNow();
    if (store != null) {
      store.close();
    }
    streams.close();
    feeders.close();
    flusher.close();
  }
}
