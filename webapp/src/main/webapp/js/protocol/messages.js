import { ascii, hexDigit, isDigit, startsWith, textOf } from './bytes.js';
import * as Crc from './crc32c.js';

/** The sequence of the message that closes a connection's account and is itself never counted. */
export const END_SEQUENCE = -1;

export const MAX_SIZE_BYTES = 64 << 20;

const PREFIX = ascii('Request ');
const END = ascii('end');
const CHECK_DIGITS = 8;
const ALPHABET = ascii('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_');
const HEX = ascii('0123456789abcdef');
const SPACE = 0x20;
const SLASH = 0x2f;
const MAX_CONNECTION = 2 ** 31 - 1;
const MULBERRY_STEP = 0x6d2b79f5;

/** Tommy Ettinger's mulberry32 (public domain), as in the Java client. */
function mulberry32(state) {
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
  return t ^ (t >>> 14);
}

export function writeHex(bytes, at, value) {
  for (let i = 0; i < CHECK_DIGITS; i++) {
    bytes[at + i] = HEX[(value >>> (28 - 4 * i)) & 15];
  }
}

/**
 * The messages of one run: every one can be made again from the run's seed, so none is stored.
 *
 *     Request <connection>/<sequence> <check>[ <padding>]
 *
 * check = CRC-32C of the seed as 8 big-endian bytes and the text before the check.
 */
export class Messages {
  #seedState;

  /**
   * @param seed a number or BigInt that fits 64 bits, signed
   * @param sizeBytes what each message is padded to; 0 = as long as its identity
   */
  constructor(seed, sizeBytes) {
    if (!(sizeBytes >= 0 && sizeBytes <= MAX_SIZE_BYTES)) {
      throw new RangeError(`must be 0..${MAX_SIZE_BYTES} bytes: size=${sizeBytes}`);
    }
    this.seed = seed;
    this.sizeBytes = sizeBytes;
    const seedBytes = new Uint8Array(8);
    new DataView(seedBytes.buffer).setBigInt64(0, BigInt(seed));
    this.#seedState = Crc.update(Crc.START, seedBytes, 0, 8);
  }

  /** The text of a message. */
  text(connection, sequence) {
    const content = this.content(connection, sequence);
    // All of it is ASCII; a short one is faster without a decoder.
    return content.length <= 64 ? String.fromCharCode.apply(null, content) : textOf(content);
  }

  /** The bytes of a message. */
  content(connection, sequence) {
    const isEnd = sequence === END_SEQUENCE;
    const head = `Request ${connection}/${isEnd ? 'end' : sequence}`;
    const natural = head.length + 1 + CHECK_DIGITS;
    const content = ascii(head, isEnd ? natural : Math.max(natural, this.sizeBytes));
    const check = this.check(content, 0, head.length);
    content[head.length] = SPACE;
    writeHex(content, head.length + 1, check);
    pad(content, natural, check);
    return content;
  }

  /** The length in bytes of a message. */
  length(connection, sequence) {
    const isEnd = sequence === END_SEQUENCE;
    const natural = `Request ${connection}/${isEnd ? 'end' : sequence} `.length + CHECK_DIGITS;
    return isEnd ? natural : Math.max(natural, this.sizeBytes);
  }

  check(bytes, from, to) {
    return Crc.finish(Crc.update(this.#seedState, bytes, from, to));
  }

  paddingLength(naturalLength) {
    return Math.max(0, this.sizeBytes - naturalLength);
  }
}

function pad(content, from, check) {
  if (from === content.length) {
    return;
  }
  content[from] = SPACE;
  let state = check;
  for (let i = from + 1; i < content.length; i++) {
    state = (state + MULBERRY_STEP) | 0;
    content[i] = ALPHABET[mulberry32(state) & 63];
  }
}

function paddingMatches(bytes, offset, length, check) {
  if (length === 0) {
    return true;
  }
  if (bytes.length < offset + length || bytes[offset] !== SPACE) {
    return false;
  }
  let state = check;
  for (let i = 1; i < length; i++) {
    state = (state + MULBERRY_STEP) | 0;
    if (bytes[offset + i] !== ALPHABET[mulberry32(state) & 63]) {
      return false;
    }
  }
  return true;
}

/**
 * Finds the message inside a reply. What was found stays in the reader until the next call: no
 * object is made for a reply.
 */
export class MessageReader {
  #messages;

  constructor(messages) {
    this.#messages = messages;
    this.connection = 0;
    this.sequence = 0;
    this.check = 0;
    this.start = 0;
    this.end = 0;
  }

  /** Whether a message of this run begins at an offset; its padding is not looked at. */
  identityAt(bytes, offset) {
    return this.syntaxAt(bytes, offset) && this.#messages.check(bytes, offset, this.end - 9) === this.check;
  }

  /** Whether the bytes at an offset have the syntax of an identity, be its check right or not. */
  syntaxAt(bytes, offset) {
    this.start = offset;
    if (offset < 0 || !startsWith(bytes, offset, bytes.length, PREFIX)) {
      return false;
    }
    let at = this.#connectionAt(bytes, offset + PREFIX.length);
    at = at < 0 ? -1 : this.#sequenceAt(bytes, at);
    return at >= 0 && this.#checkAt(bytes, at);
  }

  #connectionAt(bytes, from) {
    const at = this.#numberAt(bytes, from, 10);
    if (at < 0 || this.number > MAX_CONNECTION || bytes[at] !== SLASH) {
      return -1;
    }
    this.connection = this.number;
    return at + 1;
  }

  #sequenceAt(bytes, from) {
    let at = this.#numberAt(bytes, from, 18);
    if (at < 0 && startsWith(bytes, from, bytes.length, END)) {
      this.number = END_SEQUENCE;
      at = from + END.length;
    }
    this.sequence = this.number;
    return at >= 0 && bytes[at] === SPACE ? at + 1 : -1;
  }

  #checkAt(bytes, at) {
    let value = 0;
    for (let i = 0; i < CHECK_DIGITS; i++) {
      const digit = at + i < bytes.length ? hexDigit(bytes[at + i]) : -1;
      if (digit < 0) {
        return false;
      }
      value = (value << 4) | digit;
    }
    this.check = value;
    this.end = at + CHECK_DIGITS;
    return true;
  }

  /** Reads a decimal number without leading zeros into `number`; the offset behind it, or -1. */
  #numberAt(bytes, from, mostDigits) {
    let at = from;
    let number = 0;
    while (at < bytes.length && isDigit(bytes[at]) && at - from < mostDigits) {
      number = number * 10 + bytes[at++] - 0x30;
    }
    this.number = number;
    return at === from || (bytes[from] === 0x30 && at - from > 1) ? -1 : at;
  }

  /** Whether the padding of the message just read is there and right; moves `end` behind it. */
  contentMatches(bytes) {
    const padding = this.sequence === END_SEQUENCE ? 0 : this.#messages.paddingLength(this.end - this.start);
    if (!paddingMatches(bytes, this.end, padding, this.check)) {
      return false;
    }
    this.end += padding;
    return true;
  }

  /** The offset of the next `Request ` from an offset on, or -1. */
  static next(bytes, offset) {
    for (let at = bytes.indexOf(PREFIX[0], offset); at >= 0; at = bytes.indexOf(PREFIX[0], at + 1)) {
      if (startsWith(bytes, at, bytes.length, PREFIX)) {
        return at;
      }
    }
    return -1;
  }
}
