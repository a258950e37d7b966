package io.github.wsproof.ledger;

import io.github.wsproof.protocol.ReplyForm;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * One connection's messages. Two numbers tell almost all: below {@code highestAnswered} a message
 * is answered unless it is listed, above it is in flight unless it is listed.
 *
 * <p>Not thread-safe: owned by the ledger.
 */
final class ConnectionLedger {
  /**
   * A reply that arrived on another connection.
   *
   * @param arrival that connection
   * @param count its receipt's k, or 0
   */
  record Stray(int arrival, long count) {}

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

  private long nextSequence;
  private long highestAnswered = -1;
  private int misdeliveredInFlight;

  ConnectionLedger(int number, ReplyForm form, Receipts receipts) {
    this.number = number;
    this.form = form;
    this.receipts = receipts;
  }

  long send() {
    return nextSequence++;
  }

  long sent() {
    return nextSequence;
  }

  long highestAnswered() {
    return highestAnswered;
  }

  boolean isSent(long sequence) {
    return sequence < nextSequence;
  }

  /** Messages that hold a slot of the window. */
  long inFlight() {
    return nextSequence - 1 - highestAnswered - misdeliveredInFlight;
  }

  /** Messages that no reply on this connection answers. */
  long unanswered() {
    return inFlight() + overtaken.size() + misdelivered.size();
  }

  /** Whether a message that was sent has had no reply anywhere. */
  boolean isOpen(long sequence) {
    return stray(sequence) == null && (sequence > highestAnswered || overtaken.contains(sequence));
  }

  /** The reply to a message that arrived on another connection, or null. */
  Stray stray(long sequence) {
    // Almost always empty, and a look into it would make an object of the sequence.
    return misdelivered.isEmpty() ? null : misdelivered.get(sequence);
  }

  void misdeliver(long sequence, Stray stray) {
    if (!overtaken.remove(sequence)) {
      misdeliveredInFlight++;
    }
    misdelivered.put(sequence, stray);
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

  Answer answer(long sequence) {
    boolean strayed = !misdelivered.isEmpty() && misdelivered.remove(sequence) != null;
    if (sequence > highestAnswered) {
      overtake(sequence);
      if (strayed) {
        misdeliveredInFlight--;
      }
      highestAnswered = sequence;
      return strayed ? Answer.AFTER_STRAY : Answer.FIRST;
    }
    if (strayed) {
      return Answer.AFTER_STRAY;
    }
    return overtaken.remove(sequence) ? Answer.LATE : Answer.FURTHER;
  }

  private void overtake(long sequence) {
    for (long s = highestAnswered + 1; s < sequence; s++) {
      if (misdelivered.containsKey(s)) {
        misdeliveredInFlight--;
      } else {
        overtaken.add(s);
      }
    }
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
    for (long s = highestAnswered + 1; s < nextSequence; s++) {
      if (!misdelivered.containsKey(s)) {
        set.add(s);
      }
    }
  }
}
