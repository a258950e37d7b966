package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import jakarta.websocket.CloseReason.CloseCodes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Logger;

/**
 * The streams of a deployment, in memory or in a store that several servers share, and the thread
 * that makes the messages that are due; it is started with the first of them. Thread-safe.
 */
final class Streams implements AutoCloseable {
  /** Of what is due in between, the messages are made together. */
  private static final long SHORTEST_WAIT_NANOS = 1_000_000;

  private static final Logger LOGGER = Logger.getLogger(Streams.class.getName());

  /** So long a handshake waits for the store: only it can tell which run of a stream there is. */
  private static final long ANSWER_MILLIS = 1_000;

  private static final long MOST_TOUCH_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final StreamSettings settings;
  private final EchoSettings echo;
  private final Figures figures;
  private final Map<String, PushStream> byName = new HashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(r -> Feeders.daemon(r, "stream-clock"));

  /** Null where streams are in memory. */
  private final StreamStore store;

  /** Those in the store that last as long as this deployment. */
  private final Map<String, Pushed> pushed = new ConcurrentHashMap<>();

  private long touchedNanos = System.nanoTime();

  /** A stream that lasts: it is looked for in the store until it is there. */
  private static final class Pushed {
    private final double rate;
    private volatile boolean asked;

    Pushed(double rate) {
      this.rate = rate;
    }
  }

  /**
   * @param shared the store that they are in, or null: in memory
   */
  Streams(StreamSettings settings, Store shared, EchoSettings echo, Figures figures) {
    this.settings = settings;
    this.echo = echo;
    this.figures = figures;
    this.store = shared == null ? null : new StreamStore(shared, settings, this);
    figures.add(this);
  }

  /** Finds the stream that is wanted, or starts it; says why not. */
  Subscription subscribe(String name, Map<String, List<String>> query, boolean receiptAsked) {
    StreamRequest request;
    try {
      request = StreamRequest.of(name, query, receiptAsked, settings);
    } catch (IllegalArgumentException e) {
      return new Subscription(null, null, violation(e.getMessage()));
    }
    if (store != null) {
      return subscribe(request);
    }
    synchronized (this) {
      PushStream stream = byName.get(name);
      if (stream == null) {
        if (request.from() > 0 && request.run() == null) {
          return new Subscription(request, null, none(request));
        }
        Refusal tooMany = refusal(name);
        if (tooMany != null) {
          figures.refused(tooMany.cause());
          return new Subscription(request, null, tooMany);
        }
        stream = start(name, request.rate(), request.length(), false);
      }
      return new Subscription(request, stream, refusal(request, stream));
    }
  }

  private static Refusal none(StreamRequest request) {
    return violation("there is no stream " + request.name() + " yet: from=" + request.from());
  }

  /** Why there cannot be one of that name as well, or null. */
  synchronized Refusal refusal(String name) {
    return byName.containsKey(name) || byName.size() < settings.streams()
        ? null
        : new Refusal(
            503,
            CloseCodes.TRY_AGAIN_LATER.getCode(),
            "the server has its " + settings.streams() + " streams",
            "streams");
  }

  /** Asks the store, and waits for a moment. */
  private Subscription subscribe(StreamRequest request) {
    boolean begins = request.from() == 0 || request.run() != null;
    CompletableFuture<Subscription> answer = new CompletableFuture<>();
    if (store.isPrompt()) {
      store.open(
          request.name(),
          request.rate(),
          request.length(),
          begins,
          false,
          (stream, refusal) -> answer.complete(new Subscription(request, stream, refusal)));
    } else {
      answer.complete(new Subscription(request, null, StreamStore.away()));
    }
    Subscription found = await(answer, request);
    if (found.refusal() != null) {
      figures.refused(found.refusal().cause());
      // Who was there before is still told which run it is.
      return new Subscription(request, known(request.name()), found.refusal());
    }
    return found.stream() == null
        ? new Subscription(request, null, none(request))
        : new Subscription(request, found.stream(), refusal(request, found.stream()));
  }

  private static Subscription await(CompletableFuture<Subscription> answer, StreamRequest request) {
    try {
      return answer.get(ANSWER_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return new Subscription(request, null, StreamStore.away());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Subscription(request, null, StreamStore.away());
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer does not fail", e);
    }
  }

  private synchronized PushStream known(String name) {
    return byName.get(name);
  }

  /** The copy of a stream that is in the store; on the store's thread. */
  StoredStream found(StreamStore.Opened opened) {
    PushStream before = known(opened.name());
    if (before instanceof StoredStream same && same.messages.run().equals(opened.run())) {
      same.found(opened.next());
      return same;
    }
    if (before instanceof StoredStream other) {
      ended(other);
    }
    StoredStream stream =
        new StoredStream(
            opened,
            store,
            () -> pushed.containsKey(opened.name()),
            settings,
            echo,
            System.nanoTime());
    synchronized (this) {
      byName.put(opened.name(), stream);
    }
    store.follow(stream);
    clock.execute(() -> tick(stream));
    return stream;
  }

  /** A stream is not what it was in the store: whoever comes next finds what there is now. */
  void ended(StoredStream stream) {
    synchronized (this) {
      byName.remove(stream.messages.name(), stream);
    }
    store.forget(stream);
    stream.end();
  }

  /** Those that are in the store. */
  synchronized List<StoredStream> stored() {
    List<StoredStream> all = new ArrayList<>();
    for (PushStream stream : byName.values()) {
      if (stream instanceof StoredStream stored) {
        all.add(stored);
      }
    }
    return all;
  }

  private static Refusal violation(String sentence) {
    return new Refusal(400, CloseCodes.VIOLATED_POLICY.getCode(), sentence, "stream");
  }

  private static Refusal refusal(StreamRequest request, PushStream stream) {
    if (request.run() != null && !request.run().equals(stream.messages.run())) {
      return violation(
          "run " + request.run() + " has ended; this is run " + stream.messages.run() + ", from=0");
    }
    if (request.rate() != 0 && request.rate() != stream.rate) {
      return violation(
          "the stream was started "
              + (stream.rate == 0 ? "without a rate" : "with rate=" + number(stream.rate))
              + ": rate="
              + number(request.rate()));
    }
    if (request.length() != 0 && request.length() != stream.length) {
      return violation(
          "the stream was started "
              + (stream.length == Long.MAX_VALUE ? "without an end" : "with n=" + stream.length)
              + ": n="
              + request.length());
    }
    long next = stream.next();
    return request.from() > next
        ? violation("from must be at most " + next + ", the next message: from=" + request.from())
        : null;
  }

  private static String number(double rate) {
    return rate == Math.rint(rate) ? String.valueOf((long) rate) : String.valueOf(rate);
  }

  /** Starts a stream that lasts as long as the deployment. */
  synchronized void push(String name, double perSecond) {
    if (!StreamMessages.isName(name)) {
      throw new IllegalArgumentException(
          "must be 1..64 of A-Z a-z 0-9 . _ -: name of the stream=" + name);
    }
    if (!(perSecond > 0) || perSecond > StreamSettings.HIGHEST_RATE) {
      throw new IllegalArgumentException(
          "must be more than 0 and at most " + StreamSettings.HIGHEST_RATE + ": push=" + perSecond);
    }
    if (store != null) {
      pushed.put(name, new Pushed(perSecond));
      lookForPushed();
      return;
    }
    if (byName.containsKey(name)) {
      throw new IllegalArgumentException("there is a stream of that name: " + name);
    }
    start(name, perSecond, 0, true);
  }

  private void lookForPushed() {
    pushed.forEach(
        (name, wanted) -> {
          if (known(name) == null && !wanted.asked) {
            wanted.asked = true;
            store.open(name, wanted.rate, 0, true, true, (stream, r) -> looked(wanted, stream));
          }
        });
  }

  private static void looked(Pushed wanted, StoredStream stream) {
    wanted.asked = false;
    if (stream != null && stream.rate != wanted.rate) {
      LOGGER.warning(
          () ->
              "the stream "
                  + stream.messages.name()
                  + " is in the store already, "
                  + (stream.rate == 0 ? "without a rate" : "with rate=" + number(stream.rate))
                  + ": it stays so, and is not pushed with rate="
                  + number(wanted.rate));
    }
  }

  /** The name of a run. */
  static String newRun() {
    return String.format("%08x", ThreadLocalRandom.current().nextInt());
  }

  private PushStream start(String name, double rate, long length, boolean lasting) {
    PushStream stream =
        new PushStream(
            new StreamMessages(name, newRun()),
            rate,
            length,
            lasting,
            settings,
            echo,
            System.nanoTime());
    byName.put(name, stream);
    if (rate > 0) {
      clock.execute(() -> tick(stream));
    }
    return stream;
  }

  private void tick(PushStream stream) {
    long waitNanos = stream.tick(System.nanoTime());
    if (waitNanos >= 0 && !clock.isShutdown()) {
      clock.schedule(
          () -> tick(stream), Math.max(waitNanos, SHORTEST_WAIT_NANOS), TimeUnit.NANOSECONDS);
    }
  }

  /** How many there are. */
  synchronized int count() {
    return byName.size();
  }

  /** How many connections receive one. */
  synchronized int receivers() {
    return byName.values().stream().mapToInt(PushStream::receiverCount).sum();
  }

  /** Ends streams that nobody receives, and receivers that do not read. */
  void sweep(long nowNanos) {
    long idleNanos = TimeUnit.SECONDS.toNanos(settings.idleSeconds());
    List<PushStream> all;
    synchronized (this) {
      byName.values().removeIf(stream -> endsIdle(stream, idleNanos, nowNanos));
      all = List.copyOf(byName.values());
    }
    if (store != null) {
      touch(idleNanos, nowNanos);
      lookForPushed();
    }
    for (PushStream stream : all) {
      stream.receivers().forEach(receiver -> receiver.check(nowNanos));
    }
  }

  private boolean endsIdle(PushStream stream, long idleNanos, long nowNanos) {
    boolean ends = stream.endsIdle(idleNanos, nowNanos);
    if (ends && stream instanceof StoredStream stored) {
      store.forget(stored);
    }
    return ends;
  }

  private void touch(long idleNanos, long nowNanos) {
    long everyNanos = idleNanos == 0 ? MOST_TOUCH_NANOS : Math.min(MOST_TOUCH_NANOS, idleNanos / 4);
    if (nowNanos - touchedNanos > everyNanos) {
      touchedNanos = nowNanos;
      store.touch(
          stored().stream()
              .filter(stream -> stream.receiverCount() > 0 || stream.lasts())
              .toList());
    }
  }

  /** Ends its thread. */
  @Override
  public void close() {
    clock.shutdownNow();
  }
}
