package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import jakarta.websocket.CloseReason.CloseCodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The streams of a deployment, and the thread that makes the messages that are due; it is started
 * with the first of them. Thread-safe.
 */
final class Streams implements AutoCloseable {
  /** Of what is due in between, the messages are made together. */
  private static final long SHORTEST_WAIT_NANOS = 1_000_000;

  private final StreamSettings settings;
  private final EchoSettings echo;
  private final Figures figures;
  private final Map<String, PushStream> byName = new HashMap<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(r -> Feeders.daemon(r, "stream-clock"));

  Streams(StreamSettings settings, EchoSettings echo, Figures figures) {
    this.settings = settings;
    this.echo = echo;
    this.figures = figures;
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
    synchronized (this) {
      PushStream stream = byName.get(name);
      if (stream == null) {
        if (request.from() > 0 && request.run() == null) {
          return new Subscription(
              request,
              null,
              violation("there is no stream " + name + " yet: from=" + request.from()));
        }
        if (byName.size() >= settings.streams()) {
          figures.refused("streams");
          return new Subscription(
              request,
              null,
              new Refusal(
                  503,
                  CloseCodes.TRY_AGAIN_LATER.getCode(),
                  "the server has its " + settings.streams() + " streams",
                  "streams"));
        }
        stream = start(name, request.rate(), request.length(), false);
      }
      return new Subscription(request, stream, refusal(request, stream));
    }
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
    if (byName.containsKey(name)) {
      throw new IllegalArgumentException("there is a stream of that name: " + name);
    }
    start(name, perSecond, 0, true);
  }

  private PushStream start(String name, double rate, long length, boolean lasting) {
    String run = String.format("%08x", ThreadLocalRandom.current().nextInt());
    PushStream stream =
        new PushStream(
            new StreamMessages(name, run),
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
      byName.values().removeIf(stream -> stream.endsIdle(idleNanos, nowNanos));
      all = List.copyOf(byName.values());
    }
    for (PushStream stream : all) {
      stream.receivers().forEach(receiver -> receiver.check(nowNanos));
    }
  }

  /** Ends its thread. */
  @Override
  public void close() {
    clock.shutdownNow();
  }
}
