package io.github.wsproof.relay;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Listens on loopback and passes each connection on to a server, message by message, with the
 * faults of its plan. Two threads a connection: for tests and demonstrations, not for load.
 *
 * <p>Thread-safe.
 */
public final class Relay implements AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger(Relay.class.getName());

  private static final long WAIT_FOR_ANOTHER_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final URI target;
  private final FaultPlan plan;
  private final Duration stall;
  private final long seed;
  private final Consumer<Applied> listener;
  private final ServerSocket socket;
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private final List<Applied> applied = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool(Relay::thread);
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Relay::thread);
  private int opened;
  private volatile boolean aloneForGood;

  private Relay(URI target, int port, FaultPlan plan, Options options) throws IOException {
    this.target = target;
    this.plan = plan;
    this.stall = options.stall;
    this.seed = options.seed;
    this.listener = options.listener;
    socket = new ServerSocket(port, 1024, InetAddress.getByName("127.0.0.1"));
  }

  /**
   * What may differ.
   *
   * @param seed which bytes change
   * @param stall how long a {@link Fault#STALL} lasts
   * @param listener is told of each fault, on the thread of its leg
   */
  public record Options(long seed, Duration stall, Consumer<Applied> listener) {}

  /**
   * Starts a relay on 127.0.0.1.
   *
   * @param target a {@code ws} URL; its path is used where a client asks for {@code /}
   * @param port 0 = any free one
   * @throws IOException if the port cannot be had
   */
  public static Relay start(URI target, int port, FaultPlan plan, Options options)
      throws IOException {
    if (!"ws".equals(target.getScheme()) || target.getHost() == null) {
      throw new IllegalArgumentException("must be a ws:// URL with a host: " + target);
    }
    Relay relay = new Relay(target, port, plan, options);
    relay.threads.execute(relay::accept);
    return relay;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "wsproof-relay");
    thread.setDaemon(true);
    return thread;
  }

  /** Where clients connect to. */
  public URI uri() {
    return URI.create("ws://127.0.0.1:" + socket.getLocalPort() + "/");
  }

  /** What was done so far, in order. */
  public List<Applied> applied() {
    return List.copyOf(applied);
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        threads.execute(new Link(this, client)::run);
      } catch (SocketException e) {
        // Closed: the loop ends.
        LOGGER.log(Level.FINE, "no longer accepting", e);
      } catch (IOException e) {
        failed(e);
      }
    }
  }

  URI target() {
    return target;
  }

  InetSocketAddress targetAddress() {
    return new InetSocketAddress(target.getHost(), target.getPort() < 0 ? 80 : target.getPort());
  }

  FaultPlan plan() {
    return plan;
  }

  Duration stall() {
    return stall;
  }

  /** Numbers a connection that is open; returns the seed of its changes. */
  synchronized long open(Link link) {
    link.number = opened++;
    links.add(link);
    return seed + 1_000_003L * link.number;
  }

  /**
   * The same leg of the connection that was opened next, or null if there is no other: the first to
   * ask waits a moment for one.
   */
  Pump another(Link link, Leg leg) throws InterruptedException {
    Pump other = find(link, leg);
    long deadlineNanos = System.nanoTime() + WAIT_FOR_ANOTHER_NANOS;
    while (other == null && !aloneForGood && System.nanoTime() < deadlineNanos) {
      TimeUnit.MILLISECONDS.sleep(1);
      other = find(link, leg);
    }
    aloneForGood = other == null;
    return other;
  }

  private Pump find(Link link, Leg leg) {
    List<Link> all = List.copyOf(links);
    int at = all.indexOf(link);
    for (int i = 1; i < all.size(); i++) {
      Pump pump = all.get((at + i) % all.size()).pump(leg);
      if (pump != null) {
        return pump;
      }
    }
    return null;
  }

  void applied(Applied fault) {
    applied.add(fault);
    listener.accept(fault);
  }

  void later(Runnable task, long millis) {
    timer.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  void carry(Runnable leg) {
    threads.execute(leg);
  }

  void ended(Link link) {
    links.remove(link);
  }

  void failed(IOException failure) {
    LOGGER.log(Level.WARNING, () -> "a connection of the relay ended: " + failure);
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() throws IOException {
    socket.close();
    links.forEach(Link::end);
    threads.shutdownNow();
    timer.shutdownNow();
  }
}
