import { textOf } from '../protocol/bytes.js';
import { END_SEQUENCE, MessageReader } from '../protocol/messages.js';
import { receiptOf } from '../protocol/receipt.js';
import { Fit } from '../protocol/reply-form.js';
import { Closing } from './closing.js';
import { Answer, ConnectionLedger } from './connection-ledger.js';
import { NONE, Nearest } from './nearest.js';
import { Arrival, isPlausible, ReceiptTrail } from './receipt-trail.js';
import { KINDS, LEGS, NO_SEQUENCE, Receipts } from './words.js';

/** The most anomalies of a kind that are kept as examples; counts are exact all the same. */
export const SAMPLE = 100;

const EXCERPT_CHARS = 200;

/** What a listener may be told; each is optional. */
const DEAF = {
  /** The first reply to a message came on its connection, right or corrupted. */
  answered() {},
  /** A reply is an anomaly, or makes one of its message. */
  anomaly() {},
};

/**
 * The account of one run: what was sent and what came back goes in, counts and anomalies come out.
 * It follows the Java ledger (src/ledger) line by line and passes the same vectors.
 *
 * Events are told in the order in which they happened, and the caller has waited for outstanding
 * replies before it takes the account. Memory depends on the connections, the messages in flight and
 * what is missing, never on the number of messages. No I/O, no clock.
 */
export class Ledger {
  #binary;
  #reader;
  #nearest;
  #messages;
  #listener;
  connections = [];
  strayDuplicates = [];
  /** Kind → examples. */
  samples = new Map(KINDS.map(({ label }) => [label, []]));
  /** Kind → leg → how many. */
  events = new Map(KINDS.map(({ label }) => [label, Object.fromEntries(LEGS.map((leg) => [leg, 0]))]));
  delivered = 0;
  /** The reply that was told last: whether a message stood whole in it, which, and where. */
  last = { whole: false, connection: 0, sequence: 0, start: 0, end: 0 };

  constructor(messages, binary, listener = {}) {
    this.#messages = messages;
    this.#binary = binary;
    this.#listener = { ...DEAF, ...listener };
    this.#reader = new MessageReader(messages);
    this.#nearest = new Nearest(messages);
  }

  /** A connection was opened; each number is opened once. */
  opened(connection, form, receipts) {
    if (this.connections[connection]) {
      throw new Error(`opened before: connection=${connection}`);
    }
    this.connections[connection] = new ConnectionLedger(connection, form, receipts);
  }

  /** The connection's next message is being sent; returns its sequence. */
  send(connection) {
    return this.connections[connection].send();
  }

  sent(connection) {
    return this.connections[connection].sent;
  }

  /** The connection ended, however; what is in flight on it is in doubt. */
  ended(connection) {
    this.connections[connection].ended = true;
  }

  /** Messages that hold a slot of the connection's window. */
  inFlight(connection) {
    return this.connections[connection].inFlight;
  }

  /** Messages of the connection that have had no reply on it. */
  unanswered(connection) {
    return this.connections[connection].unanswered;
  }

  /** Whether the connection's replies carry receipts. */
  receipts(connection) {
    return this.connections[connection].receipts === Receipts.ON;
  }

  /** The connections that were opened. */
  opens() {
    return this.connections.filter((connection) => connection);
  }

  /**
   * A reply came.
   *
   * @param reply its bytes, a text in UTF-8; not kept
   * @returns whether it is, or may be, the reply to the message that closes the connection's account
   */
  reply(connection, reply, binaryReply) {
    const arrival = this.connections[connection];
    let receipt = arrival.receipts === Receipts.OFF ? null : receiptOf(reply);
    if (receipt && !isPlausible(receipt.count, arrival.sent)) {
      receipt = null;
    }
    const end = receipt ? receipt.start : reply.length;
    const whole = this.#findWhole(arrival.form, reply, end) && binaryReply === this.#binary;
    this.#noteWhole(whole);
    const proved = receipt !== null && receipt.crcMatches;
    if (arrival.receipts === Receipts.ASKED && (whole || proved)) {
      arrival.receipts = proved ? Receipts.ON : Receipts.OFF;
    }
    if (whole && (proved || arrival.receipts !== Receipts.ON)) {
      return this.#intact(arrival, reply, proved ? receipt : null);
    }
    return this.#damaged(arrival, reply, end, receipt, binaryReply);
  }

  /** Where the message stands in a whole reply: a log then need not keep what it can compute. */
  #noteWhole(whole) {
    const { last } = this;
    last.whole = whole;
    if (whole) {
      ({ connection: last.connection, sequence: last.sequence, start: last.start, end: last.end } = this.#reader);
    }
  }

  /** Leaves the reader at a message that stands whole in a reply of the form. */
  #findWhole(form, reply, end) {
    const at = form.messageOffset();
    if (at >= 0) {
      return this.#isWholeAt(form, reply, at, end);
    }
    for (let next = MessageReader.next(reply, 0); next >= 0; next = MessageReader.next(reply, next + 1)) {
      if (this.#isWholeAt(form, reply, next, end)) {
        return true;
      }
    }
    return false;
  }

  #isWholeAt(form, reply, at, end) {
    const reader = this.#reader;
    return (
      reader.identityAt(reply, at) &&
      reader.contentMatches(reply) &&
      reader.end <= end &&
      form.fit(reply, at, reader.end, end) === Fit.FITS &&
      !(form.hasAny && this.#holdsAnother(reply))
    );
  }

  #holdsAnother(reply) {
    const { connection, sequence } = this.#reader;
    const other = new MessageReader(this.#messages);
    for (let at = MessageReader.next(reply, 0); at >= 0; at = MessageReader.next(reply, at + 1)) {
      if (other.identityAt(reply, at) && (other.sequence !== sequence || other.connection !== connection)) {
        return true;
      }
    }
    return false;
  }

  #intact(arrival, reply, receipt) {
    const { connection: owner, sequence } = this.#reader;
    if (owner !== arrival.number) {
      this.#stray(arrival, owner, sequence, reply, receipt);
      return false;
    }
    if (sequence === END_SEQUENCE) {
      if (receipt) {
        trail(arrival).close(arrival.sent, receipt.count);
      }
      return true;
    }
    if (arrival.isSent(sequence)) {
      this.#answer(arrival, sequence, reply, receipt, null);
    } else {
      this.#unexpected(arrival, reply, receipt, 'no message of that number was sent');
    }
    return false;
  }

  /**
   * A reply on its own connection to a message that was sent.
   *
   * @param receipt one with a right crc, or null
   * @param damage what is wrong with it, or null
   */
  #answer(c, sequence, reply, receipt, damage) {
    const stray = c.misdelivered.get(sequence);
    const answer = c.answer(sequence);
    if (answer === Answer.FURTHER) {
      if (damage !== null || !this.#wasPhantom(c, sequence, receipt)) {
        this.#duplicated(c, sequence, reply, receipt, damage);
      }
      return;
    }
    c.answeredAtAll = true;
    const arrival = receipt ? trail(c).answered(sequence, receipt.count) : null;
    if (damage === null) {
      this.delivered++;
    } else {
      this.#event('corrupted', c.number, sequence, corruptedLeg(c, receipt), damage, reply);
    }
    if (answer === Answer.LATE) {
      const detail = `came after the reply to ${c.highestAnswered}`;
      this.#event('reordered', c.number, sequence, lateLeg(arrival), detail, reply);
    } else if (answer === Answer.AFTER_STRAY) {
      this.#strayDuplicate(c.number, sequence, stray, null);
    }
    this.#listener.answered(c.number, sequence);
  }

  /**
   * Whether a reply that was taken for this message, by its receipt's count alone, was that of a
   * phantom: the message's own reply is here now, and the server counted it apart. Then the account
   * is put right.
   */
  #wasPhantom(c, sequence, receipt) {
    const phantom = receipt ? c.byReceipt.get(sequence) : undefined;
    if (receipt) {
      c.byReceipt.delete(sequence);
    }
    if (!phantom || trail(c).see(receipt.count) === Arrival.SEEN) {
      return false;
    }
    this.events.get('corrupted').outbound--;
    const isThis = (a) => a.connection === c.number && a.sequence === sequence;
    this.samples.set('corrupted', this.samples.get('corrupted').filter((a) => !isThis(a)));
    this.delivered++;
    const detail = 'the server counted it, and no message explains it';
    this.#event('unexpected', c.number, NO_SEQUENCE, 'outbound', detail, phantom);
    return true;
  }

  #duplicated(c, sequence, reply, receipt, damage) {
    let leg = 'unknown';
    if (receipt) {
      leg = trail(c).see(receipt.count) === Arrival.SEEN ? 'inbound' : 'outbound';
      if (leg === 'outbound') {
        trail(c).duplicatedOutbound();
      }
    }
    const detail = `answered before${damage === null ? '' : `; this reply ${damage}`}`;
    this.#event('duplicated', c.number, sequence, leg, detail, reply);
  }

  /** A reply to another connection's message. */
  #stray(arrival, owner, sequence, reply, receipt) {
    if (sequence === END_SEQUENCE) {
      return;
    }
    const c = this.connections[owner];
    if (!c || !c.isSent(sequence)) {
      this.#unexpected(arrival, reply, null, 'no message of that number was sent');
      return;
    }
    const stray = { arrival: arrival.number, count: receipt ? receipt.count : 0 };
    if (c.isOpen(sequence)) {
      c.misdeliver(sequence, stray);
      this.#listener.anomaly(this.misdeliveredAnomaly(owner, sequence, stray, 'unknown'));
    } else {
      this.#strayDuplicate(owner, sequence, stray, reply);
    }
  }

  #strayDuplicate(owner, sequence, stray, reply) {
    if (this.strayDuplicates.length < SAMPLE * SAMPLE) {
      this.strayDuplicates.push({ owner, stray });
    }
    const detail = `also answered on connection ${stray.arrival}`;
    this.#event('duplicated', owner, sequence, 'unknown', detail, reply);
  }

  #unexpected(c, reply, receipt, detail) {
    let leg = 'unknown';
    if (c.receipts === Receipts.ON) {
      const counted = receipt && trail(c).see(receipt.count) !== Arrival.SEEN;
      leg = counted ? 'outbound' : 'inbound';
    }
    this.#event('unexpected', c.number, NO_SEQUENCE, leg, detail, reply);
  }

  /** A reply that is not a whole message in the expected form. */
  #damaged(arrival, reply, end, receipt, binaryReply) {
    const proved = receipt && receipt.crcMatches ? receipt : null;
    const held = this.#identities(reply);
    if (held.length === 0) {
      this.#attribute(arrival, reply, end, proved);
      return false;
    }
    const damage = this.#damage(arrival, reply, receipt, binaryReply, held.length);
    let mayBeEnd = false;
    for (const { connection, sequence } of held) {
      if (connection !== arrival.number) {
        this.#stray(arrival, connection, sequence, reply, proved);
      } else if (sequence === END_SEQUENCE) {
        mayBeEnd = true;
      } else if (arrival.isSent(sequence)) {
        this.#answer(arrival, sequence, reply, proved, damage);
      } else {
        this.#unexpected(arrival, reply, proved, 'no message of that number was sent');
      }
    }
    return mayBeEnd;
  }

  /** Every message of this run that stands in a reply with a right check, in order, each once. */
  #identities(reply) {
    const reader = this.#reader;
    const identities = new Map();
    for (let at = MessageReader.next(reply, 0); at >= 0; at = MessageReader.next(reply, at + 1)) {
      if (reader.identityAt(reply, at)) {
        const { connection, sequence } = reader;
        identities.set(`${connection}/${sequence}`, { connection, sequence });
      }
    }
    return [...identities.values()];
  }

  #damage(arrival, reply, receipt, binaryReply, held) {
    if (held > 1) {
      return `holds ${held} messages merged into one reply`;
    }
    if (binaryReply !== this.#binary) {
      return `came as ${binaryReply ? 'binary' : 'text'}, not as it was sent`;
    }
    const end = receipt ? receipt.start : reply.length;
    if (this.#findWhole(arrival.form, reply, end)) {
      return receipt ? 'has a receipt that its bytes do not match' : 'has no receipt';
    }
    const at = arrival.form.messageOffset();
    const reader = this.#reader;
    if (
      at >= 0 &&
      reader.identityAt(reply, at) &&
      reader.contentMatches(reply) &&
      arrival.form.fit(reply, at, reader.end, end) === Fit.OUT_OF_RANGE
    ) {
      return `has a number outside the announced range of ${arrival.form}`;
    }
    return `differs from ${arrival.form}`;
  }

  /** A reply in which no message of this run is whole enough to be named. */
  #attribute(arrival, reply, end, proved) {
    let sequence = this.#nearest.find(arrival, reply, end);
    if (sequence === NONE && proved) {
      sequence = byReceipt(arrival, proved);
      if (sequence !== NONE) {
        arrival.byReceipt.set(sequence, reply.slice(0, 4 * EXCERPT_CHARS));
      }
    }
    if (sequence === NONE) {
      this.#unexpected(arrival, reply, proved, 'is like no outstanding message');
    } else {
      this.#answer(arrival, sequence, reply, proved, 'is changed beyond its identity');
    }
  }

  #event(kind, connection, sequence, leg, detail, actual) {
    this.events.get(kind)[leg]++;
    const expected = sequence < 0 || kind === 'duplicated' ? null : this.expected(connection, sequence);
    const anomaly = { kind, connection, sequence, leg, detail, expected, actual: excerpt(actual) };
    const kept = this.samples.get(kind);
    if (kept.length < SAMPLE) {
      kept.push(anomaly);
    }
    this.#listener.anomaly(anomaly);
  }

  /** The content that a message should have come with, shortened. */
  expected(connection, sequence) {
    return excerpt(this.#messages.content(connection, sequence));
  }

  misdeliveredAnomaly(owner, sequence, stray, leg) {
    return {
      kind: 'misdelivered',
      connection: owner,
      sequence,
      leg,
      detail: `answered on connection ${stray.arrival}`,
      expected: this.expected(owner, sequence),
      actual: null,
    };
  }

  /**
   * Adds up what is known now. What is unanswered on a connection that has not ended counts as lost:
   * wait for it first.
   *
   * @returns `{counts, verdict, receipts, legs, anomalies}`, the words of the report
   */
  account(planned) {
    return new Closing(this, planned).account();
  }

  /** What is known while it runs: exact for every reply that came, silent on what the end will tell. */
  live() {
    const opens = this.opens();
    const sum = (of) => opens.reduce((total, connection) => total + of(connection), 0);
    const counts = { sent: sum((c) => c.sent), delivered: this.delivered };
    for (const [kind, legs] of this.events) {
      counts[kind] = legs.outbound + legs.inbound + legs.unknown;
    }
    counts.misdelivered = sum((c) => c.misdelivered.size);
    counts.overtaken = sum((c) => c.overtaken.size);
    counts.inFlight = sum((c) => c.inFlight);
    return counts;
  }
}

function trail(c) {
  c.trail ??= new ReceiptTrail();
  return c.trail;
}

function corruptedLeg(c, receipt) {
  if (receipt) {
    return 'outbound';
  }
  if (c.receipts === Receipts.OFF) {
    return 'unknown';
  }
  trail(c).unreadable();
  return c.receipts === Receipts.ON ? 'inbound' : 'unknown';
}

function lateLeg(arrival) {
  if (arrival === null) {
    return 'unknown';
  }
  return arrival === Arrival.NEW ? 'outbound' : 'inbound';
}

/** The message that the server must have counted so: the one behind the last it counted. */
function byReceipt(arrival, proved) {
  if (!arrival.trail) {
    return NONE;
  }
  const sequence = arrival.trail.sequenceOf(proved.count);
  return sequence >= 0 && arrival.isSent(sequence) && arrival.isOpen(sequence) ? sequence : NONE;
}

/** The beginning of a content, for people; null where there is none. */
export function excerpt(bytes) {
  if (bytes === null) {
    return null;
  }
  const text = textOf(bytes.subarray(0, 4 * EXCERPT_CHARS));
  return text.length <= EXCERPT_CHARS && bytes.length <= 4 * EXCERPT_CHARS
    ? text
    : `${text.slice(0, EXCERPT_CHARS)}…`;
}
