import { Found, STREAM_FORM } from '../protocol/stream.js';
import { excerpt, SAMPLE } from './ledger.js';
import { RangeSet } from './range-set.js';
import { ALL_KINDS, KINDS, LEGS, NO_SEQUENCE, verdictOf } from './words.js';

/** A number that no checksum proves is believed so far beyond the next; a larger one if the message behind it goes on from there. */
const LONGEST_LEAP = 1000;
const NO_LEAP = -2;

/**
 * The account of one connection that receives a stream: of the messages `from` up to `from + count`,
 * each of which is to come once, in order and intact. It follows the Java StreamLedger line by line
 * and passes the same vectors.
 *
 * The number in a message decides which one it is. What tells no number, or is of another stream, is
 * taken for the next message, in whose place it came; if that one comes as well, it was unexpected.
 *
 * Memory grows with anomalies only. No I/O, no clock.
 */
export class StreamLedger {
  #connection;
  #listener;
  #from;
  #end;
  #highest = -1;
  #leap = NO_LEAP;
  #gone = new RangeSet();
  #missing = new RangeSet();
  #damaged = new RangeSet();
  /** Those in whose place something damaged came, and those in whose place a foreign one did. */
  #displaced = new RangeSet();
  #exchanged = new RangeSet();
  #events = { duplicated: 0, reordered: 0, unexpected: 0 };
  #samples = new Map(ALL_KINDS.map(({ label }) => [label, []]));
  #claims = new Map();
  /** The next message that is to come. */
  next;
  /** The last message that was said to be gone, or -1. */
  lastGone = -1;

  /** @param listener is told `answered(connection)` and `anomaly(anomaly)` */
  constructor(connection, reader, from, count, listener) {
    this.#connection = connection;
    this.reader = reader;
    this.#listener = listener;
    this.#from = from;
    this.next = from;
    this.#end = from + count;
  }

  /** Accounts for what has come; returns what it was. */
  received(content, binary) {
    const said = this.reader.read(content);
    const found = binary ? Found.DAMAGED : said;
    switch (found) {
      case Found.MESSAGE:
        this.#message(this.reader.sequence, content);
        break;
      case Found.GONE:
        this.#letGo(this.reader.sequence, this.reader.last, content);
        break;
      case Found.FOREIGN:
        this.#foreign(content);
        break;
      default:
        this.#damage(content, binary);
    }
    return found;
  }

  #message(sequence, content) {
    if (!this.reader.isSealed && sequence - this.next > LONGEST_LEAP && this.next < this.#end) {
      if (sequence !== this.#leap + 1) {
        this.#leap = sequence;
        this.#claim('corrupted', this.#displaced, 'its number is far ahead', content);
        return;
      }
      this.#takeLeap();
    }
    this.#leap = NO_LEAP;
    if (sequence < this.#from) {
      this.#unexpected(`it is message ${sequence}, and the first to come is ${this.#from}`, content);
    } else if (sequence >= this.#end) {
      this.#miss(this.#end);
    } else if (sequence >= this.next) {
      this.#miss(sequence);
      this.next = sequence + 1;
      this.#delivered(sequence);
    } else if (this.#missing.remove(sequence)) {
      this.#late(sequence, content);
      this.#delivered(sequence);
    } else if (this.#displaced.remove(sequence) || this.#exchanged.remove(sequence)) {
      this.#withdrawClaim(sequence);
      if (sequence < this.#highest) {
        this.#late(sequence, content);
      }
      this.#delivered(sequence);
    } else if (this.#gone.has(sequence)) {
      this.#unexpected(`it is message ${sequence}, which was said to be gone`, content);
    } else {
      this.#event('duplicated', sequence, 'it came again', content);
    }
  }

  #late(sequence, content) {
    this.#event('reordered', sequence, `it came after message ${this.#highest}`, content);
  }

  /** The message before was right: all that it leapt over is missing. */
  #takeLeap() {
    this.#claims.delete(this.next - 1);
    this.#displaced.remove(this.next - 1);
    this.#missing.addAll(this.next - 1, this.next - 1);
    this.#miss(Math.min(this.#leap, this.#end));
    if (this.#leap < this.#end) {
      this.next = this.#leap + 1;
      this.#delivered(this.#leap);
    }
  }

  #delivered(sequence) {
    this.#highest = Math.max(this.#highest, sequence);
    this.#listener.answered(this.#connection);
  }

  /** All from the next up to here, which is excluded, has been overtaken. */
  #miss(to) {
    this.#missing.addAll(this.next, to - 1);
    this.next = Math.max(this.next, to);
  }

  #letGo(first, last, content) {
    if (last < this.next) {
      this.#unexpected(`it says that ${first}..${last} are gone, which had come`, content);
      return;
    }
    this.lastGone = last;
    this.#miss(Math.min(Math.max(first, this.next), this.#end));
    const from = this.next;
    const after = Math.min(last + 1, this.#end);
    if (after > from) {
      this.#gone.addAll(from, after - 1);
      const detail = `the server has let go of ${from}..${after - 1} before they were received`;
      this.#sample('gone', from, detail, null, content);
      this.next = after;
    }
  }

  #foreign(content) {
    const detail = `a message of the stream ${this.reader.foreign} came`;
    if (this.next >= this.#end) {
      this.#unexpected(detail, content);
    } else {
      this.#claim('misdelivered', this.#exchanged, `${detail} in its place`, content);
    }
  }

  #damage(content, binary) {
    const { isSealed, sequence: first, sealedSequence } = this.reader;
    const second = isSealed ? sealedSequence : first;
    const form = isSealed ? 'its form or its checksum is not that of a message' : 'its form is not that of a message';
    const detail = binary ? 'it came as binary' : form;
    for (const told of [first, second]) {
      if ((told === this.next && told < this.#end) || this.#missing.remove(told)) {
        this.next = Math.max(this.next, told + 1);
        this.#corrupted(told, detail, content);
        return;
      }
    }
    const agree = first >= 0 && first === second;
    if (agree && first >= this.#from && first < this.next) {
      this.#event('duplicated', first, `it came again, and ${detail}`, content);
    } else if (agree && first >= this.next && first < this.#end && first - this.next < LONGEST_LEAP) {
      this.#miss(first);
      this.next = first + 1;
      this.#corrupted(first, detail, content);
    } else if (this.next < this.#end) {
      this.#claim('corrupted', this.#displaced, detail, content);
    } else {
      this.#unexpected('it is no message of the stream', content);
    }
  }

  #corrupted(sequence, detail, content) {
    if (this.#displaced.remove(sequence) || this.#exchanged.remove(sequence)) {
      this.#withdrawClaim(sequence);
    }
    this.#damaged.addAll(sequence, sequence);
    this.#sample('corrupted', sequence, detail, expected(sequence), content);
    this.#listener.answered(this.#connection);
  }

  /** What comes in the next message's place is taken for it, as long as that does not come itself. */
  #claim(kind, taken, detail, content) {
    const sequence = this.next++;
    taken.addAll(sequence, sequence);
    const anomaly = this.#anomaly(kind, sequence, detail, expected(sequence), content);
    this.#listener.anomaly(anomaly);
    if (this.#claims.size < 2 * SAMPLE) {
      this.#claims.set(sequence, anomaly);
    }
  }

  #withdrawClaim(sequence) {
    const claim = this.#claims.get(sequence);
    this.#claims.delete(sequence);
    this.#events.unexpected++;
    if (claim) {
      const detail = `it came beside the messages of the stream (${claim.detail})`;
      this.#keep({ ...claim, kind: 'unexpected', sequence: NO_SEQUENCE, detail, expected: null });
    }
  }

  #unexpected(detail, content) {
    this.#event('unexpected', NO_SEQUENCE, detail, content);
  }

  #event(kind, sequence, detail, content) {
    this.#events[kind]++;
    this.#sample(kind, sequence, detail, null, content);
  }

  #sample(kind, sequence, detail, wanted, content) {
    const anomaly = this.#anomaly(kind, sequence, detail, wanted, content);
    this.#keep(anomaly);
    this.#listener.anomaly(anomaly);
  }

  #keep(anomaly) {
    const kept = this.#samples.get(anomaly.kind);
    if (kept.length < SAMPLE) {
      kept.push(anomaly);
    }
  }

  #anomaly(kind, sequence, detail, wanted, content) {
    return { kind, connection: this.#connection, sequence, leg: this.leg, detail, expected: wanted, actual: excerpt(content) };
  }

  /** Messages go one way only; without a seal it is not proved that the server had sent them. */
  get leg() {
    return this.reader.isSealed ? 'inbound' : 'unknown';
  }

  /** How many messages have come or been overtaken. */
  get seen() {
    return this.next - this.#from;
  }

  /** How many are still to come or to be overtaken. */
  get left() {
    return this.#end - this.next;
  }

  /** Whether each message has come in its own content, or is gone. */
  get isComplete() {
    return this.left === 0 && this.#missing.size + this.#displaced.size + this.#exchanged.size === 0;
  }

  counts() {
    const of = {
      ...this.#events,
      lost: this.#missing.size,
      corrupted: this.#damaged.size + this.#displaced.size,
      misdelivered: this.#exchanged.size,
      gone: this.#gone.size,
    };
    return { ...of, delivered: this.seen - of.lost - of.corrupted - of.misdelivered - of.gone };
  }

  anomalies(kind) {
    const lost = [];
    for (const sequence of kind === 'lost' ? this.#missing : []) {
      if (lost.length === SAMPLE) {
        break;
      }
      lost.push(this.#anomaly(kind, sequence, 'later messages came, this one did not', expected(sequence), null));
    }
    return [...this.#samples.get(kind), ...lost, ...[...this.#claims.values()].filter((claim) => claim.kind === kind)];
  }
}

const expected = (sequence) => STREAM_FORM.replace('{sequence}', sequence);

/** The counts of several ledgers, of which `planned` messages are to come in all. */
export function streamCounts(ledgers, planned) {
  const all = ledgers.map((ledger) => ledger.counts());
  const sum = (name) => all.reduce((total, counts) => total + (counts[name] ?? 0), 0);
  const seen = ledgers.reduce((total, ledger) => total + ledger.seen, 0);
  return {
    planned: Math.max(planned, seen),
    sent: seen,
    delivered: sum('delivered'),
    ...Object.fromEntries(KINDS.map(({ label }) => [label, sum(label)])),
    neverSent: Math.max(0, planned - seen),
    recovered: 0,
    gone: sum('gone'),
    foreignRoom: 0,
  };
}

/** The account of several ledgers, as Java's `StreamLedger.account`. */
export function streamAccount(ledgers, planned) {
  const counts = streamCounts(ledgers, planned);
  const failures = ALL_KINDS.filter(({ failure }) => failure).map(({ label }) => label);
  const onLeg = (leg) => {
    const there = streamCounts(ledgers.filter((ledger) => ledger.leg === leg), 0);
    return Object.fromEntries(failures.map((kind) => [kind, there[kind]]));
  };
  return {
    counts,
    verdict: verdictOf(counts),
    receipts: ledgers.length > 0 && ledgers.every(({ reader }) => reader.isSealed),
    legs: Object.fromEntries(LEGS.map((leg) => [leg, onLeg(leg)])),
    anomalies: ALL_KINDS.flatMap(({ label }) => ledgers.flatMap((ledger) => ledger.anomalies(label)).slice(0, SAMPLE)),
  };
}
