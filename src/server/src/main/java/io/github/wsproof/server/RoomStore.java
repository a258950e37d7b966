package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.resps.StreamEntry;

/**
 * Rooms in the store: what any server's members publish goes through one log for each room, which
 * every server with members of it follows.
 *
 * <p>While Redis is away, what is published is refused, and who joins is, too. What was on its way
 * when Redis went is looked for when it is back: it is there, and comes to all, or its publisher is
 * told that it was refused.
 *
 * <p>Thread-safe.
 */
final class RoomStore implements Store.Tenant {
  /** What the publisher of a message is told while Redis is away. */
  static final String AWAY = "the store of the rooms is away; publish it again later";

  private static final Logger LOGGER = Logger.getLogger(RoomStore.class.getName());
  private static final int MOST_LATE = 100_000;
  private static final int FOUND_AT_ONCE = 1_000;
  private static final int MOST_SEARCHED = 100_000;

  /** What a broken connection has sent may be done so much later. */
  private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final String SERVER_FIELD = "o";
  private static final Pattern MESSAGE =
      Pattern.compile(
          "\\{\"seq\":(\\d+),\"random\":(-?\\d+),\"member\":\"([^\"]*)\",\"n\":(\\d+),"
              + "\"text\":\"(.*)\",\"crc\":\"[0-9a-f]{8}\"}",
          Pattern.DOTALL);
  private static final Pattern EVENT =
      Pattern.compile("\\{\"seq\":(\\d+),\"event\":\"([jl]).*\"member\":\"([^\"]*)\",\"crc\":.*");

  /** Is told, on the store's thread, whether a member was taken. */
  interface Joined {
    /** Taken, or refused. */
    void joined(Refusal refusal);
  }

  private final Store store;
  private final RoomSettings settings;
  private final Rooms rooms;
  private final Presence presence;

  /** Those that are followed. */
  private final Map<String, Room> followed = new ConcurrentHashMap<>();

  // Of the store's thread.
  private String openScript;
  private String appendScript;
  private long unsureSinceNanos;

  /** Written, and Redis went before it answered; the reader takes out what it sees. */
  private final Map<String, Append> unsure = new ConcurrentHashMap<>();

  /** Leaves that are still to be told. */
  private final List<Append> late = new ArrayList<>();

  private long ids;

  RoomStore(Store store, RoomSettings settings, Rooms rooms) {
    this.store = store;
    this.settings = settings;
    this.rooms = rooms;
    this.presence = new Presence(store, this, settings);
    store.add(this);
  }

  private final class Join implements Store.Task {
    private final Room room;
    private final StreamReceiver receiver;
    private final RoomRequest wanted;
    private final Joined joined;

    /** Null as long as it is not known whether it is taken. */
    private Append come;

    Join(Room room, StreamReceiver receiver, RoomRequest wanted, Joined joined) {
      this.room = room;
      this.receiver = receiver;
      this.wanted = wanted;
      this.joined = joined;
    }

    @Override
    public void execute(Jedis redis, List<Store.Task> these) {
      List<?> opened = open(redis, room, newRun());
      if (opened == null) {
        joined.joined(new Refusal(503, 1013, "the room has just begun anew", "room"));
        return;
      }
      long next = Long.parseLong((String) opened.get(1));
      Refusal refusal = room.admit(wanted, next, settings.members());
      if (refusal == null) {
        if ((Long) opened.get(2) == 0) {
          room.skipTo(next);
        }
        boolean isNew = followed.put(room.name, room) == null;
        store.follow(room);
        come = new Append(room, null, "j", null, wanted.member(), 0, 0, "");
        append(redis, List.of(come));
        room.sitWhenRead(receiver, wanted, next, come.id);
        if (isNew && presence.isSure()) {
          presence.tellGone(redis, room);
        }
      }
      joined.joined(refusal);
    }

    @Override
    public void refuse() {
      joined.joined(away());
    }

    /** If all were told that it has come, they are told that it has gone. */
    @Override
    public void broke() {
      refuse();
      if (come != null) {
        left(room, wanted.member(), come.id);
      }
    }
  }

  private final class Append implements Store.Task {
    private final Room room;

    /** Who is told if it is refused, or null: an event. */
    private final StreamReceiver receiver;

    /** Tells it from all others. */
    private final String id;

    private final String kind;

    /** Of one who goes: which member of this server that was; else null. */
    private final String seat;

    private final String member;
    private final long number;
    private final long random;
    private final String text;

    Append(
        Room room,
        StreamReceiver receiver,
        String kind,
        String seat,
        String member,
        long number,
        long random,
        String text) {
      this.room = room;
      this.receiver = receiver;
      this.id = store.server + ":" + nextId();
      this.kind = kind;
      this.seat = seat;
      this.member = member;
      this.number = number;
      this.random = random;
      this.text = text;
    }

    @Override
    public int together(List<Store.Task> these) {
      int count = 1;
      while (count < these.size() && these.get(count) instanceof Append) {
        count++;
      }
      return count;
    }

    @Override
    public void execute(Jedis redis, List<Store.Task> these) {
      List<Append> some = new ArrayList<>();
      for (Store.Task task : these) {
        Append append = (Append) task;
        // One who was not taken as a member may have published meanwhile.
        if (append.receiver == null || !append.receiver.isRefused()) {
          some.add(append);
        }
      }
      append(redis, some);
    }

    @Override
    public void refuse() {
      refuse(AWAY);
    }

    /** It is looked for when Redis is back. */
    @Override
    public void broke() {}

    void refuse(String why) {
      if (receiver != null) {
        receiver.tell(RoomMessages.refused(number, why));
        rooms.refused();
      } else if (kind.equals("l") && late.size() < MOST_LATE) {
        late.add(this);
      }
    }

    List<String> arguments() {
      return List.of(
          room.run(),
          livesMillis(),
          String.valueOf(settings.messages()),
          String.valueOf(1000 * settings.ageSeconds()),
          kind.equals("j") ? id : seat == null ? "" : seat,
          kind,
          member,
          SERVER_FIELD,
          id,
          "k",
          kind,
          "m",
          member,
          "n",
          String.valueOf(number),
          "r",
          String.valueOf(random),
          "x",
          text);
    }
  }

  private synchronized long nextId() {
    return ids++;
  }

  private final class Touch implements Store.Task {
    private final Room room;

    Touch(Room room) {
      this.room = room;
    }

    @Override
    public void execute(Jedis redis, List<Store.Task> these) {
      open(redis, room, newRun());
    }

    /** The next one comes in time. */
    @Override
    public void refuse() {}
  }

  /** Takes a member as soon as what its room keeps has been read. */
  void join(Room room, StreamReceiver receiver, RoomRequest wanted, Joined joined) {
    if (!store.offer(new Join(room, receiver, wanted, joined))) {
      joined.joined(away());
    }
  }

  private static Refusal away() {
    return new Refusal(503, 1013, "the store of the rooms is away; try again later", "store");
  }

  /** Adds what a member has published; it is refused if it cannot be. */
  void publish(
      Room room, StreamReceiver receiver, String member, long number, long random, String text) {
    if (!store.offer(new Append(room, receiver, "m", null, member, number, random, text))) {
      receiver.tell(
          RoomMessages.refused(
              number,
              "more is published than the store of the rooms takes; publish it again later"));
    }
  }

  /**
   * Adds that a member has gone.
   *
   * @param seat as it was told to the room
   */
  void left(Room room, String member, String seat) {
    if (!store.offer(new Append(room, null, "l", seat, member, 0, 0, ""))) {
      LOGGER.warning(() -> "not told in the room " + room.name + ": " + member + " has left");
    }
  }

  /** Follows a room no more. */
  void forget(Room room) {
    followed.remove(room.name, room);
    store.forget(room);
  }

  /** Keeps the rooms that have members. */
  void touch(Collection<Room> occupied) {
    occupied.forEach(room -> store.offer(new Touch(room)));
  }

  /** What has been read from a room's log: it was written. */
  void seen(List<StreamEntry> entries) {
    if (!unsure.isEmpty()) {
      entries.forEach(entry -> unsure.remove(entry.getFields().get(SERVER_FIELD)));
    }
  }

  /** The key of a room's log. */
  static String logKey(Room room) {
    return key(room, "log");
  }

  private static String key(Room room, String what) {
    return "wsproof:{" + room.name + "}:" + what;
  }

  /** The keys of a room, as the scripts have them. */
  static List<String> keys(Room room) {
    return List.of(key(room, "run"), key(room, "next"), key(room, "log"), key(room, "members"));
  }

  private String livesMillis() {
    long seconds = settings.idleSeconds();
    long kept = Math.max(seconds, settings.ageSeconds());
    return String.valueOf(seconds == 0 || settings.ageSeconds() == 0 ? 0 : 1000 * kept);
  }

  @Override
  public void connected(Jedis redis, boolean again) {
    openScript = redis.scriptLoad(StoreScripts.OPEN);
    appendScript = redis.scriptLoad(StoreScripts.APPEND);
    if (again) {
      followed.values().forEach(room -> restore(redis, room));
    }
    presence.connected(redis);
  }

  @Override
  public void before(Jedis redis) {
    if (!unsure.isEmpty() && System.nanoTime() - unsureSinceNanos > SETTLE_NANOS) {
      findUnsure(redis);
    }
    if (!late.isEmpty()) {
      List<Append> some = List.copyOf(late);
      late.clear();
      append(redis, some);
    }
    presence.look(redis);
  }

  /** Those rooms that are followed, and have members here or had some. */
  Collection<Room> followed() {
    return followed.values();
  }

  /**
   * Gives back to Redis what this server has got of a room and Redis has lost: with {@code
   * appendfsync everysec} a Redis that is killed forgets what it has answered in the last seconds.
   */
  private void restore(Jedis redis, Room room) {
    List<?> opened = open(redis, room, room.run());
    if (opened == null) {
      return;
    }
    long next = Long.parseLong((String) opened.get(1));
    Pipeline pipeline = redis.pipelined();
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

  /**
   * Finds a room in Redis, or begins it; null if that is not the room that it was here.
   *
   * @param run of a room that is begun
   */
  private List<?> open(Jedis redis, Room room, String run) {
    Object answer = redis.evalsha(openScript, keys(room), List.of(run, livesMillis()));
    List<?> opened = (List<?>) answer;
    if (!room.isRun((String) opened.get(0))) {
      forget(room);
      rooms.ended(room);
      return null;
    }
    return opened;
  }

  private static String newRun() {
    return String.format("%08x", ThreadLocalRandom.current().nextInt());
  }

  private void append(Jedis redis, List<Append> appends) {
    Pipeline pipeline = redis.pipelined();
    List<Response<Object>> answers = new ArrayList<>();
    int sure = 0;
    try {
      for (Append append : appends) {
        answers.add(pipeline.evalsha(appendScript, keys(append.room), append.arguments()));
      }
      pipeline.sync();
      while (sure < appends.size()) {
        int at = sure++;
        answered(appends.get(at), answers.get(at));
      }
    } catch (JedisException e) {
      // Nobody knows which of them were done: looked for when Redis is back.
      unsureSinceNanos = System.nanoTime();
      for (Append append : appends.subList(sure, appends.size())) {
        unsure.put(append.id, append);
      }
      throw e;
    }
  }

  private void answered(Append append, Response<Object> answer) {
    try {
      if ((Long) answer.get() < 0) {
        if (append.receiver != null) {
          append.refuse("the room has begun anew");
        }
        forget(append.room);
        rooms.ended(append.room);
      }
    } catch (JedisDataException e) {
      // It said no: it has not done it.
      append.refuse();
      throw new JedisConnectionException(e.getMessage(), e);
    }
  }

  /** What was on its way when Redis went is in the log, or it is refused. */
  private void findUnsure(Jedis redis) {
    Map<Room, List<Append>> byRoom = new HashMap<>();
    unsure.values().forEach(a -> byRoom.computeIfAbsent(a.room, r -> new ArrayList<>()).add(a));
    byRoom.forEach((room, wanted) -> findUnsure(redis, room, wanted));
  }

  private void findUnsure(Jedis redis, Room room, List<Append> wanted) {
    Map<String, Append> open = new HashMap<>();
    wanted.forEach(append -> open.put(append.id, append));
    StreamEntryID to = StreamEntryID.MAXIMUM_ID;
    for (int searched = 0; !open.isEmpty() && searched < MOST_SEARCHED; ) {
      List<StreamEntry> entries =
          redis.xrevrange(key(room, "log"), to, StreamEntryID.MINIMUM_ID, FOUND_AT_ONCE);
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
    wanted.forEach(append -> unsure.remove(append.id));
    open.values().forEach(Append::refuse);
  }
}
