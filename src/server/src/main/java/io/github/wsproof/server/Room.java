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
final class Room implements Feed {
  private static final int READ_BYTES = 64 * 1024;
  private static final double NANOS_PER_SECOND = 1e9;

  /** A member, and the next message when it came: what is older it has asked for itself. */
  private record Member(String name, long since) {}

  /** Its name, {@code <room>} or {@code <namespace>/<room>}. */
  final String name;

  /** Tells it from a room that had its name before. */
  final String run;

  private final Rooms rooms;
  private final long tooFarBehind;

  /** Guarded by this, as all that follows. */
  private final RoomLog log;

  /** Null while there are none: most rooms may be empty. */
  private Map<StreamReceiver, Member> members;

  private Set<StreamReceiver> waiting;
  private long emptySinceNanos;
  private boolean ended;

  Room(String name, String run, Rooms rooms, RoomSettings settings, long nowNanos) {
    this.name = name;
    this.run = run;
    this.rooms = rooms;
    this.tooFarBehind = Math.max(1, settings.messages() / 2);
    this.emptySinceNanos = nowNanos;
    this.log =
        new RoomLog(settings.messages(), Math.round(settings.ageSeconds() * NANOS_PER_SECOND));
  }

  /**
   * Takes a member; what it is told first is its welcome.
   *
   * @return why not, or null
   */
  Refusal join(StreamReceiver receiver, RoomRequest wanted, int most, long nowNanos) {
    List<StreamReceiver> woken;
    synchronized (this) {
      long next = log.next();
      if (ended) {
        return new Refusal(
            503, CloseCodes.TRY_AGAIN_LATER.getCode(), "the room has just ended", "room");
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
      if (members == null) {
        members = new LinkedHashMap<>();
        waiting = new LinkedHashSet<>();
      }
      receiver.begin(
          wanted.from() == RoomRequest.FROM_NOW_ON ? next : wanted.from(),
          RoomMessages.welcome(name, run, wanted.member(), log.first(), next));
      append(RoomMessages.joined(next, wanted.member()), nowNanos);
      woken = takeWaiting();
      members.put(receiver, new Member(wanted.member(), next));
    }
    woken.forEach(StreamReceiver::wake);
    return null;
  }

  /**
   * Says a text to all members.
   *
   * @param number how many the member has published with this
   */
  void publish(String member, long number, String text, long nowNanos) {
    String quoted = RoomMessages.quote(text);
    long random = rooms.random(ThreadLocalRandom.current());
    List<StreamReceiver> woken;
    synchronized (this) {
      append(RoomMessages.message(log.next(), random, member, number, quoted), nowNanos);
      woken = takeWaiting();
    }
    rooms.published();
    rooms.shrink();
    woken.forEach(StreamReceiver::wake);
  }

  private void append(byte[] utf8, long nowNanos) {
    long before = log.bytes();
    log.append(new String(utf8, StandardCharsets.UTF_8), utf8.length, nowNanos);
    rooms.kept(log.bytes() - before);
  }

  private List<StreamReceiver> takeWaiting() {
    if (waiting.isEmpty()) {
      return List.of();
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
    rooms.closedSlow();
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
      if (over != null) {
        receiver.end(over.code(), over.reason());
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
    List<StreamReceiver> woken;
    synchronized (this) {
      Member member = members == null ? null : members.remove(receiver);
      if (member == null) {
        return;
      }
      waiting.remove(receiver);
      append(RoomMessages.left(log.next(), member.name()), nowNanos);
      woken = takeWaiting();
      if (members.isEmpty()) {
        members = null;
        waiting = null;
        emptySinceNanos = nowNanos;
      }
    }
    woken.forEach(StreamReceiver::wake);
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
    ended = members == null && idleNanos > 0 && nowNanos - emptySinceNanos > idleNanos;
    rooms.kept((ended ? 0 : log.bytes()) - before);
    return ended;
  }
}
