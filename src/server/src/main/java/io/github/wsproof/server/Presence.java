package io.github.wsproof.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import redis.clients.jedis.Jedis;

/**
 * Which servers are there: each says so every two seconds. Of one that has said nothing for eight,
 * a server tells in the rooms that it has members of that those of the other have left; the store
 * takes each such word once.
 *
 * <p>A server that finds that it was away for so long closes the members that were said to have
 * left: they come again.
 *
 * <p>Owned by the store's thread.
 */
final class Presence {
  private static final Logger LOGGER = Logger.getLogger(Presence.class.getName());
  private static final String SERVERS = "wsproof:servers";
  private static final long BEAT_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long GONE_MILLIS = 8_000;

  /** When Redis was away, or this server, the others have so long to say that they are there. */
  private static final long SURE_NANOS = TimeUnit.MILLISECONDS.toNanos(GONE_MILLIS);

  private final Store store;
  private final RoomStore rooms;
  private final RoomSettings settings;
  private String beatScript;
  private String goneScript;
  private long beatNanos;
  private long sureFromNanos;

  /** Whether it has been told of those who were gone when this server came. */
  private boolean swept;

  /** Servers that are gone, and of whose members it has been told. */
  private Set<String> told = new HashSet<>();

  Presence(Store store, RoomStore rooms, RoomSettings settings) {
    this.store = store;
    this.rooms = rooms;
    this.settings = settings;
  }

  /** Redis is there, or there again, and has got back what it has forgotten. */
  void connected(Jedis redis) {
    beatScript = redis.scriptLoad(StoreScripts.BEAT);
    goneScript = redis.scriptLoad(StoreScripts.GONE);
    sureFromNanos = System.nanoTime() + SURE_NANOS;
    if (beat(redis) <= GONE_MILLIS) {
      rooms
          .followed()
          .forEach(
              room ->
                  forgotten(redis, room)
                      .forEach(
                          (seat, member) -> redis.hset(RoomStore.keys(room).get(3), seat, member)));
    }
  }

  /** Called a few times a second. */
  void look(Jedis redis) {
    if (System.nanoTime() - beatNanos > BEAT_NANOS) {
      beat(redis);
    }
  }

  /** Whether a server that is not heard of is gone. */
  boolean isSure() {
    return System.nanoTime() - sureFromNanos >= 0;
  }

  /** Returns how many milliseconds after the last time; less than 0: for the first time. */
  private long beat(Jedis redis) {
    List<?> answer =
        (List<?>)
            redis.evalsha(
                beatScript, List.of(SERVERS), List.of(store.server, String.valueOf(GONE_MILLIS)));
    beatNanos = System.nanoTime();
    long awayMillis = (Long) answer.get(0);
    if (awayMillis > GONE_MILLIS) {
      sureFromNanos = beatNanos + SURE_NANOS;
      rooms.followed().forEach(room -> room.closeSeats(forgotten(redis, room).keySet()));
    }
    Set<String> gone = new HashSet<>();
    ((List<?>) answer.get(1)).forEach(server -> gone.add((String) server));
    if (isSure() && (!swept || !told.containsAll(gone))) {
      swept = true;
      new ArrayList<>(rooms.followed()).forEach(room -> tellGone(redis, room));
      told = gone;
    }
    told.retainAll(gone);
    return awayMillis;
  }

  /** The members of this server that the store does not know of. */
  private static Map<String, String> forgotten(Jedis redis, Room room) {
    Map<String, String> seats = new HashMap<>(room.seats());
    seats.keySet().removeAll(redis.hkeys(RoomStore.keys(room).get(3)));
    return seats;
  }

  /** Tells that those members of a room have left whose servers are gone. */
  void tellGone(Jedis redis, Room room) {
    List<String> keys = new ArrayList<>(RoomStore.keys(room));
    keys.add(SERVERS);
    List<String> arguments =
        List.of(room.run(), String.valueOf(settings.messages()), String.valueOf(GONE_MILLIS));
    long count = (Long) redis.evalsha(goneScript, keys, arguments);
    if (count > 0) {
      LOGGER.info(
          () ->
              "told in the room "
                  + room.name
                  + ": "
                  + count
                  + " members of servers have left that are gone");
    }
  }
}
