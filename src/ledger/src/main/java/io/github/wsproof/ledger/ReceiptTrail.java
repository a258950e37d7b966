package io.github.wsproof.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * What the receipts of one connection say: which of the server's counts k were seen.
 *
 * <p>The rule: a message without a k was lost outbound, a k that never arrived was lost inbound.
 *
 * <p>Not thread-safe: owned by the ledger.
 */
final class ReceiptTrail {
  /** How a k arrived. */
  enum Arrival {
    /** Beyond every k before it. */
    NEW,
    /** Skipped before, and here now. */
    LATE,
    /** Seen before. */
    SEEN
  }

  /**
   * Between two receipts that followed each other: the messages and the counts that were skipped.
   *
   * @param unreadable replies in between whose receipt could not be read: each used up a count
   */
  private record Gap(long seqFrom, long seqTo, long countFrom, long countTo, long unreadable) {}

  /** Each only helps to name the leg of a single example; the totals do without. */
  private static final int MOST_GAPS = 10_000;

  /** The server's count may be this far beyond what doubled messages explain. */
  private static final long COUNT_MARGIN = 1000;

  private final SequenceSet missing = new SequenceSet();
  private final List<Gap> gaps = new ArrayList<>();
  private long highestCount;
  private long highestSequence = -1;
  private long unreadable;
  private long unreadableInGap;
  private long outboundDuplicates;
  private boolean gapsDropped;
  private boolean closed;

  /**
   * Whether the server can have counted so far: each message that was sent, doubled on its way, and
   * some. What claims more is no receipt of ours.
   */
  static boolean isPlausible(long count, long sent) {
    return count <= 2 * sent + COUNT_MARGIN;
  }

  /** The message that the server counts so if none was lost since the last receipt. */
  long sequenceOf(long count) {
    return highestSequence + count - highestCount;
  }

  /** A count that came with a reply which is no first reply to a message of this connection. */
  Arrival see(long count) {
    if (count > highestCount) {
      for (long k = highestCount + 1; k < count; k++) {
        missing.add(k);
      }
      highestCount = count;
      return Arrival.NEW;
    }
    return missing.remove(count) ? Arrival.LATE : Arrival.SEEN;
  }

  /** A count that came with the first reply to a message of this connection. */
  Arrival answered(long sequence, long count) {
    long lastCount = highestCount;
    Arrival arrival = see(count);
    if (sequence > highestSequence) {
      if (arrival == Arrival.NEW) {
        gap(sequence, lastCount + 1, count - 1);
      }
      highestSequence = sequence;
    }
    return arrival;
  }

  /** The reply to the message that closes the account came: nothing is open behind it. */
  void close(long nextSequence, long count) {
    long lastCount = highestCount;
    if (see(count) == Arrival.NEW) {
      gap(nextSequence, lastCount + 1, count - 1);
      highestSequence = nextSequence;
    }
    closed = true;
  }

  private void gap(long sequence, long countFrom, long countTo) {
    boolean empty = sequence == highestSequence + 1 && countFrom > countTo;
    if (!empty && gaps.size() < MOST_GAPS) {
      gaps.add(new Gap(highestSequence + 1, sequence - 1, countFrom, countTo, unreadableInGap));
    }
    gapsDropped |= !empty && gaps.size() == MOST_GAPS;
    unreadableInGap = 0;
  }

  /** A reply to a message of this connection came whose receipt cannot be trusted. */
  void unreadable() {
    unreadable++;
    unreadableInGap++;
  }

  /** The server received a message twice, and counted it twice. */
  void duplicatedOutbound() {
    outboundDuplicates++;
  }

  /**
   * Whether a reply with this count, which turned up on another connection, may be one of this
   * connection's: none that came here had it.
   *
   * @param sent how many messages were sent here: the server counts no more, but doubled ones
   */
  boolean mayOwn(long count, long sent) {
    return missing.contains(count)
        || !closed && count > highestCount && count <= sent + outboundDuplicates;
  }

  /**
   * Whether a reply to another connection's message, which turned up here, may be to a message that
   * the server received here.
   *
   * @param strays how many replies turned up here so: as many may follow the last count
   */
  boolean mayHaveCounted(long count, long strays) {
    return missing.contains(count) || count > highestCount && count <= highestCount + strays;
  }

  boolean isMissing(long count) {
    return missing.contains(count);
  }

  /**
   * The legs of the lost messages of this connection.
   *
   * @param explained missing counts whose replies turned up on another connection
   */
  Lost lost(SequenceSet lostSequences, long explained) {
    long total = lostSequences.size();
    long provable = closed ? total : lostSequences.count(0, highestSequence);
    long inbound = Math.min(provable, Math.max(0, missing.size() - unreadable - explained));
    if (outboundDuplicates > 0 && !gapsDropped) {
      inbound = 0;
      for (Gap gap : gaps) {
        inbound += inbound(gap, lostSequences);
      }
    }
    return new Lost(provable - inbound, inbound, total - provable, lostSequences);
  }

  private long inbound(Gap gap, SequenceSet lostSequences) {
    return Math.min(
        lostSequences.count(gap.seqFrom, gap.seqTo),
        Math.max(0, missing.count(gap.countFrom, gap.countTo) - gap.unreadable));
  }

  /** How many messages of this connection were lost on which leg. */
  final class Lost {
    final long outbound;
    final long inbound;
    final long unknown;
    private final SequenceSet sequences;

    private Lost(long outbound, long inbound, long unknown, SequenceSet sequences) {
      this.outbound = outbound;
      this.inbound = inbound;
      this.unknown = unknown;
      this.sequences = sequences;
    }

    /** The leg of one of them; unknown also where only the total is proved. */
    Leg legOf(long sequence) {
      if (!closed && sequence > highestSequence) {
        return Leg.UNKNOWN;
      }
      if (inbound == 0) {
        return Leg.OUTBOUND;
      }
      if (outbound == 0) {
        return Leg.INBOUND;
      }
      for (Gap gap : gaps) {
        if (sequence >= gap.seqFrom && sequence <= gap.seqTo) {
          long inGap = inbound(gap, sequences);
          return inGap == 0
              ? Leg.OUTBOUND
              : inGap == sequences.count(gap.seqFrom, gap.seqTo) ? Leg.INBOUND : Leg.UNKNOWN;
        }
      }
      return Leg.UNKNOWN;
    }
  }
}
