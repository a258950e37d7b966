package io.github.wsproof.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntry;

/**
 * What several servers share in Redis: the logs of rooms and of streams, which every server follows
 * that has members or receivers of them.
 *
 * <p>One thread writes, one reads. Nobody else waits for Redis: what is to be done is queued. While
 * Redis is away, it is refused; the reader goes on from the last message that it has.
 *
 * <p>Thread-safe.
 */
final class Store implements AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger(Store.class.getName());
  private static final int CONNECT_MILLIS = 1_000;
  private static final int ANSWER_MILLIS = 5_000;

  /** What is followed from now on is read so much later at most. */
  private static final int BLOCK_MILLIS = 20;

  private static final long FIRST_ANSWER_MILLIS = 2_000;
  private static final long AGAIN_MILLIS = 250;
  private static final int MOST_QUEUED = 100_000;
  private static final int BATCH = 500;
  private static final int READ_AT_ONCE = 1_000;

  /** So long the servers have to give back what a Redis that was restarted has lost. */
  private static final long RESTORE_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

  /** So long after an answer it is taken for granted that Redis is still there. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** Redis that has not answered for so long is not waited for. */
  private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long CLOSE_BOUND_MILLIS = 2_000;

  /** Something to be done in Redis, in the order in which it was given. */
  interface Task {
    /** How many from the first of these on, which is this, are done together. */
    default int together(List<Task> these) {
      return 1;
    }

    /**
     * Does these, on the store's thread.
     *
     * @throws JedisException if Redis goes meanwhile
     */
    void execute(Jedis redis, List<Task> these);

    /** It was not begun: Redis is away. */
    void refuse();

    /** Redis has gone while it was done, and perhaps has done it. */
    default void broke() {
      refuse();
    }
  }

  /** Those who have something in the store; called on the store's thread. */
  interface Tenant {
    /** Redis is there for the first time, or again: then it may have forgotten what came last. */
    void connected(Jedis redis, boolean again);

    /** Before some tasks are done, and a few times a second where there are none. */
    default void before(Jedis redis) {}
  }

  /** A log that is read as it grows; called on the reader's thread. */
  interface Followed {
    /** Its key in Redis. */
    String logKey();

    /** The id behind which there is more to be read. */
    long place();

    /** Takes what is behind its place. */
    void read(List<StreamEntry> entries);
  }

  /** Tells this server from others, for as long as it runs. */
  final String server = String.format("%08x", ThreadLocalRandom.current().nextInt());

  private final StoreConfig config;
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>(MOST_QUEUED);
  private final List<Tenant> tenants = new CopyOnWriteArrayList<>();
  private final Map<String, Followed> followed = new ConcurrentHashMap<>();
  private final Thread writer = Feeders.daemon(this::write, "store-write");
  private final Thread reader = Feeders.daemon(this::read, "store-read");
  private final CountDownLatch asked = new CountDownLatch(1);
  private volatile boolean closed;
  private volatile boolean up;
  private volatile boolean told;

  /** Since when Redis is waited for, while it is. */
  private volatile long busySinceNanos;

  private volatile boolean busy;

  /** The reader's connection has ended: the writer's has, too, and what it writes is in doubt. */
  private volatile boolean suspect;

  // Of the writer's thread.
  private Jedis writing;
  private long triedNanos = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);
  private long answeredNanos;
  private boolean connectedOnce;
  private long tasksFromNanos;

  Store(StoreConfig config) {
    this.config = config;
  }

  /**
   * Begins, when all tenants are there; returns when Redis has answered, or has not for a while:
   * then whoever comes first need not wait for it.
   */
  void start() {
    writer.start();
    reader.start();
    try {
      if (!asked.await(FIRST_ANSWER_MILLIS, TimeUnit.MILLISECONDS)) {
        LOGGER.fine("the store has not answered yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void add(Tenant tenant) {
    tenants.add(tenant);
  }

  /** Whether Redis answers. */
  boolean isUp() {
    return up;
  }

  /** Whether Redis answers, and soon, or was not asked yet: who must not wait asks before. */
  boolean isPrompt() {
    return (up || !told) && !(busy && System.nanoTime() - busySinceNanos > STUCK_NANOS);
  }

  /** Does something as soon as it can be; false if too much is queued. */
  boolean offer(Task task) {
    return tasks.offer(task);
  }

  void follow(Followed log) {
    followed.put(log.logKey(), log);
  }

  void forget(Followed log) {
    followed.remove(log.logKey(), log);
  }

  private Jedis connect() {
    Jedis jedis =
        new Jedis(
            config.uri(),
            DefaultJedisClientConfig.builder()
                .connectionTimeoutMillis(CONNECT_MILLIS)
                .socketTimeoutMillis(ANSWER_MILLIS)
                .blockingSocketTimeoutMillis(ANSWER_MILLIS)
                .build());
    try {
      jedis.ping();
      return jedis;
    } catch (RuntimeException e) {
      jedis.close();
      throw e;
    }
  }

  private void isUp(boolean now, Throwable why) {
    boolean changed = up != now || !told;
    up = now;
    told = true;
    if (changed && now) {
      LOGGER.info(() -> "rooms and streams are in " + config);
    } else if (changed && !closed) {
      LOGGER.warning(
          () ->
              "the store of the rooms and streams cannot be reached: "
                  + config
                  + " ("
                  + cause(why)
                  + "); until it can, rooms refuse what is published, streams stand still, and who"
                  + " comes is refused; see wsproof.redis");
    }
  }

  private static String cause(Throwable why) {
    Throwable deepest = why;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? deepest.toString() : deepest.getMessage();
  }

  // The writer.

  private void write() {
    List<Task> batch = new ArrayList<>();
    long waitMillis = 0;
    while (!closed) {
      try {
        Task first = tasks.poll(waitMillis, TimeUnit.MILLISECONDS);
        waitMillis = AGAIN_MILLIS;
        if (first != null) {
          batch.add(first);
          tasks.drainTo(batch, BATCH - 1);
        }
        busySinceNanos = System.nanoTime();
        busy = true;
        write(batch);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOGGER.log(Level.WARNING, "the store's writer", e);
      }
      busy = false;
      asked.countDown();
      batch.clear();
    }
  }

  private void write(List<Task> batch) {
    if (!isWriting()) {
      batch.forEach(Task::refuse);
      return;
    }
    int done = 0;
    try {
      if (System.nanoTime() - answeredNanos > FRESH_NANOS) {
        // What is written to a connection that has ended meanwhile would be in doubt.
        writing.ping();
      }
      tenants.forEach(tenant -> tenant.before(writing));
      while (done < batch.size()) {
        List<Task> rest = batch.subList(done, batch.size());
        List<Task> these = rest.subList(0, rest.get(0).together(rest));
        done += these.size();
        execute(these);
        busySinceNanos = System.nanoTime();
      }
      answeredNanos = System.nanoTime();
      isUp(true, null);
    } catch (JedisException e) {
      broken(e);
      batch.subList(done, batch.size()).forEach(Task::refuse);
    }
  }

  private void execute(List<Task> these) {
    try {
      these.get(0).execute(writing, these);
    } catch (JedisException e) {
      these.forEach(Task::broke);
      throw e;
    }
  }

  private boolean isWriting() {
    if (writing != null && suspect) {
      broken(new JedisConnectionException("the connection has ended"));
      triedNanos -= TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS);
    }
    suspect = false;
    if (writing != null) {
      return System.nanoTime() - tasksFromNanos >= 0;
    }
    if (System.nanoTime() - triedNanos < TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS)) {
      return false;
    }
    triedNanos = System.nanoTime();
    try {
      writing = connect();
      tasksFromNanos = System.nanoTime();
      tenants.forEach(tenant -> tenant.connected(writing, connectedOnce));
      if (connectedOnce) {
        tasksFromNanos = System.nanoTime() + RESTORE_NANOS;
      }
      connectedOnce = true;
      isUp(true, null);
      return System.nanoTime() - tasksFromNanos >= 0;
    } catch (JedisException e) {
      if (writing != null) {
        broken(e);
      }
      isUp(false, e);
      triedNanos = System.nanoTime();
      return false;
    }
  }

  private void broken(JedisException e) {
    triedNanos = System.nanoTime();
    try {
      writing.close();
    } catch (JedisException closing) {
      LOGGER.log(Level.FINE, "the connection had ended", closing);
    }
    writing = null;
    isUp(false, e);
  }

  // The reader.

  private void read() {
    while (!closed) {
      try (Jedis jedis = connect()) {
        while (!closed) {
          readOnce(jedis);
        }
      } catch (JedisException e) {
        // The writer tells.
        suspect = true;
        LOGGER.log(Level.FINE, "the store's reader", e);
      } catch (RuntimeException e) {
        LOGGER.log(Level.WARNING, "the store's reader", e);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void readOnce(Jedis jedis) {
    Map<String, StreamEntryID> places = new HashMap<>();
    Map<String, Followed> byKey = new HashMap<>();
    for (Followed log : followed.values()) {
      places.put(log.logKey(), new StreamEntryID(log.place(), 0));
      byKey.put(log.logKey(), log);
    }
    if (places.isEmpty()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BLOCK_MILLIS));
      return;
    }
    List<Map.Entry<String, List<StreamEntry>>> found =
        jedis.xread(XReadParams.xReadParams().count(READ_AT_ONCE).block(BLOCK_MILLIS), places);
    if (found != null) {
      found.forEach(log -> byKey.get(log.getKey()).read(log.getValue()));
    }
  }

  @Override
  public void close() {
    // What has been published is written first.
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_BOUND_MILLIS);
    while (up && !tasks.isEmpty() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    closed = true;
    writer.interrupt();
    reader.interrupt();
    try {
      // A container takes the classes away when this has returned.
      writer.join(CLOSE_BOUND_MILLIS);
      reader.join(CLOSE_BOUND_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
