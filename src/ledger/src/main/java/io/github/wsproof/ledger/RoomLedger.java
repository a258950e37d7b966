package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.RoomReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The account of one room: what its publishers have sent, and what each of its members has got.
 *
 * <p>A message is called {@code <publisher>/<sequence>}; publishers are numbered through all rooms
 * of a run, so that a message of another room is known by its name. What any member has got was
 * accepted by the server, and every member is to get it.
 *
 * <p>Not thread-safe: owned by the loop of a run; it knows no clock.
 */
public final class RoomLedger {
  /** A message of a publisher of another room. */
  static final long FOREIGN = -4;

  /** Published by this run, but not with this content. */
  static final long CHANGED = -5;

  private static final int SEQUENCE_BITS = 43;

  /** Is told what happens in a room, as it happens. */
  public interface Listener {
    /** A member has got a message for the first time. */
    void delivered(RoomMember member, int publisher, long sequence);

    /** What a member has got is an anomaly. */
    void anomaly(Anomaly anomaly);
  }

  private final Messages messages;
  private final MessageReader content;
  private final RoomReader reader = new RoomReader();
  private final String names;
  private final int firstPublisher;
  private final int publishers;
  private final int publishersOfAll;
  private final Listener listener;
  private final RoomOrder order = new RoomOrder();
  private final List<RoomMember> members = new ArrayList<>();

  /** By publisher of this room. */
  private final long[] sent;

  private final long[] nextKnown;
  private final RangeSet[] unknown;
  private final SequenceSet[] doubtful;
  private final SequenceSet[] refused;

  /** What stands at a number where all got something damaged. */
  private final Map<Long, Long> assigned = new HashMap<>();

  private String foreign;
  private long claimed;

  /**
   * A room in which nothing was published.
   *
   * @param messages of the run
   * @param names what the members' names of this run begin with
   * @param firstPublisher the number of its first publisher
   * @param publishers how many it has
   * @param publishersOfAll how many all rooms have
   */
  public RoomLedger(
      Messages messages,
      String names,
      int firstPublisher,
      int publishers,
      int publishersOfAll,
      Listener listener) {
    this.messages = messages;
    this.content = new MessageReader(messages);
    this.names = names;
    this.firstPublisher = firstPublisher;
    this.publishers = publishers;
    this.publishersOfAll = publishersOfAll;
    this.listener = listener;
    sent = new long[publishers];
    nextKnown = new long[publishers];
    unknown = filled(RangeSet::new, new RangeSet[publishers]);
    doubtful = filled(SequenceSet::new, new SequenceSet[publishers]);
    refused = filled(SequenceSet::new, new SequenceSet[publishers]);
  }

  private static <T> T[] filled(java.util.function.Supplier<T> make, T[] array) {
    Arrays.setAll(array, i -> make.get());
    return array;
  }

  /**
   * A member that joins.
   *
   * @param counted whether what it gets is accounted for; else it is only a witness
   */
  public RoomMember member(int connection, boolean counted) {
    RoomMember member = new RoomMember(this, connection, counted);
    members.add(member);
    return member;
  }

  /** The next message of a publisher is sent; returns its sequence. */
  public long sent(int publisher) {
    return sent[indexOf(publisher)]++;
  }

  /** The server says that it has not taken a message. */
  public void refused(int publisher, long sequence) {
    refused[indexOf(publisher)].add(sequence);
  }

  /** The publisher's connection has ended before it heard of a message that it has sent. */
  public void doubtful(int publisher, long sequence) {
    doubtful[indexOf(publisher)].add(sequence);
  }

  /** Whether any member has got a message. */
  public boolean isAccepted(int publisher, long sequence) {
    return isKnown(indexOf(publisher), sequence);
  }

  /** How many messages of a publisher were sent and not refused. */
  public long taken(int publisher) {
    return sent[indexOf(publisher)] - refused[indexOf(publisher)].size();
  }

  /**
   * What became of what was published.
   *
   * @param sent by the publishers
   * @param refused by the server, which said so
   * @param accepted: members have got them
   * @param inDoubt neither, and their publisher's connection had ended
   */
  public record Published(long sent, long refused, long accepted, long inDoubt) {
    /** The sum of two rooms. */
    public Published plus(Published other) {
      return new Published(
          sent + other.sent,
          refused + other.refused,
          accepted + other.accepted,
          inDoubt + other.inDoubt);
    }
  }

  /** What became of what was published, by now. */
  public Published published() {
    Published sum = new Published(0, 0, 0, 0);
    for (int i = 0; i < publishers; i++) {
      int index = i;
      long[] open = {0};
      doubtful[i].forEach(sequence -> open[0] += isKnown(index, sequence) ? 0 : 1);
      long accepted = nextKnown[i] - unknown[i].size();
      sum = sum.plus(new Published(sent[i], refused[i].size(), accepted, open[0]));
    }
    return sum;
  }

  /** Whether all its members that are in the room have come as far as the one that is furthest. */
  public boolean isLevel() {
    long highest = -1;
    long lowest = Long.MAX_VALUE;
    for (RoomMember member : members) {
      if (member.isInRoom()) {
        highest = Math.max(highest, member.next());
        lowest = Math.min(lowest, member.next());
      }
    }
    return lowest == Long.MAX_VALUE || lowest == highest;
  }

  /** What was read last. */
  public RoomReader reader() {
    return reader;
  }

  /** Forgets what all members have got, in the order. */
  public void trim() {
    long first = Long.MAX_VALUE;
    for (RoomMember member : members) {
      if (member.joined()) {
        first = Math.min(first, member.firstOpen());
      }
    }
    order.trim(first == Long.MAX_VALUE ? 0 : first);
  }

  RoomOrder order() {
    return order;
  }

  int publishers() {
    return publishers;
  }

  int indexOf(int publisher) {
    return publisher - firstPublisher;
  }

  long id(int index, long sequence) {
    return (long) index << SEQUENCE_BITS | sequence;
  }

  int publisherOf(long id) {
    return (int) (id >> SEQUENCE_BITS);
  }

  int globalPublisher(long id) {
    return firstPublisher + publisherOf(id);
  }

  static long sequenceOf(long id) {
    return id & (1L << SEQUENCE_BITS) - 1;
  }

  /** As it is called in reports. */
  String name(long id) {
    return globalPublisher(id) + "/" + sequenceOf(id);
  }

  String expected(long id) {
    return new String(
        messages.atMost(0).content(new Identity(globalPublisher(id), sequenceOf(id))), US_ASCII);
  }

  /** Which message was read: its id, {@link #FOREIGN}, {@link #CHANGED} or that of another run. */
  long identify(RoomReader read) {
    byte[] text = read.text();
    boolean whole =
        content.identityAt(text, 0)
            && content.contentMatches(text)
            && content.end() == text.length
            && content.sequence() >= 0;
    if (whole && isOurs(content.connection())) {
      long id = id(indexOf(content.connection()), content.sequence());
      return content.sequence() < sent[publisherOf(id)] ? id : RoomOrder.OTHER;
    }
    if (whole && content.connection() < publishersOfAll) {
      foreign = content.connection() + "/" + content.sequence();
      return FOREIGN;
    }
    if (!read.member().startsWith(names)) {
      return RoomOrder.OTHER;
    }
    boolean told = content.syntaxAt(text, 0) && isOurs(content.connection());
    claimed =
        told && content.sequence() >= 0
            ? id(indexOf(content.connection()), content.sequence())
            : RoomOrder.UNKNOWN;
    return CHANGED;
  }

  private boolean isOurs(int publisher) {
    return publisher >= firstPublisher && publisher < firstPublisher + publishers;
  }

  /** The message of another room that was read. */
  String foreign() {
    return foreign;
  }

  /** Which message it says it is whose content was changed; or {@link RoomOrder#UNKNOWN}. */
  long claimed() {
    return claimed;
  }

  void delivered(RoomMember member, int publisher, long sequence) {
    know(publisher, sequence);
    listener.delivered(member, firstPublisher + publisher, sequence);
  }

  private void know(int publisher, long sequence) {
    refused[publisher].remove(sequence);
    if (sequence >= nextKnown[publisher]) {
      unknown[publisher].addAll(nextKnown[publisher], sequence - 1);
      nextKnown[publisher] = sequence + 1;
    } else {
      unknown[publisher].remove(sequence);
    }
  }

  void anomaly(Anomaly anomaly) {
    listener.anomaly(anomaly);
  }

  boolean isKnown(int index, long sequence) {
    return sequence < nextKnown[index] && !unknown[index].contains(sequence);
  }

  boolean isDoubtful(int index, long sequence) {
    return doubtful[index].contains(sequence);
  }

  boolean isRefused(int index, long sequence) {
    return refused[index].contains(sequence);
  }

  long sentBy(int index) {
    return sent[index];
  }

  long sentInAll() {
    long sum = 0;
    for (int i = 0; i < publishers; i++) {
      sum += sent[i] - refused[i].size();
    }
    return sum;
  }

  long assigned(long number) {
    return assigned.getOrDefault(number, RoomOrder.UNKNOWN);
  }

  /**
   * Where all got something damaged, nobody tells which message it was: it is the one that its
   * content claims, or the first that nobody got.
   */
  private void assign() {
    TreeMap<Long, Long> damages = new TreeMap<>();
    members.forEach(member -> member.unknownDamages(damages));
    damages.forEach((number, claim) -> assigned.put(number, free(claim)));
  }

  private long free(long claim) {
    if (claim >= 0 && isFree(publisherOf(claim), sequenceOf(claim))) {
      return claim;
    }
    for (int publisher = 0; publisher < publishers; publisher++) {
      long[] found = {RoomOrder.UNKNOWN};
      int at = publisher;
      unknown[at].forEach(
          sequence -> {
            if (found[0] < 0 && isFree(at, sequence)) {
              found[0] = id(at, sequence);
            }
          });
      for (long s = nextKnown[at]; found[0] < 0 && s < sent[at]; s++) {
        found[0] = isFree(at, s) ? id(at, s) : found[0];
      }
      if (found[0] >= 0) {
        return found[0];
      }
    }
    return RoomOrder.UNKNOWN;
  }

  private boolean isFree(int publisher, long sequence) {
    return sequence < sent[publisher]
        && !isKnown(publisher, sequence)
        && !refused[publisher].contains(sequence)
        && !assigned.containsValue(id(publisher, sequence));
  }

  private void settle(RoomMember.Tally tally) {
    order.settle(this::dissent);
    assign();
    members.stream().filter(RoomMember::isCounted).forEach(member -> member.settle(tally));
  }

  private void dissent(long number, RoomOrder.Vote vote, long id, long place) {
    RoomMember member = vote.member();
    if (vote.id() < 0 || !member.isCounted()) {
      return;
    }
    for (long i = 0; i < vote.voters(); i++) {
      if (vote.id() == id) {
        member.altered(id);
      } else if (place >= 0 && place < number && !vote.flagged()) {
        member.count(Kind.REORDERED, Leg.INBOUND);
        member.keep(
            new Anomaly(
                Kind.REORDERED,
                member.connection(),
                sequenceOf(vote.id()),
                Leg.INBOUND,
                "message "
                    + name(vote.id())
                    + " came as number "
                    + number
                    + " of the room; the others got it as "
                    + place,
                null,
                null));
      }
    }
  }

  /**
   * The account of all rooms; made once.
   *
   * @param account of the messages
   * @param lostEvents events that did not come to members that stayed
   */
  public record Result(Account account, long lostEvents) {}

  /**
   * Adds rooms up. To be called once.
   *
   * @param planned how many messages all members together were to get
   */
  public static Result settle(Collection<RoomLedger> rooms, long planned) {
    RoomMember.Tally tally = new RoomMember.Tally();
    rooms.forEach(room -> room.settle(tally));
    Counts counts =
        new Counts(
            planned,
            tally.sent,
            tally.delivered,
            tally.of(Kind.LOST),
            tally.of(Kind.DUPLICATED),
            tally.of(Kind.REORDERED),
            tally.of(Kind.CORRUPTED),
            0,
            tally.of(Kind.UNEXPECTED),
            tally.of(Kind.IN_DOUBT),
            planned - tally.sent,
            0,
            tally.of(Kind.GONE),
            tally.of(Kind.FOREIGN_ROOM));
    tally.legs.values().forEach(legs -> legs.keySet().removeIf(kind -> !kind.isFailure()));
    return new Result(
        new Account(counts, Verdict.of(counts), true, tally.legs, tally.anomalies()),
        tally.lostEvents);
  }
}
