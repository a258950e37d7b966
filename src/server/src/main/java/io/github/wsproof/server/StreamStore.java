package io.github.wsproof.server;

import jakarta.websocket.CloseReason.CloseCodes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import redis.clients.jedis.Jedis;

/**
 * Streams in the store: what any server makes goes into one log for each stream, which every server
 * with receivers of it follows.
 *
 * <p>While Redis is away nothing is made, and who comes is refused. What Redis has forgotten when
 * it is back, the servers give back.
 *
 * <p>Thread-safe.
 */
final class StreamStore implements Store.Tenant {
  /** Messages of an entry: they share what an entry costs. */
  private static final int ENTRY = 1_000;

  private static final long MICROS_PER_NANO = 1_000;

  private final Store store;
  private final StreamSettings settings;
  private final Streams streams;

  // Of the store's thread.
  private String openScript;
  private String makeScript;

  StreamStore(Store store, StreamSettings settings, Streams streams) {
    this.store = store;
    this.settings = settings;
    this.streams = streams;
    store.add(this);
  }

  /**
   * A stream as it is in Redis.
   *
   * @param startNanos when it was started, by this server's clock
   * @param length 0 = without end
   * @param next the next message to be made
   * @param first the first that is kept
   * @param begun whether it was begun by this server just now
   */
  record Opened(
      String name,
      String run,
      double rate,
      long length,
      long startNanos,
      long next,
      long first,
      boolean begun) {}

  /** Is told, on the store's thread, what came of opening. */
  interface Answer {
    /**
     * @param stream null if there is none, or it is refused
     */
    void answered(StoredStream stream, Refusal refusal);
  }

  static Refusal away() {
    return new Refusal(
        503,
        CloseCodes.TRY_AGAIN_LATER.getCode(),
        "the store of the streams is away; try again later",
        "store");
  }

  /** Whether it makes sense to wait for an answer. */
  boolean isPrompt() {
    return store.isPrompt();
  }

  /** Tells this server from others. */
  String server() {
    return store.server;
  }

  /**
   * Finds a stream, or begins it.
   *
   * @param begins whether it is begun if there is none
   * @param lasting whether it may be one more than there may be
   */
  void open(String name, double rate, long length, boolean begins, boolean lasting, Answer answer) {
    if (!store.offer(new Open(name, rate, length, begins, lasting, answer))) {
      answer.answered(null, away());
    }
  }

  private final class Open implements Store.Task {
    private final String name;
    private final double rate;
    private final long length;
    private final boolean begins;
    private final boolean lasting;
    private final Answer answer;

    Open(String name, double rate, long length, boolean begins, boolean lasting, Answer answer) {
      this.name = name;
      this.rate = rate;
      this.length = length;
      this.begins = begins;
      this.lasting = lasting;
      this.answer = answer;
    }

    @Override
    public void execute(Jedis redis, List<Store.Task> these) {
      Refusal refusal = lasting ? null : streams.refusal(name);
      if (refusal != null) {
        answer.answered(null, refusal);
        return;
      }
      Opened opened =
          StreamStore.this.open(redis, name, begins ? Streams.newRun() : "", rate, length, 0);
      answer.answered(opened == null ? null : streams.found(opened), null);
    }

    @Override
    public void refuse() {
      answer.answered(null, away());
    }
  }

  private static List<String> keys(String name) {
    return List.of("wsproof:stream:{" + name + "}:meta", logKey(name));
  }

  /** The key of a stream's log. */
  static String logKey(String name) {
    return "wsproof:stream:{" + name + "}:log";
  }

  private String livesMillis() {
    return settings.idleSeconds() == 0 ? "-1" : String.valueOf(1000 * settings.idleSeconds());
  }

  private String ageMillis() {
    return String.valueOf(1000 * settings.ageSeconds());
  }

  /** Null if there is none and none is begun. */
  private Opened open(
      Jedis redis, String name, String run, double rate, long length, long elapsedNanos) {
    List<String> arguments =
        List.of(
            run,
            String.valueOf(rate),
            String.valueOf(length),
            String.valueOf(elapsedNanos / MICROS_PER_NANO),
            livesMillis(),
            ageMillis());
    List<?> found = (List<?>) redis.evalsha(openScript, keys(name), arguments);
    if (found == null) {
      return null;
    }
    return new Opened(
        name,
        (String) found.get(0),
        Double.parseDouble((String) found.get(1)),
        Long.parseLong((String) found.get(2)),
        System.nanoTime() - MICROS_PER_NANO * (Long) found.get(3),
        (Long) found.get(4),
        (Long) found.get(5),
        run.equals(found.get(0)));
  }

  /** Follows a stream from now on. */
  void follow(StoredStream stream) {
    store.follow(stream);
  }

  void forget(StoredStream stream) {
    store.forget(stream);
  }

  /**
   * Makes messages, if the next one still is what the stream takes it for; the stream is told.
   *
   * @param next that one
   * @return false if too much is queued
   */
  boolean make(StoredStream stream, long next, long[] randoms) {
    return store.offer(new Make(stream, next, randoms));
  }

  private final class Make implements Store.Task {
    private final StoredStream stream;
    private final long next;
    private final long[] randoms;

    Make(StoredStream stream, long next, long[] randoms) {
      this.stream = stream;
      this.next = next;
      this.randoms = randoms;
    }

    @Override
    public void execute(Jedis redis, List<Store.Task> these) {
      Made made = add(redis, stream, next, next, randoms);
      if (made == null) {
        streams.ended(stream);
        return;
      }
      stream.made(next, made.added() ? randoms : null, made.next(), made.first());
      if (made.next() < stream.ownNext()) {
        restore(redis, stream);
      }
    }

    @Override
    public void refuse() {
      stream.notMade(System.nanoTime());
    }
  }

  private record Made(boolean added, long next, long first) {}

  /** Null if it is another run by now. */
  private Made add(Jedis redis, StoredStream stream, long next, long from, long[] randoms) {
    List<String> arguments = new ArrayList<>();
    arguments.add(stream.messages.run());
    arguments.add(String.valueOf(next));
    arguments.add(String.valueOf(from));
    arguments.add(String.valueOf(settings.messages()));
    arguments.add(ageMillis());
    arguments.add(store.server);
    for (int at = 0; at < randoms.length; at += ENTRY) {
      int end = Math.min(randoms.length, at + ENTRY);
      StringBuilder entry = new StringBuilder(4 * ENTRY);
      for (int i = at; i < end; i++) {
        entry.append(i == at ? "" : ",").append(randoms[i]);
      }
      arguments.add(String.valueOf(end - at));
      arguments.add(entry.toString());
    }
    List<?> made = (List<?>) redis.evalsha(makeScript, keys(stream.messages.name()), arguments);
    long how = (Long) made.get(0);
    return how < 0 ? null : new Made(how > 0, (Long) made.get(1), (Long) made.get(2));
  }

  @Override
  public void connected(Jedis redis, boolean again) {
    openScript = redis.scriptLoad(StreamScripts.OPEN);
    makeScript = redis.scriptLoad(StreamScripts.MAKE);
    if (again) {
      streams.stored().forEach(stream -> restore(redis, stream));
    }
  }

  /**
   * Gives back to Redis what this server has got of a stream and Redis has lost: with {@code
   * appendfsync everysec} a Redis that is killed forgets what it has answered in the last seconds.
   */
  private void restore(Jedis redis, StoredStream stream) {
    Opened opened =
        open(
            redis,
            stream.messages.name(),
            stream.messages.run(),
            stream.rate,
            stream.length == Long.MAX_VALUE ? 0 : stream.length,
            stream.elapsedNanos(System.nanoTime()));
    if (!opened.run().equals(stream.messages.run())) {
      streams.ended(stream);
      return;
    }
    Made now = new Made(false, opened.next(), opened.first());
    while (now != null && now.next() < stream.ownNext()) {
      // In one step: who makes meanwhile would make other messages of the same numbers.
      StoredStream.Rest rest = stream.since(now.next());
      now = add(redis, stream, now.next(), rest.from(), rest.randoms());
    }
    if (now == null) {
      streams.ended(stream);
    } else {
      stream.restored(now.next(), now.first());
    }
  }

  /** Keeps streams that have receivers, and finds those that have gone. */
  void touch(Collection<StoredStream> received) {
    received.forEach(stream -> store.offer(new Touch(stream)));
  }

  private final class Touch implements Store.Task {
    private final StoredStream stream;

    Touch(StoredStream stream) {
      this.stream = stream;
    }

    @Override
    public void execute(Jedis redis, List<Store.Task> these) {
      Opened opened = open(redis, stream.messages.name(), "", 0, 0, 0);
      if (opened == null || !opened.run().equals(stream.messages.run())) {
        streams.ended(stream);
      }
    }

    /** The next one comes in time. */
    @Override
    public void refuse() {}
  }
}
