package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import jakarta.websocket.CloseReason.CloseCodes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import redis.clients.jedis.resps.StreamEntry;

/**
 * A room: one log of what its members publish, and of who comes and goes, that each member reads at
 * its own place.
 *
 * <p>A member that is slow holds up nobody: the log does not wait for it. When half of what a room
 * keeps was made since it came and it has not read it, it is closed with 1013, and can go on from
 * the message that it wants next, for the room still has that.
 *
 * <p>Thread-safe. The clock is a parameter: {@link System#nanoTime()}.
 */
final class Room implements Feed, Store.Followed {
  private static final int READ_BYTES = 64 * 1024;
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * A member, and the next message when it came: what is older it has asked for itself.
   *
   * @param seat what tells it from others in the store; null in memory
   */
  private record Member(String name, long since, String seat) {}

  /** One that is admitted, and sits down when all before a message has been read. */
  private record Coming(StreamReceiver receiver, RoomRequest wanted, long next, String seat) {}

  /** Its name, {@code <room>} or {@code <namespace>/<room>}. */
  final String name;

  private final Rooms rooms;

  /** Where it lives, or null: in memory. */
  private final RoomStore store;

  private final long tooFarBehind;

  /** Guarded by this, as all that follows. */
  private final RoomLog log;

  private volatile String run;
  private List<Coming> coming = List.of();

  /** Null while there are none: most rooms may be empty. */
  private Map<StreamReceiver, Member> members;

  private Set<StreamReceiver> waiting;
  private long emptySinceNanos;
  private boolean ended;

  /**
   * A room in which nothing has happened.
   *
   * @param run null where the store tells it
   * @param store where it lives, or null: in memory
   */
  Room(
      String name, String run, Rooms rooms, RoomStore store, RoomSettings settings, long nowNanos) {
    this.name = name;
    this.run = run;
    this.rooms = rooms;
    this.store = store;
    this.tooFarBehind = Math.max(1, settings.messages() / 2);
    this.emptySinceNanos = nowNanos;
    this.log =
        new RoomLog(settings.messages(), Math.round(settings.ageSeconds() * NANOS_PER_SECOND));
  }

  /** Tells it from a room that had its name before; null as long as the store has not told. */
  String run() {
    return run;
  }

  /** Whether that is its run, by what the store tells. */
  synchronized boolean isRun(String told) {
    if (run == null) {
      run = told;
    }
    return run.equals(told);
  }

  /**
   * Takes a member; what it is told first is its welcome. Of a room in memory.
   *
   * @return why not, or null
   */
  Refusal join(StreamReceiver receiver, RoomRequest wanted, int most, long nowNanos) {
    List<StreamReceiver> woken;
    synchronized (this) {
      long next = log.next();
      Refusal refusal = admit(wanted, next, most);
      if (refusal != null) {
        return refusal;
      }
      append(RoomMessages.joined(next, wanted.member()), nowNanos);
      woken = takeWaiting();
      sit(receiver, wanted, next, null);
      woken.add(receiver);
    }
    woken.forEach(StreamReceiver::wake);
    return null;
  }

  /**
   * Why one cannot be a member, or null.
   *
   * @param next the message that is made next
   */
  synchronized Refusal admit(RoomRequest wanted, long next, int most) {
    if (ended) {
      return new Refusal(
          503, CloseCodes.TRY_AGAIN_LATER.getCode(), "the room has just ended", "room");
    }
    if (wanted.run() != null && !wanted.run().equals(run)) {
      return Rooms.violation("run " + wanted.run() + " has ended; this is run " + run + ", from=0");
    }
    if (wanted.from() > next) {
      return Rooms.violation(
          "from must be at most " + next + ", the next message: from=" + wanted.from());
    }
    if (memberCount() >= most) {
      return new Refusal(
          503,
          CloseCodes.TRY_AGAIN_LATER.getCode(),
          "the room has its " + most + " members",
          "room-members");
    }
    return null;
  }

  private void sit(StreamReceiver receiver, RoomRequest wanted, long next, String seat) {
    if (members == null) {
      members = new LinkedHashMap<>();
      waiting = new LinkedHashSet<>();
    }
    receiver.begin(
        wanted.from() == RoomRequest.FROM_NOW_ON ? next : wanted.from(),
        RoomMessages.welcome(name, run, wanted.member(), Math.min(log.first(), next), next));
    members.put(receiver, new Member(wanted.member(), next, seat));
  }

  /** One that has been admitted sits down when the room has read all up to a message. */
  void sitWhenRead(StreamReceiver receiver, RoomRequest wanted, long next, String seat) {
    synchronized (this) {
      coming = coming.isEmpty() ? new ArrayList<>() : coming;
      coming.add(new Coming(receiver, wanted, next, seat));
    }
    seat();
  }

  private void seat() {
    List<StreamReceiver> seated = new ArrayList<>();
    synchronized (this) {
      if (coming.isEmpty()) {
        return;
      }
      coming.removeIf(
          one -> {
            boolean sits = one.next() <= log.next();
            if (sits) {
              sit(one.receiver(), one.wanted(), one.next(), one.seat());
              seated.add(one.receiver());
            }
            return sits;
          });
    }
    seated.forEach(StreamReceiver::wake);
  }

  /** Nothing before a message is kept in the store. */
  synchronized void skipTo(long sequence) {
    long before = log.bytes();
    log.skipTo(sequence);
    rooms.kept(log.bytes() - before);
  }

  @Override
  public String logKey() {
    return RoomStore.logKey(this);
  }

  /** The id of a message in the store's log is its number and 1. */
  @Override
  public synchronized long place() {
    return log.next();
  }

  /** What it has got of the store's log, from a message on. */
  synchronized List<String> since(long sequence) {
    List<String> all = new ArrayList<>();
    long from = Math.max(sequence, log.first());
    while (from < log.next()) {
      Texts some = log.texts(from, Integer.MAX_VALUE, READ_BYTES);
      for (int i = 0; i < some.count(); i++) {
        all.add(some.text(i));
      }
      from += some.count();
    }
    return all;
  }

  @Override
  public void read(List<StreamEntry> entries) {
    long nowNanos = System.nanoTime();
    List<StreamReceiver> woken;
    synchronized (this) {
      if (ended) {
        return;
      }
      for (StreamEntry entry : entries) {
        take(entry.getID().getTime() - 1, entry.getFields(), nowNanos);
      }
      woken = takeWaiting();
    }
    rooms.shrink();
    woken.forEach(StreamReceiver::wake);
    seat();
    store.seen(entries);
  }

  private void take(long sequence, Map<String, String> fields, long nowNanos) {
    if (sequence < log.next()) {
      return;
    }
    if (sequence > log.next()) {
      // The store has let go of what is between.
      skipTo(sequence);
    }
    String member = fields.get("m");
    append(
        switch (fields.get("k")) {
          case "j" -> RoomMessages.joined(sequence, member);
          case "l" -> RoomMessages.left(sequence, member);
          default ->
              RoomMessages.message(
                  sequence,
                  Long.parseLong(fields.get("r")),
                  member,
                  Long.parseLong(fields.get("n")),
                  RoomMessages.quote(fields.get("x")));
        },
        nowNanos);
  }

  /** It is no more what it was: its members are closed, and may come again. */
  void end() {
    List<StreamReceiver> all;
    synchronized (this) {
      ended = true;
      all = new ArrayList<>(receivers());
      coming.forEach(one -> all.add(one.receiver()));
    }
    all.forEach(
        receiver -> receiver.end(CloseCodes.TRY_AGAIN_LATER, "the room has begun anew; from=0"));
  }

  /**
   * Says a text to all members.
   *
   * @param receiver of the member
   * @param number how many the member has published with this
   */
  void publish(StreamReceiver receiver, String member, long number, String text, long nowNanos) {
    long random = rooms.random(ThreadLocalRandom.current());
    rooms.published();
    if (store != null) {
      store.publish(this, receiver, member, number, random, text);
      return;
    }
    String quoted = RoomMessages.quote(text);
    List<StreamReceiver> woken;
    synchronized (this) {
      append(RoomMessages.message(log.next(), random, member, number, quoted), nowNanos);
      woken = takeWaiting();
    }
    rooms.shrink();
    woken.forEach(StreamReceiver::wake);
  }

  private void append(byte[] utf8, long nowNanos) {
    long before = log.bytes();
    log.append(new String(utf8, StandardCharsets.UTF_8), utf8.length, nowNanos);
    rooms.kept(log.bytes() - before);
  }

  private List<StreamReceiver> takeWaiting() {
    if (waiting == null || waiting.isEmpty()) {
      return new ArrayList<>(1);
    }
    List<StreamReceiver> woken = new ArrayList<>(waiting);
    waiting.clear();
    return woken;
  }

  @Override
  public synchronized Found read(StreamReceiver receiver, long from, int most, long nowNanos) {
    Member member = members == null ? null : members.get(receiver);
    if (member == null) {
      return new Found.Nothing();
    }
    if (isTooSlow(member, from)) {
      rooms.closedSlow();
      return tooSlow(from);
    }
    if (from < log.first()) {
      return new Found.Gone(log.first() - 1, RoomMessages.gone(from, log.first() - 1));
    }
    if (from < log.next()) {
      return new Found.Some(log.texts(from, most, READ_BYTES));
    }
    waiting.add(receiver);
    return new Found.Nothing();
  }

  /** What it has asked for itself when it came does not count. */
  private boolean isTooSlow(Member member, long place) {
    return log.next() - Math.max(place, member.since()) > tooFarBehind
        || place >= member.since() && place < log.first();
  }

  private Found.Over tooSlow(long place) {
    return new Found.Over(
        CloseCodes.TRY_AGAIN_LATER,
        "too slow: " + (log.next() - place) + " messages behind; go on with from=" + place);
  }

  /** Closes members that are too slow, even while what they were sent is on its way. */
  void check(long nowNanos) {
    for (StreamReceiver receiver : receivers()) {
      Found.Over over = null;
      synchronized (this) {
        Member member = members == null ? null : members.get(receiver);
        if (member != null && isTooSlow(member, receiver.place())) {
          over = tooSlow(receiver.place());
        }
      }
      // It may take a while until the message on its way is taken, and it can be closed: it counts
      // once.
      if (over != null && receiver.end(over.code(), over.reason())) {
        rooms.closedSlow();
      }
      receiver.check(nowNanos);
    }
  }

  @Override
  public synchronized boolean stopWaiting(StreamReceiver receiver) {
    return waiting != null && waiting.remove(receiver);
  }

  @Override
  public void leave(StreamReceiver receiver, long nowNanos) {
    List<StreamReceiver> woken = List.of();
    Member left;
    synchronized (this) {
      left = takeAway(receiver);
      if (left == null) {
        return;
      }
      if (store == null) {
        append(RoomMessages.left(log.next(), left.name()), nowNanos);
        woken = takeWaiting();
      }
      if (members != null && members.isEmpty()) {
        members = null;
        waiting = null;
        emptySinceNanos = nowNanos;
      }
    }
    if (store != null) {
      store.left(this, left.name(), left.seat());
    }
    woken.forEach(StreamReceiver::wake);
  }

  /** A member that is no more, or null. */
  private Member takeAway(StreamReceiver receiver) {
    for (Coming one : coming) {
      if (one.receiver() == receiver) {
        coming.remove(one);
        return new Member(one.wanted().member(), one.next(), one.seat());
      }
    }
    Member member = members == null ? null : members.remove(receiver);
    if (member == null) {
      return null;
    }
    waiting.remove(receiver);
    return member;
  }

  /** What its members are called, by their seats in the store. */
  synchronized Map<String, String> seats() {
    Map<String, String> all = new LinkedHashMap<>();
    coming.forEach(one -> all.put(one.seat(), one.wanted().member()));
    if (members != null) {
      members.values().forEach(member -> all.put(member.seat(), member.name()));
    }
    return all;
  }

  /** Closes the members on these seats: all others have been told that they have left. */
  void closeSeats(Set<String> seats) {
    List<StreamReceiver> closed = new ArrayList<>();
    synchronized (this) {
      coming.stream()
          .filter(one -> seats.contains(one.seat()))
          .forEach(c -> closed.add(c.receiver()));
      if (members != null) {
        members.forEach(
            (receiver, member) -> {
              if (seats.contains(member.seat())) {
                closed.add(receiver);
              }
            });
      }
    }
    closed.forEach(
        receiver ->
            receiver.end(
                CloseCodes.TRY_AGAIN_LATER, "the server was away for too long; come again"));
  }

  synchronized List<StreamReceiver> receivers() {
    return members == null ? List.of() : List.copyOf(members.keySet());
  }

  synchronized int memberCount() {
    return members == null ? 0 : members.size();
  }

  /** About how much memory what it keeps takes. */
  synchronized long keptBytes() {
    return log.bytes();
  }

  /** Lets go of an eighth of what it keeps, oldest first, or of one message at least. */
  synchronized void dropSome() {
    long before = log.bytes();
    for (long left = (log.next() - log.first()) / 8 + 1; left > 0 && log.bytes() > 0; left--) {
      log.dropFirst();
    }
    rooms.kept(log.bytes() - before);
  }

  /** Lets go of what is too old; true if nobody has been there for so long that it ends now. */
  synchronized boolean endsIdle(long idleNanos, long nowNanos) {
    long before = log.bytes();
    log.expire(nowNanos);
    ended |=
        members == null
            && coming.isEmpty()
            && idleNanos > 0
            && nowNanos - emptySinceNanos > idleNanos;
    rooms.kept((ended ? 0 : log.bytes()) - before);
    return ended;
  }
}
