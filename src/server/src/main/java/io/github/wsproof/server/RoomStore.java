package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.XReadParams;
import redis.clients.jedis.resps.StreamEntry;

/**
 * Rooms in Redis: what any server's members publish goes through one log for each room, which every
 * server with members of it follows.
 *
 * <p>One thread writes, one reads. Nobody else waits for Redis: what is to be written is queued.
 * While Redis is away, what is published is refused, and who joins is, too; the reader goes on from
 * the last message that it has. What was on its way when Redis went is looked for when it is back:
 * it is there, and comes to all, or its publisher is told that it was refused.
 *
 * <p>Thread-safe.
 */
final class RoomStore implements AutoCloseable {
  /** What the publisher of a message is told while Redis is away. */
  static final String AWAY = "the store of the rooms is away; publish it again later";

  private static final Logger LOGGER = Logger.getLogger(RoomStore.class.getName());
  private static final int CONNECT_MILLIS = 1_000;
  private static final int ANSWER_MILLIS = 5_000;

  /** A room that is followed from now on is read so much later at most. */
  private static final int BLOCK_MILLIS = 20;

  private static final long AGAIN_MILLIS = 250;
  private static final int MOST_QUEUED = 100_000;
  private static final int BATCH = 500;
  private static final int READ_AT_ONCE = 1_000;
  private static final int MOST_SEARCHED = 100_000;

  /** What a broken connection has sent may be done so much later. */
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** So long the servers have to give back what a Redis that was restarted has lost. */
  private static final long RESTORE_NANOS = TimeUnit.MILLISECONDS.toNanos(600);

  /** So long after an answer it is taken for granted that Redis is still there. */
  private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private static final String SERVER_FIELD = "o";
  private static final Pattern MESSAGE =
      Pattern.compile(
          "\\{\"seq\":(\\d+),\"random\":(-?\\d+),\"member\":\"([^\"]*)\",\"n\":(\\d+),"
              + "\"text\":\"(.*)\",\"crc\":\"[0-9a-f]{8}\"}",
          Pattern.DOTALL);
  private static final Pattern EVENT =
      Pattern.compile("\\{\"seq\":(\\d+),\"event\":\"([jl]).*\"member\":\"([^\"]*)\",\"crc\":.*");

  private static final long CLOSE_BOUND_MILLIS = 2_000;

  /** What is to be done in Redis, in its order. */
  private sealed interface Task {}

  private record Join(Room room, StreamReceiver receiver, RoomRequest wanted, Joined joined)
      implements Task {}

  /** Is told, on the store's thread, whether a member was taken. */
  interface Joined {
    /** Taken, or refused. */
    void joined(Refusal refusal);
  }

  /**
   * @param receiver who is told if it is refused, or null: an event
   * @param id tells it from all others
   */
  private record Append(
      Room room,
      StreamReceiver receiver,
      String id,
      String kind,
      String member,
      long number,
      long random,
      String text)
      implements Task {}

  private record Touch(Room room) implements Task {}

  private final StoreConfig config;
  private final RoomSettings settings;
  private final Rooms rooms;
  private final String server = String.format("%08x", ThreadLocalRandom.current().nextInt());
  private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>(MOST_QUEUED);
  private final Map<String, Room> followed = new ConcurrentHashMap<>();
  private final Thread writer = Feeders.daemon(this::write, "rooms-write");
  private final Thread reader = Feeders.daemon(this::read, "rooms-read");
  private volatile boolean closed;
  private volatile boolean up;
  private volatile boolean told;

  /** The reader's connection has ended: the writer's has, too, and what it writes is in doubt. */
  private volatile boolean suspect;

  // Of the writer's thread.
  private Jedis writing;
  private String openScript;
  private String appendScript;
  private long triedNanos;
  private long brokenNanos;
  private long answeredNanos;
  private boolean connectedOnce;
  private long appendsFromNanos;

  /** Written, and Redis went before it answered; the reader takes out what it sees. */
  private final Map<String, Append> unsure = new ConcurrentHashMap<>();

  /** Leaves that are still to be told. */
  private final List<Append> late = new ArrayList<>();

  private long ids;

  RoomStore(StoreConfig config, RoomSettings settings, Rooms rooms) {
    this.config = config;
    this.settings = settings;
    this.rooms = rooms;
    this.triedNanos = System.nanoTime() - TimeUnit.SECONDS.toNanos(1);
    writer.start();
    reader.start();
  }

  /** Whether Redis answers. */
  boolean isUp() {
    return up;
  }

  /** Takes a member as soon as what its room keeps has been read. */
  void join(Room room, StreamReceiver receiver, RoomRequest wanted, Joined joined) {
    if (!tasks.offer(new Join(room, receiver, wanted, joined))) {
      joined.joined(away());
    }
  }

  private static Refusal away() {
    return new Refusal(503, 1013, "the store of the rooms is away; try again later", "store");
  }

  /** Adds what a member has published; it is refused if it cannot be. */
  void publish(
      Room room, StreamReceiver receiver, String member, long number, long random, String text) {
    if (!tasks.offer(append(room, receiver, "m", member, number, random, text))) {
      receiver.tell(
          RoomMessages.refused(
              number,
              "more is published than the store of the rooms takes; publish it again later"));
    }
  }

  /** Adds that a member has gone. */
  void left(Room room, String member) {
    if (!tasks.offer(append(room, null, "l", member, 0, 0, ""))) {
      LOGGER.warning(() -> "not told in the room " + room.name + ": " + member + " has left");
    }
  }

  private synchronized Append append(
      Room room,
      StreamReceiver receiver,
      String kind,
      String member,
      long number,
      long random,
      String text) {
    return new Append(room, receiver, server + ":" + ids++, kind, member, number, random, text);
  }

  /** Follows a room no more. */
  void forget(Room room) {
    followed.remove(room.name, room);
  }

  /** Keeps the rooms that have members. */
  void touch(Collection<Room> occupied) {
    occupied.forEach(room -> tasks.offer(new Touch(room)));
  }

  private static String key(Room room, String what) {
    return "wsproof:{" + room.name + "}:" + what;
  }

  private static List<String> keys(Room room) {
    return List.of(key(room, "run"), key(room, "next"), key(room, "log"));
  }

  private String livesMillis() {
    long seconds = settings.idleSeconds();
    long kept = Math.max(seconds, settings.ageSeconds());
    return String.valueOf(seconds == 0 || settings.ageSeconds() == 0 ? 0 : 1000 * kept);
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
      LOGGER.info(() -> "rooms are in " + config);
    } else if (changed && !closed) {
      LOGGER.warning(
          () ->
              "the store of the rooms cannot be reached: "
                  + config
                  + " ("
                  + cause(why)
                  + "); until it can, rooms refuse what is published and who joins; see wsproof.redis");
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
    while (!closed) {
      try {
        Task first = tasks.poll(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
        if (first != null) {
          batch.add(first);
          tasks.drainTo(batch, BATCH - 1);
        }
        write(batch);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOGGER.log(Level.WARNING, "the rooms' writer", e);
      }
      batch.clear();
    }
  }

  private void write(List<Task> batch) {
    if (!isWriting()) {
      batch.forEach(this::refuse);
      return;
    }
    int done = 0;
    try {
      if (System.nanoTime() - answeredNanos > FRESH_NANOS) {
        // What is written to a connection that has ended meanwhile would be in doubt.
        writing.ping();
      }
      if (!unsure.isEmpty() && System.nanoTime() - brokenNanos > SETTLE_NANOS) {
        findUnsure();
      }
      if (!late.isEmpty()) {
        List<Append> some = List.copyOf(late);
        late.clear();
        append(some);
      }
      while (done < batch.size()) {
        int from = done;
        if (batch.get(from) instanceof Append) {
          List<Append> run = new ArrayList<>();
          while (done < batch.size() && batch.get(done) instanceof Append append) {
            // One who was not taken as a member may have published meanwhile.
            if (append.receiver() == null || !append.receiver().isRefused()) {
              run.add(append);
            }
            done++;
          }
          append(run);
        } else {
          Task task = batch.get(done++);
          try {
            execute(task);
          } catch (JedisException e) {
            refuse(task);
            throw e;
          }
        }
      }
      answeredNanos = System.nanoTime();
      isUp(true, null);
    } catch (JedisException e) {
      broken(e);
      batch.subList(done, batch.size()).forEach(this::refuse);
    }
  }

  private boolean isWriting() {
    if (writing != null && suspect) {
      broken(new JedisConnectionException("the connection has ended"));
      triedNanos = brokenNanos - TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS);
    }
    suspect = false;
    if (writing != null) {
      return System.nanoTime() - appendsFromNanos >= 0;
    }
    if (System.nanoTime() - triedNanos < TimeUnit.MILLISECONDS.toNanos(AGAIN_MILLIS)) {
      return false;
    }
    triedNanos = System.nanoTime();
    try {
      Jedis jedis = connect();
      openScript = jedis.scriptLoad(StoreScripts.OPEN);
      appendScript = jedis.scriptLoad(StoreScripts.APPEND);
      writing = jedis;
      appendsFromNanos = System.nanoTime();
      if (connectedOnce) {
        followed.values().forEach(this::restore);
        appendsFromNanos = System.nanoTime() + RESTORE_NANOS;
      }
      connectedOnce = true;
      isUp(true, null);
      return System.nanoTime() - appendsFromNanos >= 0;
    } catch (JedisException e) {
      if (writing != null) {
        broken(e);
      }
      isUp(false, e);
      triedNanos = System.nanoTime();
      return false;
    }
  }

  /**
   * Gives back to Redis what this server has got of a room and Redis has lost: with {@code
   * appendfsync everysec} a Redis that is killed forgets what it has answered in the last seconds.
   */
  private void restore(Room room) {
    List<?> opened = open(room, room.run());
    if (opened == null) {
      return;
    }
    long next = Long.parseLong((String) opened.get(1));
    Pipeline pipeline = writing.pipelined();
    for (String text : room.since(next)) {
      pipeline.eval(StoreScripts.RESTORE, keys(room), restored(room, text));
    }
    pipeline.sync();
  }

  private static List<String> restored(Room room, String text) {
    Matcher message = MESSAGE.matcher(text);
    if (message.matches()) {
      return List.of(
          room.run(),
          String.valueOf(Long.parseLong(message.group(1)) + 1),
          SERVER_FIELD,
          "",
          "k",
          "m",
          "m",
          message.group(3),
          "n",
          message.group(4),
          "r",
          message.group(2),
          "x",
          RoomMessages.unquote(message.group(5)));
    }
    Matcher event = EVENT.matcher(text);
    if (!event.matches()) {
      throw new IllegalStateException("not of a room: " + text);
    }
    return List.of(
        room.run(),
        String.valueOf(Long.parseLong(event.group(1)) + 1),
        SERVER_FIELD,
        "",
        "k",
        event.group(2),
        "m",
        event.group(3));
  }

  private void broken(JedisException e) {
    brokenNanos = System.nanoTime();
    triedNanos = brokenNanos;
    try {
      writing.close();
    } catch (JedisException closing) {
      LOGGER.log(Level.FINE, "the connection had ended", closing);
    }
    writing = null;
    isUp(false, e);
  }

  private void refuse(Task task) {
    if (task instanceof Join join) {
      join.joined().joined(away());
    } else if (task instanceof Append append) {
      refuse(append, AWAY);
    }
  }

  private void refuse(Append append, String why) {
    if (append.receiver() != null) {
      append.receiver().tell(RoomMessages.refused(append.number(), why));
      rooms.refused();
    } else if (late.size() < MOST_QUEUED) {
      late.add(append);
    }
  }

  private void execute(Task task) {
    if (task instanceof Touch touch) {
      open(touch.room(), newRun());
    } else if (task instanceof Join join) {
      join(join);
    }
  }

  /**
   * Finds a room in Redis, or begins it; null if that is not the room that it was here.
   *
   * @param run of a room that is begun
   */
  private List<?> open(Room room, String run) {
    Object answer = writing.evalsha(openScript, keys(room), List.of(run, livesMillis()));
    List<?> opened = (List<?>) answer;
    if (!room.isRun((String) opened.get(0))) {
      followed.remove(room.name, room);
      rooms.ended(room);
      return null;
    }
    return opened;
  }

  private static String newRun() {
    return String.format("%08x", ThreadLocalRandom.current().nextInt());
  }

  private void join(Join join) {
    Room room = join.room();
    List<?> opened = open(room, newRun());
    if (opened == null) {
      join.joined().joined(new Refusal(503, 1013, "the room has just begun anew", "room"));
      return;
    }
    long next = Long.parseLong((String) opened.get(1));
    Refusal refusal = room.admit(join.wanted(), next, settings.members());
    if (refusal == null) {
      if ((Long) opened.get(2) == 0) {
        room.skipTo(next);
      }
      followed.put(room.name, room);
      append(List.of(append(room, null, "j", join.wanted().member(), 0, 0, "")));
      room.sitWhenRead(join.receiver(), join.wanted(), next);
    }
    join.joined().joined(refusal);
  }

  private void append(List<Append> appends) {
    Pipeline pipeline = writing.pipelined();
    List<Response<Object>> answers = new ArrayList<>();
    int sure = 0;
    try {
      for (Append append : appends) {
        answers.add(pipeline.evalsha(appendScript, keys(append.room()), arguments(append)));
      }
      pipeline.sync();
      while (sure < appends.size()) {
        int at = sure++;
        answered(appends.get(at), answers.get(at));
      }
    } catch (JedisException e) {
      // Nobody knows which of them were done: looked for when Redis is back.
      for (Append append : appends.subList(sure, appends.size())) {
        unsure.put(append.id(), append);
      }
      throw e;
    }
  }

  private void answered(Append append, Response<Object> answer) {
    try {
      if ((Long) answer.get() < 0) {
        if (append.receiver() != null) {
          refuse(append, "the room has begun anew");
        }
        followed.remove(append.room().name, append.room());
        rooms.ended(append.room());
      }
    } catch (JedisDataException e) {
      // It said no: it has not done it.
      refuse(append, AWAY);
      throw new JedisConnectionException(e.getMessage(), e);
    }
  }

  private List<String> arguments(Append append) {
    return List.of(
        append.room().run(),
        livesMillis(),
        String.valueOf(settings.messages()),
        String.valueOf(1000 * settings.ageSeconds()),
        SERVER_FIELD,
        append.id(),
        "k",
        append.kind(),
        "m",
        append.member(),
        "n",
        String.valueOf(append.number()),
        "r",
        String.valueOf(append.random()),
        "x",
        append.text());
  }

  /** What was on its way when Redis went is in the log, or it is refused. */
  private void findUnsure() {
    Map<Room, List<Append>> byRoom = new HashMap<>();
    unsure.values().forEach(a -> byRoom.computeIfAbsent(a.room(), r -> new ArrayList<>()).add(a));
    byRoom.forEach(this::findUnsure);
  }

  private void findUnsure(Room room, List<Append> wanted) {
    Map<String, Append> open = new HashMap<>();
    wanted.forEach(append -> open.put(append.id(), append));
    StreamEntryID to = StreamEntryID.MAXIMUM_ID;
    for (int searched = 0; !open.isEmpty() && searched < MOST_SEARCHED; ) {
      List<StreamEntry> entries =
          writing.xrevrange(key(room, "log"), to, StreamEntryID.MINIMUM_ID, READ_AT_ONCE);
      if (entries.isEmpty()) {
        break;
      }
      entries.forEach(entry -> open.remove(entry.getFields().get(SERVER_FIELD)));
      searched += entries.size();
      long last = entries.get(entries.size() - 1).getID().getTime();
      if (last <= 1) {
        break;
      }
      to = new StreamEntryID(last - 1, 0);
    }
    wanted.forEach(append -> unsure.remove(append.id()));
    open.values().forEach(append -> refuse(append, AWAY));
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
        LOGGER.log(Level.FINE, "the rooms' reader", e);
      } catch (RuntimeException e) {
        LOGGER.log(Level.WARNING, "the rooms' reader", e);
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
    Map<String, Room> byKey = new HashMap<>();
    for (Room room : followed.values()) {
      places.put(key(room, "log"), new StreamEntryID(room.nextToRead(), 0));
      byKey.put(key(room, "log"), room);
    }
    if (places.isEmpty()) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(BLOCK_MILLIS));
      return;
    }
    List<Map.Entry<String, List<StreamEntry>>> found =
        jedis.xread(XReadParams.xReadParams().count(READ_AT_ONCE).block(BLOCK_MILLIS), places);
    if (found == null) {
      return;
    }
    for (Map.Entry<String, List<StreamEntry>> log : found) {
      Room room = byKey.get(log.getKey());
      if (room != null) {
        room.read(log.getValue());
        if (!unsure.isEmpty()) {
          log.getValue().forEach(entry -> unsure.remove(entry.getFields().get(SERVER_FIELD)));
        }
      }
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
