import { SequenceSet } from './sequence-set.js';

/** How a k arrived: beyond every k before it; skipped before, and here now; seen before. */
export const Arrival = { NEW: 'new', LATE: 'late', SEEN: 'seen' };

/** Each gap only helps to name the leg of a single example; the totals do without. */
const MOST_GAPS = 10_000;

/** A server may count each message twice, and some more; what claims more is no receipt of ours. */
const COUNT_MARGIN = 1000;

export const isPlausible = (count, sent) => count <= 2 * sent + COUNT_MARGIN;

/**
 * What the receipts of one connection say: which of the server's counts k were seen. A message
 * without a k was lost outbound, a k that never arrived was lost inbound. Owned by the ledger.
 */
export class ReceiptTrail {
  #missing = new SequenceSet();
  #gaps = [];
  #highestCount = 0;
  #highestSequence = -1;
  #unreadable = 0;
  #unreadableInGap = 0;
  #outboundDuplicates = 0;
  #gapsDropped = false;
  #closed = false;

  /** The message that the server counts so if none was lost since the last receipt. */
  sequenceOf(count) {
    return this.#highestSequence + count - this.#highestCount;
  }

  /** A count that came with a reply which is no first reply to a message of this connection. */
  see(count) {
    if (count > this.#highestCount) {
      for (let k = this.#highestCount + 1; k < count; k++) {
        this.#missing.add(k);
      }
      this.#highestCount = count;
      return Arrival.NEW;
    }
    return this.#missing.remove(count) ? Arrival.LATE : Arrival.SEEN;
  }

  /** A count that came with the first reply to a message of this connection. */
  answered(sequence, count) {
    const lastCount = this.#highestCount;
    const arrival = this.see(count);
    if (sequence > this.#highestSequence) {
      if (arrival === Arrival.NEW) {
        this.#gap(sequence, lastCount + 1, count - 1);
      }
      this.#highestSequence = sequence;
    }
    return arrival;
  }

  /** The reply to the message that closes the account came: nothing is open behind it. */
  close(nextSequence, count) {
    const lastCount = this.#highestCount;
    if (this.see(count) === Arrival.NEW) {
      this.#gap(nextSequence, lastCount + 1, count - 1);
      this.#highestSequence = nextSequence;
    }
    this.#closed = true;
  }

  #gap(sequence, countFrom, countTo) {
    const empty = sequence === this.#highestSequence + 1 && countFrom > countTo;
    if (!empty && this.#gaps.length < MOST_GAPS) {
      this.#gaps.push({
        seqFrom: this.#highestSequence + 1,
        seqTo: sequence - 1,
        countFrom,
        countTo,
        unreadable: this.#unreadableInGap,
      });
    }
    this.#gapsDropped ||= !empty && this.#gaps.length === MOST_GAPS;
    this.#unreadableInGap = 0;
  }

  /** A reply to a message of this connection came whose receipt cannot be trusted. */
  unreadable() {
    this.#unreadable++;
    this.#unreadableInGap++;
  }

  /** The server received a message twice, and counted it twice. */
  duplicatedOutbound() {
    this.#outboundDuplicates++;
  }

  /**
   * Whether a reply with this count, which turned up on another connection, may be one of this
   * connection's: none that came here had it.
   *
   * @param sent how many messages were sent here: the server counts no more, but doubled ones
   */
  mayOwn(count, sent) {
    const mayFollow = count > this.#highestCount && count <= sent + this.#outboundDuplicates;
    return this.#missing.has(count) || (!this.#closed && mayFollow);
  }

  /**
   * Whether a reply to another connection's message, which turned up here, may be to a message that
   * the server received here.
   *
   * @param strays how many replies turned up here so: as many may follow the last count
   */
  mayHaveCounted(count, strays) {
    return this.#missing.has(count) || (count > this.#highestCount && count <= this.#highestCount + strays);
  }

  isMissing(count) {
    return this.#missing.has(count);
  }

  /**
   * The legs of the lost messages of this connection.
   *
   * @param explained missing counts whose replies turned up on another connection
   * @returns `{outbound, inbound, unknown, legOf(sequence)}`
   */
  lost(sequences, explained) {
    const total = sequences.size;
    const provable = this.#closed ? total : sequences.count(0, this.#highestSequence);
    let inbound = Math.min(provable, Math.max(0, this.#missing.size - this.#unreadable - explained));
    if (this.#outboundDuplicates > 0 && !this.#gapsDropped) {
      inbound = this.#gaps.reduce((sum, gap) => sum + this.#inbound(gap, sequences), 0);
    }
    const outbound = provable - inbound;
    const legOf = (sequence) => this.#legOf(sequence, sequences, outbound, inbound);
    return { outbound, inbound, unknown: total - provable, legOf };
  }

  #inbound(gap, sequences) {
    return Math.min(
      sequences.count(gap.seqFrom, gap.seqTo),
      Math.max(0, this.#missing.count(gap.countFrom, gap.countTo) - gap.unreadable),
    );
  }

  /** The leg of one of them; unknown also where only the total is proved. */
  #legOf(sequence, sequences, outbound, inbound) {
    if (!this.#closed && sequence > this.#highestSequence) {
      return 'unknown';
    }
    if (inbound === 0 || outbound === 0) {
      return inbound === 0 ? 'outbound' : 'inbound';
    }
    const gap = this.#gaps.find(({ seqFrom, seqTo }) => sequence >= seqFrom && sequence <= seqTo);
    if (!gap) {
      return 'unknown';
    }
    const inGap = this.#inbound(gap, sequences);
    if (inGap === 0) {
      return 'outbound';
    }
    return inGap === sequences.count(gap.seqFrom, gap.seqTo) ? 'inbound' : 'unknown';
  }
}
