import { textOf, utf8 } from '../protocol/bytes.js';
import { crc32c } from '../protocol/crc32c.js';
import { END_SEQUENCE } from '../protocol/messages.js';
import { ALL_KINDS } from '../ledger/words.js';

/**
 * What a log may hold: about 35 bytes a row and the text that cannot be computed, at most 100 MB in
 * all. What is older is dropped, and counted.
 */
const MOST_ROWS = 1_000_000;
const MOST_TEXT_BYTES = 64 << 20;
const CHUNK_ROWS = 8192;

/** What is kept of a reply in which no message stands whole; a whole one is kept but for its message. */
const MOST_DAMAGED_BYTES = 4096;

export const Type = { SENT: 0, SENT_TEXT: 1, WHOLE: 2, RECEIVED: 3, IGNORED: 4, OPENED: 5, CLOSED: 6 };
const EVENT_NAMES = ['sent', 'sent', 'received', 'received', 'received', 'opened', 'closed'];

/** The connection of single messages. */
export const SINGLE = -1;

const BIT = Object.fromEntries(ALL_KINDS.map(({ label }, index) => [label, 1 << index]));
const NOTHING = new Uint8Array(0);

/** Rows in columns; their texts one behind the other. */
class Chunk {
  length = 0;
  millis = new Float64Array(CHUNK_ROWS);
  /** Of a damaged reply that is not kept whole: its CRC-32C. */
  sequence = new Float64Array(CHUNK_ROWS);
  connection = new Int16Array(CHUNK_ROWS);
  size = new Uint32Array(CHUNK_ROWS);
  anomalies = new Uint16Array(CHUNK_ROWS);
  type = new Uint8Array(CHUNK_ROWS);
  binary = new Uint8Array(CHUNK_ROWS);
  run = new Uint16Array(CHUNK_ROWS);
  /** Where the second part of a row's text begins: between the two stands the message. */
  split = new Uint32Array(CHUNK_ROWS);
  textEnd = new Uint32Array(CHUNK_ROWS);
  text = new Uint8Array(CHUNK_ROWS * 4);

  append(bytes, from, to) {
    const at = this.#textLength;
    const end = at + to - from;
    if (end > this.text.length) {
      const grown = new Uint8Array(2 * end);
      grown.set(this.text.subarray(0, at));
      this.text = grown;
    }
    // A loop: what is kept is mostly a dozen bytes, for which a subarray costs more than it saves.
    for (let i = from; i < to; i++) {
      this.text[at + i - from] = bytes[i];
    }
    this.#textLength = end;
  }

  #textLength = 0;

  get textLength() {
    return this.#textLength;
  }

  textStart(index) {
    return index === 0 ? 0 : this.textEnd[index - 1];
  }
}

/**
 * Every message, reply, opening and closing, by row number from 0; rows keep their number when older
 * ones are dropped. Owned by the worker.
 */
export class LogStore {
  #chunks = [];
  #firstChunk = 0;
  #textBytes = 0;
  #runs = [];
  #count = 0;
  #clearings = 0;

  /** Rows ever appended: the number of the next. */
  get count() {
    return this.#count;
  }

  /** The first row that is still there. */
  get first() {
    return Math.min(this.#count, this.#firstChunk * CHUNK_ROWS);
  }

  clear() {
    this.#chunks = [];
    this.#firstChunk = 0;
    this.#textBytes = 0;
    this.#count = 0;
    this.#clearings++;
  }

  /** The rows of one run: what Run is given. */
  forRun(messages) {
    const run = this.#runs.push(messages) - 1;
    const from = this.#count;
    const clearings = this.#clearings;
    const event = (type, connection, atMillis, how) =>
      this.#append(type, run, atMillis, connection, END_SEQUENCE, 0, false, 0, utf8(JSON.stringify(how)));
    return {
      opened: (connection, atMillis, how) => event(Type.OPENED, connection, atMillis, how),
      closed: (connection, atMillis, how) => event(Type.CLOSED, connection, atMillis, how),
      sent: (connection, sequence, size, atMillis, binary) =>
        this.#append(Type.SENT, run, atMillis, connection, sequence, size, binary, 0, NOTHING),
      received: (connection, reply, binary, atMillis, kinds, last) =>
        this.#received(run, connection, reply, binary, atMillis, kinds, last),
      judged: (ledger) => this.#judged(run, ledger),
      number: run,
      /** The first row of the run, or -1 if the log no longer has all of them. */
      firstRow: () => (clearings === this.#clearings && this.first <= from ? from : -1),
    };
  }

  /** A single message, or its reply. */
  single(received, bytes, binary, atMillis) {
    const type = received ? Type.RECEIVED : Type.SENT_TEXT;
    const kept = bytes.subarray(0, MOST_DAMAGED_BYTES);
    this.#append(type, 0, atMillis, SINGLE, END_SEQUENCE, bytes.length, binary, 0, kept);
  }

  #received(run, connection, reply, binary, atMillis, kinds, last) {
    let anomalies = 0;
    for (const kind of kinds) {
      anomalies |= BIT[kind];
    }
    const size = reply.length;
    if (last?.whole && last.connection === connection) {
      const { sequence, start, end } = last;
      this.#append(Type.WHOLE, run, atMillis, connection, sequence, size, binary, anomalies, reply, start, end);
      return;
    }
    const sequence = size > MOST_DAMAGED_BYTES ? crc32c(reply) >>> 0 : END_SEQUENCE;
    const type = last ? Type.RECEIVED : Type.IGNORED;
    const kept = reply.subarray(0, MOST_DAMAGED_BYTES);
    this.#append(type, run, atMillis, connection, sequence, size, binary, anomalies, kept);
  }

  /** Keeps `text` without its bytes `cutFrom..cutTo`. Many arguments, and no object for each row. */
  #append(type, run, atMillis, connection, sequence, size, binary, anomalies, text, cutFrom, cutTo) {
    const chunk = this.#openChunk();
    const i = chunk.length++;
    chunk.millis[i] = atMillis;
    chunk.sequence[i] = sequence;
    chunk.connection[i] = connection;
    chunk.size[i] = size;
    chunk.anomalies[i] = anomalies;
    chunk.type[i] = type;
    chunk.binary[i] = binary ? 1 : 0;
    chunk.run[i] = run;
    const before = chunk.text.length;
    chunk.append(text, 0, cutFrom ?? text.length);
    chunk.split[i] = chunk.textLength;
    chunk.append(text, cutTo ?? text.length, text.length);
    chunk.textEnd[i] = chunk.textLength;
    this.#textBytes += chunk.text.length - before;
    this.#count++;
  }

  #openChunk() {
    let chunk = this.#chunks.at(-1);
    if (!chunk || chunk.length === CHUNK_ROWS) {
      chunk = new Chunk();
      this.#chunks.push(chunk);
      this.#textBytes += chunk.text.length;
      this.#dropOld();
    }
    return chunk;
  }

  #dropOld() {
    while (
      this.#chunks.length > 1 &&
      (this.#chunks.length * CHUNK_ROWS > MOST_ROWS || this.#textBytes > MOST_TEXT_BYTES)
    ) {
      this.#textBytes -= this.#chunks.shift().text.length;
      this.#firstChunk++;
    }
  }

  /** Marks the messages of a run that turned out to be lost or in doubt. */
  #judged(run, ledger) {
    const marks = ledger.opens().map((c) => [c.number, c.lost(), c.inDoubt()]);
    const open = new Map(marks.filter(([, lost, inDoubt]) => lost.size + inDoubt.size > 0).map((m) => [m[0], m]));
    if (open.size === 0) {
      return;
    }
    for (const chunk of this.#chunks) {
      for (let i = 0; i < chunk.length; i++) {
        if (chunk.run[i] === run && chunk.type[i] === Type.SENT) {
          chunk.anomalies[i] |= outcomeBit(open.get(chunk.connection[i]), chunk.sequence[i]);
        }
      }
    }
  }

  #at(row) {
    return [this.#chunks[Math.floor(row / CHUNK_ROWS) - this.#firstChunk], row % CHUNK_ROWS];
  }

  /** Whether a row is one of `{connection, show, text}`; each may be empty. */
  matches(row, { connection, show, text }) {
    const [chunk, i] = this.#at(row);
    return (
      (connection === null || chunk.connection[i] === connection) &&
      isShown(show, chunk, i) &&
      (text === '' || this.text(row).toLowerCase().includes(text))
    );
  }

  /** A row as the page shows it. */
  row(row, mostChars) {
    const [chunk, i] = this.#at(row);
    const text = this.text(row);
    const cut = text.length > mostChars && chunk.type[i] < Type.OPENED;
    return {
      row,
      // Clocks of workers and pages begin at different moments.
      epochMillis: performance.timeOrigin + chunk.millis[i],
      connection: chunk.connection[i],
      event: EVENT_NAMES[chunk.type[i]],
      size: chunk.size[i],
      binary: chunk.binary[i] === 1,
      kinds: ALL_KINDS.filter((_, kind) => chunk.anomalies[i] & (1 << kind)).map(({ label }) => label),
      text: cut ? `${text.slice(0, mostChars)}…` : text,
    };
  }

  /** What was sent or received, computed where it can be. */
  text(row) {
    const [chunk, i] = this.#at(row);
    const start = chunk.textStart(i);
    const kept = (from, to) => textOf(chunk.text.subarray(from, to));
    if (chunk.type[i] === Type.SENT) {
      return this.#runs[chunk.run[i]].text(chunk.connection[i], chunk.sequence[i]);
    }
    if (chunk.type[i] === Type.WHOLE) {
      const message = this.#runs[chunk.run[i]].text(chunk.connection[i], chunk.sequence[i]);
      return kept(start, chunk.split[i]) + message + kept(chunk.split[i], chunk.textEnd[i]);
    }
    return kept(start, chunk.textEnd[i]);
  }

  /** What a transcript needs of a row: `{run, type, connection, sequence, millis, binary, size, parts}`. */
  raw(row) {
    const [chunk, i] = this.#at(row);
    return {
      run: chunk.run[i],
      type: chunk.type[i],
      connection: chunk.connection[i],
      sequence: chunk.sequence[i],
      millis: chunk.millis[i],
      binary: chunk.binary[i] === 1,
      size: chunk.size[i],
      before: chunk.text.subarray(chunk.textStart(i), chunk.split[i]),
      after: chunk.text.subarray(chunk.split[i], chunk.textEnd[i]),
    };
  }
}

function outcomeBit(mark, sequence) {
  if (!mark || sequence === END_SEQUENCE) {
    return 0;
  }
  return mark[1].has(sequence) ? BIT.lost : mark[2].has(sequence) ? BIT.inDoubt : 0;
}

function isShown(show, chunk, i) {
  switch (show) {
    case '':
      return true;
    case 'sent':
    case 'received':
      return EVENT_NAMES[chunk.type[i]] === show;
    case 'wrong':
      return chunk.anomalies[i] !== 0;
    default:
      return (chunk.anomalies[i] & BIT[show]) !== 0;
  }
}
