package io.github.wsproof.ledger;

import io.github.wsproof.protocol.ReplyForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongPredicate;

/**
 * One life of a connection: its messages from the handshake to the end. Each stands in a slot, in
 * the order in which they were sent: first those that a life before has left in doubt and that are
 * sent again, then new ones. (In a connection's first life a slot is a sequence.)
 *
 * <pre>
 * slot      0 … resent-1          resent … slots-1
 * sequence  those sent again      base … base+slots-resent-1
 * </pre>
 *
 * <p>Two numbers tell almost all: below {@code highestAnswered} a message is answered unless it is
 * listed, above it is in flight unless it is listed. All is counted in slots.
 *
 * <p>Not thread-safe: owned by the ledger.
 */
final class ConnectionLedger {
  /**
   * A reply that arrived on another connection.
   *
   * @param arrival that connection's life
   * @param count its receipt's k, or 0
   */
  record Stray(ConnectionLedger arrival, long count) {}

  private static final long MOST_LOOKED_BACK = 1 << 16;

  final int number;
  final ReplyForm form;
  Receipts receipts;
  ReceiptTrail trail;
  boolean answeredAtAll;
  boolean ended;

  /** Messages that were overtaken and are unanswered. */
  final SequenceSet overtaken = new SequenceSet();

  /** Messages whose reply arrived on another connection, and none on this one. */
  final TreeMap<Long, Stray> misdelivered = new TreeMap<>();

  /** Messages that only a receipt's count ties to a reply: their own reply may still come. */
  final Map<Long, byte[]> byReceipt = new HashMap<>();

  /** Messages that a later life has sent again: they are its concern. */
  final SequenceSet handedOver = new SequenceSet();

  /** While an account is made: missing counts whose replies turned up on another connection. */
  long explained;

  /** The sequence of the first message that is not one sent again. */
  private final long base;

  /** The sequences of those sent again, by slot, and back. */
  private final List<Long> resent = new ArrayList<>();

  private final Map<Long, Long> resentSlots = new HashMap<>();

  private long nextSlot;
  private long highestAnswered = -1;
  private int misdeliveredInFlight;

  ConnectionLedger(int number, ReplyForm form, Receipts receipts, long base) {
    this.base = base;
    this.number = number;
    this.form = form;
    this.receipts = receipts;
  }

  /** A new message is sent; returns its sequence. */
  long send() {
    return sequenceOf(nextSlot++);
  }

  /** A message of a life before is sent again. */
  void resend(long sequence) {
    if (nextSlot != resent.size()) {
      throw new IllegalStateException("must be sent again before new messages: " + sequence);
    }
    resentSlots.put(sequence, nextSlot++);
    resent.add(sequence);
  }

  /** How many slots there are. */
  long slots() {
    return nextSlot;
  }

  /** How many new messages were sent. */
  long fresh() {
    return nextSlot - resent.size();
  }

  /** The sequence that the connection's next message has. */
  long nextSequence() {
    return base + fresh();
  }

  long sequenceOf(long slot) {
    return slot < resent.size() ? resent.get((int) slot) : base + slot - resent.size();
  }

  /** Where a message stands in this life, or -1. */
  long slotOf(long sequence) {
    if (sequence >= base) {
      long slot = sequence - base + resent.size();
      return slot < nextSlot ? slot : -1;
    }
    return resentSlots.getOrDefault(sequence, -1L);
  }

  /** Whether a slot's message is one sent again. */
  boolean isResent(long slot) {
    return slot < resent.size();
  }

  long highestAnswered() {
    return highestAnswered;
  }

  boolean isSent(long slot) {
    return slot < nextSlot;
  }

  /** Messages that hold a slot of the window. */
  long inFlight() {
    return nextSlot - 1 - highestAnswered - misdeliveredInFlight;
  }

  /** Messages that no reply on this connection answers. */
  long unanswered() {
    return inFlight() + overtaken.size() + misdelivered.size();
  }

  /** Whether a message that was sent has had no reply anywhere. */
  boolean isOpen(long slot) {
    return stray(slot) == null && (slot > highestAnswered || overtaken.contains(slot));
  }

  /** The reply to a message that arrived on another connection, or null. */
  Stray stray(long slot) {
    // Almost always empty, and a look into it would make an object of the sequence.
    return misdelivered.isEmpty() ? null : misdelivered.get(slot);
  }

  void misdeliver(long slot, Stray stray) {
    if (!overtaken.remove(slot)) {
      misdeliveredInFlight++;
    }
    misdelivered.put(slot, stray);
  }

  /** What a reply on this connection means for the message that it answers. */
  enum Answer {
    /** The first reply, in its place. */
    FIRST,
    /** The first reply, after the reply to a later message. */
    LATE,
    /** The first on this connection; another connection had one before. */
    AFTER_STRAY,
    /** A further reply. */
    FURTHER
  }

  Answer answer(long slot) {
    boolean strayed = !misdelivered.isEmpty() && misdelivered.remove(slot) != null;
    if (slot > highestAnswered) {
      overtake(slot);
      if (strayed) {
        misdeliveredInFlight--;
      }
      highestAnswered = slot;
      return strayed ? Answer.AFTER_STRAY : Answer.FIRST;
    }
    if (strayed) {
      return Answer.AFTER_STRAY;
    }
    return overtaken.remove(slot) ? Answer.LATE : Answer.FURTHER;
  }

  private void overtake(long slot) {
    for (long s = highestAnswered + 1; s < slot; s++) {
      if (misdelivered.containsKey(s)) {
        misdeliveredInFlight--;
      } else if (!handedOver.contains(s)) {
        overtaken.add(s);
      }
    }
  }

  /** The first message in flight, in the order of sending, that fulfils a condition, or -1. */
  long firstInFlight(LongPredicate condition) {
    for (long slot = highestAnswered + 1; slot < nextSlot; slot++) {
      if (isOpen(slot) && condition.test(slot)) {
        return slot;
      }
    }
    return -1;
  }

  /** The first message that was overtaken, and fulfils a condition, or -1. */
  long firstOvertaken(LongPredicate condition) {
    long[] first = {-1};
    overtaken.forEach(
        slot -> {
          if (first[0] < 0 && condition.test(slot)) {
            first[0] = slot;
          }
        });
    return first[0];
  }

  /** The last message that was answered here, and fulfils a condition, of the last many, or -1. */
  long lastAnswered(LongPredicate condition) {
    long last = Math.max(-1, highestAnswered - MOST_LOOKED_BACK);
    for (long slot = highestAnswered; slot > last; slot--) {
      if (!overtaken.contains(slot)
          && !misdelivered.containsKey(slot)
          && !handedOver.contains(slot)
          && condition.test(slot)) {
        return slot;
      }
    }
    return -1;
  }

  /** Messages that would be lost if the account were made now. */
  SequenceSet lost() {
    if (ended) {
      return overtaken;
    }
    SequenceSet lost = new SequenceSet();
    overtaken.forEach(lost::add);
    addInFlight(lost);
    return lost;
  }

  SequenceSet inDoubt() {
    SequenceSet inDoubt = new SequenceSet();
    if (ended) {
      addInFlight(inDoubt);
    }
    return inDoubt;
  }

  private void addInFlight(SequenceSet set) {
    for (long s = highestAnswered + 1; s < nextSlot; s++) {
      if (!misdelivered.containsKey(s) && !handedOver.contains(s)) {
        set.add(s);
      }
    }
  }
}
