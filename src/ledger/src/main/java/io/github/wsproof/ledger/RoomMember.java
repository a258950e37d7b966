package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.RoomReader;
import io.github.wsproof.protocol.RoomReader.Found;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The account of one member of a room: each message of each publisher of its room is to come once,
 * in its publisher's order, in the room's one order, and intact.
 *
 * <p>Which message it is, is told by its content; where it stands in the room, by its number. What
 * is damaged stands where its number would be, and which message that was, the other members tell.
 *
 * <p>Memory grows with publishers and anomalies. Not thread-safe: owned by the loop of a run; it
 * knows no clock.
 */
public final class RoomMember {
  private static final int SHOWN_CHARACTERS = 200;

  private enum Take {
    IN_ORDER,
    LATE,
    AGAIN,
    WITHDRAWN
  }

  /** Something damaged, taken for the message that has its number. */
  private record Damage(Leg leg, long claimed, String detail, String actual) {}

  private final RoomLedger room;
  private final int connection;
  private final boolean counted;

  /** The next number of the room; less than 0 before the welcome. */
  private long next = -1;

  private final RangeSet missingNumbers = new RangeSet();
  private final RangeSet goneNumbers = new RangeSet();
  private final TreeMap<Long, Damage> damaged = new TreeMap<>();

  /** By publisher of this room: the next message, and those before it that have not come. */
  private final long[] nextOf;

  private final RangeSet[] missingOf;
  private long delivered;
  private boolean cut;
  private final Map<Kind, Long> events = new EnumMap<>(Kind.class);
  private final Map<Kind, Map<Leg, Long>> eventLegs = new EnumMap<>(Kind.class);
  private final Map<Kind, List<Anomaly>> samples = new EnumMap<>(Kind.class);

  RoomMember(RoomLedger room, int connection, boolean counted) {
    this.room = room;
    this.connection = connection;
    this.counted = counted;
    this.nextOf = new long[room.publishers()];
    this.missingOf = new RangeSet[room.publishers()];
  }

  /** The number of its connection. */
  public int connection() {
    return connection;
  }

  /** Accounts for what has come; tells what it was. */
  public Found received(byte[] content, boolean binary) {
    RoomReader reader = room.reader();
    Found found = reader.read(content);
    if (binary && found != Found.DAMAGED) {
      found = Found.DAMAGED;
    }
    if (next < 0 && found != Found.WELCOME) {
      event(
          Kind.UNEXPECTED, Anomaly.NO_SEQUENCE, Leg.UNKNOWN, "it came before the welcome", content);
      return found;
    }
    switch (found) {
      case WELCOME -> {
        if (next < 0) {
          next = reader.last() + 1;
          room.order().begin(next);
        }
      }
      case EVENT -> event(reader, content);
      case MESSAGE -> message(reader, content);
      case GONE -> gone(reader.first(), reader.last(), content);
      case DAMAGED -> damaged(reader.sequence(), false, content);
      default -> {
        // It was refused: that is the publisher's affair.
      }
    }
    return found;
  }

  private void event(RoomReader reader, byte[] content) {
    long number = reader.sequence();
    Take take = take(number);
    if (take == Take.AGAIN) {
      event(Kind.DUPLICATED, Anomaly.NO_SEQUENCE, Leg.INBOUND, "an event came again", content);
      return;
    }
    if (take == Take.LATE) {
      event(Kind.REORDERED, Anomaly.NO_SEQUENCE, Leg.INBOUND, "an event came late", content);
    }
    room.order().vote(number, RoomOrder.EVENT, reader.crc(), this, true);
  }

  private void message(RoomReader reader, byte[] content) {
    long number = reader.sequence();
    long id = number == next ? room.order().known(number, reader.crc()) : RoomOrder.UNKNOWN;
    if (id < 0) {
      id = room.identify(reader);
    }
    if (id == RoomLedger.FOREIGN) {
      event(
          Kind.FOREIGN_ROOM,
          Anomaly.NO_SEQUENCE,
          Leg.UNKNOWN,
          "message " + room.foreign() + " was published in another room",
          content);
      if (number == next) {
        take(number);
        room.order().vote(number, RoomOrder.OTHER, reader.crc(), this, true);
      }
    } else if (id == RoomLedger.CHANGED) {
      damaged(number, true, content);
    } else if (id == RoomOrder.OTHER) {
      event(
          Kind.UNEXPECTED,
          Anomaly.NO_SEQUENCE,
          Leg.UNKNOWN,
          "it is no message of this run",
          content);
      if (take(number) != Take.AGAIN) {
        room.order().vote(number, id, reader.crc(), this, true);
      }
    } else {
      own(id, number, reader.crc(), content);
    }
  }

  /** A message that this member is to get. */
  private void own(long id, long number, int crc, byte[] content) {
    Take take = take(number);
    int publisher = room.publisherOf(id);
    long sequence = RoomLedger.sequenceOf(id);
    boolean late = take == Take.LATE;
    boolean again = false;
    if (sequence >= nextOf[publisher]) {
      miss(publisher, sequence);
    } else if (missingOf[publisher] != null && missingOf[publisher].remove(sequence)) {
      late = true;
    } else {
      again = true;
      event(
          Kind.DUPLICATED,
          sequence,
          take == Take.AGAIN ? Leg.INBOUND : Leg.UNKNOWN,
          "message " + room.name(id) + " came again",
          content);
    }
    if (!again) {
      delivered++;
      if (late) {
        event(
            Kind.REORDERED,
            sequence,
            take == Take.LATE ? Leg.INBOUND : Leg.UNKNOWN,
            "message " + room.name(id) + " came after a later one",
            content);
      }
      room.delivered(this, publisher, sequence);
    }
    if (take != Take.AGAIN) {
      room.order().vote(number, id, crc, this, late || again);
    }
  }

  private void miss(int publisher, long sequence) {
    if (sequence > nextOf[publisher]) {
      if (missingOf[publisher] == null) {
        missingOf[publisher] = new RangeSet();
      }
      missingOf[publisher].addAll(nextOf[publisher], sequence - 1);
    }
    nextOf[publisher] = sequence + 1;
  }

  private Take take(long number) {
    if (number >= next) {
      missingNumbers.addAll(next, number - 1);
      next = number + 1;
      return Take.IN_ORDER;
    }
    if (missingNumbers.remove(number)) {
      return Take.LATE;
    }
    Damage claim = damaged.remove(number);
    if (claim == null) {
      return Take.AGAIN;
    }
    unexplained(claim);
    return Take.WITHDRAWN;
  }

  private void unexplained(Damage damage) {
    count(Kind.UNEXPECTED, damage.leg());
    keep(
        new Anomaly(
            Kind.UNEXPECTED,
            connection,
            Anomaly.NO_SEQUENCE,
            damage.leg(),
            "it came beside the messages of the room (" + damage.detail() + ")",
            null,
            damage.actual()));
  }

  /**
   * Something that is no message as it was published.
   *
   * @param told the number in it
   * @param sealed whether the server's own checksum is right: then the number is, too
   */
  private void damaged(long told, boolean sealed, byte[] content) {
    Leg leg = sealed ? Leg.OUTBOUND : Leg.INBOUND;
    String detail =
        sealed
            ? "its content is not what was published"
            : "its form or its checksum is not that of a message";
    boolean known = told >= 0 && missingNumbers.contains(told);
    if (sealed && told < next && !known) {
      event(Kind.DUPLICATED, Anomaly.NO_SEQUENCE, leg, "it came again, and " + detail, content);
      return;
    }
    long number = sealed || known ? told : next;
    take(number);
    damaged.put(
        number,
        new Damage(leg, sealed ? room.claimed() : RoomOrder.UNKNOWN, detail, shown(content)));
  }

  private void gone(long first, long last, byte[] content) {
    if (last < next) {
      event(
          Kind.UNEXPECTED,
          Anomaly.NO_SEQUENCE,
          Leg.INBOUND,
          "it says that " + first + ".." + last + " are gone, which had come",
          content);
      return;
    }
    missingNumbers.addAll(next, first - 1);
    goneNumbers.addAll(Math.max(first, next), last);
    next = last + 1;
  }

  private void event(Kind kind, long sequence, Leg leg, String detail, byte[] content) {
    count(kind, leg);
    Anomaly anomaly = new Anomaly(kind, connection, sequence, leg, detail, null, shown(content));
    keep(anomaly);
    if (counted) {
      room.anomaly(anomaly);
    }
  }

  void count(Kind kind, Leg leg) {
    events.merge(kind, 1L, Long::sum);
    eventLegs.computeIfAbsent(kind, k -> new EnumMap<>(Leg.class)).merge(leg, 1L, Long::sum);
  }

  void keep(Anomaly anomaly) {
    List<Anomaly> kept = samples.computeIfAbsent(anomaly.kind(), k -> new ArrayList<>());
    if (kept.size() < Ledger.SAMPLE) {
      kept.add(anomaly);
    }
  }

  private static String shown(byte[] content) {
    String text = new String(content, 0, Math.min(content.length, 4 * SHOWN_CHARACTERS), UTF_8);
    return text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) + "…" : text;
  }

  /** Its connection has ended and is not opened again: what it lacks at the end is in doubt. */
  public void cut() {
    cut = true;
  }

  /** The next number of the room that is to come; less than 0 before the welcome. */
  public long next() {
    return next;
  }

  /** Whether it is in the room, or will be again. */
  boolean isInRoom() {
    return next >= 0 && !cut;
  }

  /** Whether it was ever in the room. */
  public boolean joined() {
    return next >= 0;
  }

  /** Whether it has got, or was passed by, all messages that any member has got. */
  public boolean isPassed() {
    return next > room.order().highestMessage();
  }

  /** Whether nothing is missing before the next number. */
  public boolean isWhole() {
    return missingNumbers.size() == 0 && damaged.isEmpty();
  }

  /** How many messages have come, each once, in whatever order. */
  public long delivered() {
    return delivered;
  }

  /** Whether it lacks a message that it may still get. */
  public boolean lacks(int publisher, long sequence) {
    int index = room.indexOf(publisher);
    return sequence >= nextOf[index]
        || missingOf[index] != null && missingOf[index].contains(sequence);
  }

  /** The first number that is still needed to explain what it got. */
  long firstOpen() {
    long first = cut ? Long.MAX_VALUE : next;
    long[] lowest = {first};
    missingNumbers.first(1, number -> lowest[0] = Math.min(lowest[0], number));
    goneNumbers.first(1, number -> lowest[0] = Math.min(lowest[0], number));
    return damaged.isEmpty() ? lowest[0] : Math.min(lowest[0], damaged.firstKey());
  }

  boolean isCounted() {
    return counted;
  }

  /** Numbers at which it got something damaged, with what the content claimed to be. */
  void unknownDamages(Map<Long, Long> found) {
    damaged.forEach(
        (number, damage) -> {
          if (room.order().at(number, RoomOrder.UNKNOWN) == RoomOrder.UNKNOWN) {
            found.merge(number, damage.claimed(), Math::max);
          }
        });
  }

  /** Other bytes than the other members got, under a checksum that is right. */
  void altered(long id) {
    delivered--;
    count(Kind.CORRUPTED, Leg.INBOUND);
    keep(
        new Anomaly(
            Kind.CORRUPTED,
            connection,
            RoomLedger.sequenceOf(id),
            Leg.INBOUND,
            "message " + room.name(id) + " came otherwise than to the other members",
            null,
            null));
  }

  /** What became of all that it was to get. */
  void settle(Tally tally) {
    long sentToIt = room.sentInAll();
    if (!joined()) {
      return;
    }
    tally.sent += sentToIt;
    Set<Long> explained = new HashSet<>();
    settleDamages(explained);
    Set<Long> gone = new HashSet<>();
    goneNumbers.forEach(number -> gone.add(room.order().at(number, RoomOrder.UNKNOWN)));
    missingNumbers.forEach(
        number -> {
          if (room.order().at(number, RoomOrder.UNKNOWN) == RoomOrder.EVENT) {
            tally.lostEvents++;
          }
        });
    for (int publisher = 0; publisher < nextOf.length; publisher++) {
      settle(publisher, explained, gone);
    }
    tally.delivered += delivered;
    events.forEach((kind, count) -> tally.counts.merge(kind, count, Long::sum));
    eventLegs.forEach(
        (kind, legs) ->
            legs.forEach((leg, count) -> tally.legs.get(leg).merge(kind, count, Long::sum)));
    samples.forEach((kind, some) -> tally.add(kind, some));
  }

  private void settleDamages(Set<Long> explained) {
    damaged.forEach(
        (number, damage) -> {
          long id = room.order().at(number, RoomOrder.UNKNOWN);
          id = id < 0 ? room.assigned(number) : id;
          if (id < 0 || !lacks(room.globalPublisher(id), RoomLedger.sequenceOf(id))) {
            unexplained(damage);
          } else if (explained.add(id)) {
            count(Kind.CORRUPTED, damage.leg());
            keep(
                new Anomaly(
                    Kind.CORRUPTED,
                    connection,
                    RoomLedger.sequenceOf(id),
                    damage.leg(),
                    "message " + room.name(id) + ": " + damage.detail(),
                    room.expected(id),
                    damage.actual()));
          }
        });
  }

  private void settle(int publisher, Set<Long> explained, Set<Long> gone) {
    if (missingOf[publisher] != null) {
      missingOf[publisher].forEach(sequence -> settle(publisher, sequence, false, explained, gone));
    }
    for (long sequence = nextOf[publisher]; sequence < room.sentBy(publisher); sequence++) {
      settle(publisher, sequence, cut, explained, gone);
    }
  }

  private void settle(
      int publisher, long sequence, boolean mayBeOnItsWay, Set<Long> explained, Set<Long> gone) {
    long id = room.id(publisher, sequence);
    if (explained.contains(id) || room.isRefused(publisher, sequence)) {
      return;
    }
    boolean known = room.isKnown(publisher, sequence);
    if (gone.contains(id)) {
      missing(Kind.GONE, id, Leg.UNKNOWN, "the server had let go of it before it was received");
    } else if (known && mayBeOnItsWay) {
      missing(Kind.IN_DOUBT, id, Leg.UNKNOWN, "the connection ended before it came");
    } else if (!known && room.isDoubtful(publisher, sequence)) {
      missing(
          Kind.IN_DOUBT,
          id,
          Leg.UNKNOWN,
          "its publisher's connection ended before it was accepted, and nobody got it");
    } else {
      missing(
          Kind.LOST,
          id,
          known ? Leg.INBOUND : Leg.UNKNOWN,
          known ? "other members got it, this one did not" : "no member got it");
    }
  }

  private void missing(Kind kind, long id, Leg leg, String detail) {
    count(kind, leg);
    keep(
        new Anomaly(
            kind,
            connection,
            RoomLedger.sequenceOf(id),
            leg,
            "message " + room.name(id) + ": " + detail,
            room.expected(id),
            null));
  }

  /** The sums of all members. */
  static final class Tally {
    long sent;
    long delivered;
    long lostEvents;
    final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    final Map<Leg, Map<Kind, Long>> legs = new EnumMap<>(Leg.class);
    private final Map<Kind, List<Anomaly>> samples = new EnumMap<>(Kind.class);

    Tally() {
      for (Leg leg : Leg.values()) {
        legs.put(leg, new EnumMap<>(Kind.class));
      }
    }

    private void add(Kind kind, List<Anomaly> some) {
      List<Anomaly> kept = samples.computeIfAbsent(kind, k -> new ArrayList<>());
      for (Anomaly anomaly : some) {
        if (kept.size() < Ledger.SAMPLE) {
          kept.add(anomaly);
        }
      }
    }

    List<Anomaly> anomalies() {
      List<Anomaly> all = new ArrayList<>();
      samples.values().forEach(all::addAll);
      return all;
    }

    long of(Kind kind) {
      return counts.getOrDefault(kind, 0L);
    }
  }
}
