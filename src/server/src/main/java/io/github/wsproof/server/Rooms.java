package io.github.wsproof.server;

import jakarta.websocket.CloseReason.CloseCodes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * The rooms of a deployment, in memory or in a store that several servers share. A room begins with
 * its first member, and ends when nobody has been there for a while. Thread-safe.
 */
final class Rooms {
  private static final long TOUCH_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final RoomSettings settings;
  private final EchoSettings echo;
  private final Figures figures;
  private final Map<String, Room> byName = new HashMap<>();
  private final AtomicLong keptBytes = new AtomicLong();
  private final LongAdder published = new LongAdder();
  private final LongAdder closedSlow = new LongAdder();
  private final LongAdder refused = new LongAdder();

  /** Both null where rooms are in memory. */
  private final Store shared;

  private final RoomStore store;

  private long touchedNanos = System.nanoTime();

  /**
   * @param shared the store that they are in, or null: in memory
   */
  Rooms(RoomSettings settings, Store shared, EchoSettings echo, Figures figures) {
    this.settings = settings;
    this.echo = echo;
    this.figures = figures;
    this.shared = shared;
    this.store = shared == null ? null : new RoomStore(shared, settings, this);
    figures.add(this);
  }

  /**
   * The room that is wanted, or why it is not to be had.
   *
   * @param room null where it is refused
   * @param refusal null where it is not
   */
  record Entry(Room room, Refusal refusal) {}

  /** Finds a room, or begins it. */
  synchronized Entry enter(RoomRequest wanted) {
    Room room = byName.get(wanted.room());
    Refusal refusal = null;
    if (room == null) {
      if (store == null && wanted.from() > 0 && wanted.run() == null) {
        refusal = violation("there is nothing in this room yet: from=" + wanted.from());
      } else if (byName.size() >= settings.rooms()) {
        refusal =
            new Refusal(
                503,
                CloseCodes.TRY_AGAIN_LATER.getCode(),
                "the server has its " + settings.rooms() + " rooms",
                "rooms");
      } else {
        String run =
            store == null ? String.format("%08x", ThreadLocalRandom.current().nextInt()) : null;
        room = new Room(wanted.room(), run, this, store, settings, System.nanoTime());
        byName.put(wanted.room(), room);
      }
    }
    return refusal == null ? new Entry(room, null) : refused(refusal);
  }

  private Entry refused(Refusal refusal) {
    figures.refused(refusal.cause());
    return new Entry(null, refusal);
  }

  /**
   * Takes a member of a room, now or, where rooms are in a store, on another thread as soon as that
   * has answered.
   */
  void join(Room room, StreamReceiver receiver, RoomRequest wanted, RoomStore.Joined joined) {
    RoomStore.Joined counted =
        refusal -> {
          if (refusal != null) {
            figures.refused(refusal.cause());
          }
          joined.joined(refusal);
        };
    if (store == null) {
      counted.joined(room.join(receiver, wanted, settings.members(), System.nanoTime()));
    } else {
      store.join(room, receiver, wanted, counted);
    }
  }

  /** A room is not what it was in the store: whoever comes next finds what there is now. */
  void ended(Room room) {
    synchronized (this) {
      byName.remove(room.name, room);
    }
    keptBytes.addAndGet(-room.keptBytes());
    room.end();
  }

  /** Whether rooms are where they are to be: in memory, or in a store that answers. */
  boolean isUp() {
    return shared == null || shared.isUp();
  }

  void refused() {
    refused.increment();
  }

  /** How many messages were refused because the store was away. */
  long refusedMessages() {
    return refused.sum();
  }

  static Refusal violation(String sentence) {
    return new Refusal(400, CloseCodes.VIOLATED_POLICY.getCode(), sentence, "room");
  }

  /** The random number of a message. */
  long random(RandomGenerator generator) {
    return generator.nextLong(echo.min(), echo.max() + 1);
  }

  void published() {
    published.increment();
  }

  void closedSlow() {
    closedSlow.increment();
  }

  /** What is kept has grown. */
  void kept(long bytes) {
    keptBytes.addAndGet(bytes);
  }

  /** Lets the room that keeps most let go of some, as long as all keep too much. */
  void shrink() {
    while (keptBytes.get() > settings.bytes()) {
      Room largest = largest();
      if (largest == null || largest.keptBytes() == 0) {
        return;
      }
      largest.dropSome();
    }
  }

  private synchronized Room largest() {
    return byName.values().stream().max(Comparator.comparingLong(Room::keptBytes)).orElse(null);
  }

  /** How many there are. */
  synchronized int count() {
    return byName.size();
  }

  /** How many members all have. */
  int members() {
    return all().stream().mapToInt(Room::memberCount).sum();
  }

  /** What they keep takes about so much memory. */
  long keptBytes() {
    return keptBytes.get();
  }

  /** How many messages were published. */
  long publishedMessages() {
    return published.sum();
  }

  /** How many members were closed for being too slow. */
  long membersClosedSlow() {
    return closedSlow.sum();
  }

  private synchronized List<Room> all() {
    return List.copyOf(byName.values());
  }

  /** Ends rooms that nobody is in, and members that do not read. */
  void sweep(long nowNanos) {
    long idleNanos = TimeUnit.SECONDS.toNanos(settings.idleSeconds());
    List<Room> rest;
    synchronized (this) {
      byName
          .values()
          .removeIf(
              room -> {
                boolean ends = room.endsIdle(idleNanos, nowNanos);
                if (ends && store != null) {
                  store.forget(room);
                }
                return ends;
              });
      rest = all();
    }
    if (store != null && nowNanos - touchedNanos > TOUCH_NANOS) {
      touchedNanos = nowNanos;
      store.touch(rest.stream().filter(room -> room.memberCount() > 0).toList());
    }
    rest.forEach(room -> room.check(nowNanos));
  }
}
