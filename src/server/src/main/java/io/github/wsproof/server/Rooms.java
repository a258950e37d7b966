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
 * The rooms of a deployment, in memory. A room begins with its first member, and ends when nobody
 * has been there for a while. Thread-safe.
 */
final class Rooms {
  private final RoomSettings settings;
  private final EchoSettings echo;
  private final Figures figures;
  private final Map<String, Room> byName = new HashMap<>();
  private final AtomicLong keptBytes = new AtomicLong();
  private final LongAdder published = new LongAdder();
  private final LongAdder closedSlow = new LongAdder();

  Rooms(RoomSettings settings, EchoSettings echo, Figures figures) {
    this.settings = settings;
    this.echo = echo;
    this.figures = figures;
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
      if (wanted.from() > 0 && wanted.run() == null) {
        refusal = violation("there is nothing in this room yet: from=" + wanted.from());
      } else if (byName.size() >= settings.rooms()) {
        refusal =
            new Refusal(
                503,
                CloseCodes.TRY_AGAIN_LATER.getCode(),
                "the server has its " + settings.rooms() + " rooms",
                "rooms");
      } else {
        String run = String.format("%08x", ThreadLocalRandom.current().nextInt());
        room = new Room(wanted.room(), run, this, settings, System.nanoTime());
        byName.put(wanted.room(), room);
      }
    }
    if (room != null && wanted.run() != null && !wanted.run().equals(room.run)) {
      refusal =
          violation("run " + wanted.run() + " has ended; this is run " + room.run + ", from=0");
    }
    return refusal == null ? new Entry(room, null) : refused(refusal);
  }

  private Entry refused(Refusal refusal) {
    figures.refused(refusal.cause());
    return new Entry(null, refusal);
  }

  /** Takes a member of a room; says why not, or null. */
  Refusal join(Room room, StreamReceiver receiver, RoomRequest wanted) {
    Refusal refusal = room.join(receiver, wanted, settings.members(), System.nanoTime());
    if (refusal != null) {
      figures.refused(refusal.cause());
    }
    return refusal;
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
      byName.values().removeIf(room -> room.endsIdle(idleNanos, nowNanos));
      rest = all();
    }
    rest.forEach(room -> room.check(nowNanos));
  }
}
