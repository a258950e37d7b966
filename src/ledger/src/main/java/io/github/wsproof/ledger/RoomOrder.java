package io.github.wsproof.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one order of a room, as its members tell it: what stands at each number. Each member has a
 * vote on each number that it has seen; what most have got is the order, and who got something else
 * is told at the end.
 *
 * <p>Memory follows the distance between the first member and the last, see {@link #trim}, and the
 * disagreements, of which {@value #MOST_DISPUTES} are kept. Not thread-safe: owned by the loop of a
 * run.
 */
final class RoomOrder {
  /** Nobody has told. */
  static final long UNKNOWN = -1;

  /** Someone came or went. */
  static final long EVENT = -2;

  /** A message that is none of this run in this room. */
  static final long OTHER = -3;

  private static final int CHUNK = 4096;
  private static final int MOST_DISPUTES = 100_000;

  /** How far from its place a message is looked for. */
  private static final int SEARCH = 4096;

  /** A member that got something else than another at a number. */
  record Vote(RoomMember member, long id, int crc, long voters, boolean flagged) {}

  private static final class Chunk {
    private final long[] ids = new long[CHUNK];
    private final int[] crcs = new int[CHUNK];
    private final int[] votes = new int[CHUNK];
    private final RoomMember[] first = new RoomMember[CHUNK];
    private final boolean[] flagged = new boolean[CHUNK];

    Chunk() {
      java.util.Arrays.fill(ids, UNKNOWN);
    }
  }

  private final List<Chunk> chunks = new ArrayList<>();

  private final TreeMap<Long, List<Vote>> disputes = new TreeMap<>();
  private long base = -1;
  private long highestMessage = -1;
  private long disputesNotKept;

  /** The numbers begin here. */
  void begin(long number) {
    if (base < 0) {
      base = number;
    }
  }

  private Chunk chunk(long number, boolean make) {
    long index = (number - base) / CHUNK;
    if (base < 0 || number < base || !make && index >= chunks.size()) {
      return null;
    }
    while (chunks.size() <= index) {
      chunks.add(new Chunk());
    }
    return chunks.get((int) index);
  }

  private int at(long number) {
    return (int) ((number - base) % CHUNK);
  }

  /** What stands at a number, if it has this checksum; else {@link #UNKNOWN}. */
  long known(long number, int crc) {
    Chunk chunk = chunk(number, false);
    return chunk != null && chunk.crcs[at(number)] == crc ? chunk.ids[at(number)] : UNKNOWN;
  }

  /** What stands at a number, or {@link #UNKNOWN}. */
  long at(long number, long otherwise) {
    Chunk chunk = chunk(number, false);
    return chunk == null ? otherwise : chunk.ids[at(number)];
  }

  /**
   * A member has seen what stands at a number.
   *
   * @param flagged whether it is known already to have come too late
   */
  void vote(long number, long id, int crc, RoomMember member, boolean flagged) {
    Chunk chunk = chunk(number, true);
    if (chunk == null) {
      return;
    }
    int at = at(number);
    if (id >= 0) {
      highestMessage = Math.max(highestMessage, number);
    }
    if (chunk.votes[at] == 0) {
      chunk.ids[at] = id;
      chunk.crcs[at] = crc;
      chunk.votes[at] = 1;
      chunk.first[at] = member;
      chunk.flagged[at] = flagged;
    } else if (chunk.ids[at] == id && chunk.crcs[at] == crc) {
      chunk.votes[at]++;
    } else if (disputes.size() < MOST_DISPUTES) {
      disputes
          .computeIfAbsent(number, n -> new ArrayList<>())
          .add(new Vote(member, id, crc, 1, flagged));
    } else {
      disputesNotKept++;
    }
  }

  /** The highest number at which a message of this run stands, or -1. */
  long highestMessage() {
    return highestMessage;
  }

  /** Disagreements beyond those that are kept. */
  long disputesNotKept() {
    return disputesNotKept;
  }

  /** What is told of those who got something else than most. */
  interface Dissent {
    /**
     * Tells of it.
     *
     * @param number where
     * @param vote what they got
     * @param id what most got
     * @param place where most got the former, or {@link #UNKNOWN}
     */
    void tell(long number, Vote vote, long id, long place);
  }

  /** Decides what stands where members disagree, and tells of those who got something else. */
  void settle(Dissent dissent) {
    Map<Long, List<Vote>> lost = new TreeMap<>();
    disputes.forEach((number, votes) -> lost.put(number, decide(number, votes)));
    lost.forEach(
        (number, votes) ->
            votes.forEach(
                vote -> dissent.tell(number, vote, at(number, UNKNOWN), place(vote.id(), number))));
    disputes.clear();
  }

  /** Those that lose. */
  private List<Vote> decide(long number, List<Vote> votes) {
    Chunk chunk = chunk(number, true);
    int at = at(number);
    Map<List<Long>, Long> tally = new HashMap<>();
    for (Vote vote : votes) {
      tally.merge(List.of(vote.id(), (long) vote.crc()), 1L, Long::sum);
    }
    Vote ours =
        new Vote(
            chunk.first[at], chunk.ids[at], chunk.crcs[at], chunk.votes[at], chunk.flagged[at]);
    List<Vote> all = new ArrayList<>(votes);
    all.add(ours);
    Vote winner = ours;
    long most = ours.voters();
    for (Vote vote : votes) {
      long voters = tally.get(List.of(vote.id(), (long) vote.crc()));
      if (voters > most) {
        most = voters;
        winner = vote;
      }
    }
    long id = winner.id();
    int crc = winner.crc();
    chunk.ids[at] = id;
    chunk.crcs[at] = crc;
    all.removeIf(vote -> vote.id() == id && vote.crc() == crc);
    return all;
  }

  /** Where a message stands, near a number. */
  private long place(long id, long near) {
    if (id < 0) {
      return UNKNOWN;
    }
    for (long distance = 0; distance <= SEARCH; distance++) {
      if (at(near - distance, UNKNOWN) == id) {
        return near - distance;
      }
      if (at(near + distance, UNKNOWN) == id) {
        return near + distance;
      }
    }
    return UNKNOWN;
  }

  /** Forgets what stands before a number, as far as nobody disagrees about it. */
  void trim(long number) {
    long to = disputes.isEmpty() ? number : Math.min(number, disputes.firstKey());
    int whole = (int) Math.min(chunks.size(), Math.max(0, to - base) / CHUNK);
    if (base >= 0 && whole > 0) {
      chunks.subList(0, whole).clear();
      base += (long) whole * CHUNK;
    }
  }
}
