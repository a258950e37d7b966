import { SequenceSet } from './sequence-set.js';

/** What a reply on its own connection means for the message that it answers. */
export const Answer = {
  /** The first reply, in its place. */
  FIRST: 'first',
  /** The first reply, after the reply to a later message. */
  LATE: 'late',
  /** The first on this connection; another connection had one before. */
  AFTER_STRAY: 'after stray',
  /** A further reply. */
  FURTHER: 'further',
};

/**
 * One connection's messages. Two numbers tell almost all: below `highestAnswered` a message is
 * answered unless it is listed, above it is in flight unless it is listed. Owned by the ledger.
 */
export class ConnectionLedger {
  /** Messages that were overtaken and are unanswered. */
  overtaken = new SequenceSet();

  /** Sequence → `{arrival, count}`: the reply came on another connection, and none on this one. */
  misdelivered = new Map();

  /** Sequence → head of the reply that only a receipt's count ties to it: its own may still come. */
  byReceipt = new Map();

  trail = null;
  answeredAtAll = false;
  ended = false;
  highestAnswered = -1;
  #nextSequence = 0;
  #misdeliveredInFlight = 0;

  constructor(number, form, receipts) {
    this.number = number;
    this.form = form;
    this.receipts = receipts;
  }

  send() {
    return this.#nextSequence++;
  }

  get sent() {
    return this.#nextSequence;
  }

  isSent(sequence) {
    return sequence < this.#nextSequence;
  }

  /** Messages that hold a slot of the window. */
  get inFlight() {
    return this.#nextSequence - 1 - this.highestAnswered - this.#misdeliveredInFlight;
  }

  /** Messages that no reply on this connection answers. */
  get unanswered() {
    return this.inFlight + this.overtaken.size + this.misdelivered.size;
  }

  /** Whether a message that was sent has had no reply anywhere. */
  isOpen(sequence) {
    return (
      !this.misdelivered.has(sequence) && (sequence > this.highestAnswered || this.overtaken.has(sequence))
    );
  }

  misdeliver(sequence, stray) {
    if (!this.overtaken.remove(sequence)) {
      this.#misdeliveredInFlight++;
    }
    this.misdelivered.set(sequence, stray);
  }

  answer(sequence) {
    const strayed = this.misdelivered.size > 0 && this.misdelivered.delete(sequence);
    if (sequence > this.highestAnswered) {
      this.#overtake(sequence);
      if (strayed) {
        this.#misdeliveredInFlight--;
      }
      this.highestAnswered = sequence;
      return strayed ? Answer.AFTER_STRAY : Answer.FIRST;
    }
    if (strayed) {
      return Answer.AFTER_STRAY;
    }
    return this.overtaken.remove(sequence) ? Answer.LATE : Answer.FURTHER;
  }

  #overtake(sequence) {
    for (let s = this.highestAnswered + 1; s < sequence; s++) {
      if (this.misdelivered.has(s)) {
        this.#misdeliveredInFlight--;
      } else {
        this.overtaken.add(s);
      }
    }
  }

  /** Messages that would be lost if the account were made now. */
  lost() {
    if (this.ended) {
      return this.overtaken;
    }
    const lost = new SequenceSet();
    for (const sequence of this.overtaken) {
      lost.add(sequence);
    }
    this.#addInFlight(lost);
    return lost;
  }

  inDoubt() {
    const inDoubt = new SequenceSet();
    if (this.ended) {
      this.#addInFlight(inDoubt);
    }
    return inDoubt;
  }

  #addInFlight(set) {
    for (let s = this.highestAnswered + 1; s < this.#nextSequence; s++) {
      if (!this.misdelivered.has(s)) {
        set.add(s);
      }
    }
  }
}
