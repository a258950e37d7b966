import { crc32c, hexOf } from './crc32c.js';

/**
 * What a server says on a stream, as Java's StreamMessages and StreamReader have it:
 *
 *     [42] Request Number [17] Waiting for next number... (requests/5f3a9c01/17 eebf91bf)
 *     messages 0–399 are gone (requests/5f3a9c01/gone 5623e48f)
 */
export const STREAM_FORM = '[{random}] Request Number [{sequence}] Waiting for next number...';

/** What a text is: an intact message of the stream, a word of messages that are gone, intact but of another stream, or none of these. */
export const Found = { MESSAGE: 'message', GONE: 'gone', FOREIGN: 'foreign', DAMAGED: 'damaged' };

const NONE = -1;

/** One character for each byte, so that checksums and texts have the same offsets; ASCII is itself. */
const bytewise = new TextDecoder('windows-1252');
const asRead = (text) => bytewise.decode(new TextEncoder().encode(text));

/** Digits as they are written: no zero before others. */
const NUMBER = '(0(?!\\d)|[1-9]\\d{0,17})';
const MESSAGE = new RegExp(`^\\[${NUMBER}\\] Request Number \\[${NUMBER}\\] Waiting for next number\\.\\.\\.$`);
const GONE = new RegExp(`^messages ${NUMBER}${asRead('–')}${NUMBER} are gone$`);
const SEQUENCE = new RegExp(`\\] Request Number \\[${NUMBER}?`);
const BEGINS_WITH_NUMBER = new RegExp(`^${NUMBER}`);
const SEAL = / \(([^(]*)\/([^/(]*) (.{8})\)$/s;
/** With its first space; a name of 64 characters needs 109. */
const LONGEST_SEAL = 169;
/** What of a seal its checksum does not cover. */
const CRC_END = 9;
const ID = /^([\w.-]{1,64})\/([0-9a-f]{8})$/;

/** `[name, run]` of `<name>/<run>`; undefined where it is none. */
export const partsOf = (id) => ID.exec(id)?.slice(1);

/** What ends with a seal: `{body, id, token, intact}`; or null. */
function unseal(text, content) {
  const seal = SEAL.exec(text.slice(-LONGEST_SEAL));
  if (!seal) {
    return null;
  }
  const [whole, id, token, crc] = seal;
  const intact = hexOf(crc32c(content, 0, content.length - CRC_END)) === crc;
  return { body: text.slice(0, -whole.length), id, token, intact };
}

/** The stream that an intact seal names, `<name>/<run>`; undefined where there is none. */
export function sealedBy(content) {
  const seal = unseal(bytewise.decode(content), content);
  return seal?.intact && partsOf(seal.id) ? seal.id : undefined;
}

/** Whether it is a message, or a word of messages that are gone, without a seal. */
export function isPlain(content) {
  const text = bytewise.decode(content);
  return MESSAGE.test(text) || GONE.test(text);
}

/** Reads what comes on a stream; what its fields tell is of the last text that was read. Owned by a ledger. */
export class StreamReader {
  #name;
  isSealed;
  /** `<name>/<run>`; null where messages bear no seal, or until the first one tells. */
  id;

  /**
   * Reads sealed messages of one run of a stream.
   *
   * @param name of the stream, or null: the first message's
   * @param id `<name>/<run>`, or null: the first message of that name tells the run
   */
  static sealed(name, id = null) {
    return new StreamReader(true, name, id);
  }

  /** Reads messages without a seal: only their form and numbers tell that they are right. */
  static plain() {
    return new StreamReader(false, null, null);
  }

  constructor(isSealed, name, id) {
    this.isSealed = isSealed;
    this.#name = name;
    this.id = id;
  }

  read(content) {
    this.random = this.sequence = this.last = this.sealedSequence = NONE;
    this.foreign = null;
    const text = bytewise.decode(content);
    return this.isSealed ? this.#readSealed(text, content) : this.#readPlain(text).found;
  }

  /** What a text is, and what its seal is to name. */
  #readPlain(text) {
    const message = MESSAGE.exec(text);
    if (message) {
      [this.random, this.sequence] = [Number(message[1]), Number(message[2])];
      return { found: Found.MESSAGE, token: message[2] };
    }
    const [first, last] = GONE.exec(text)?.slice(1).map(Number) ?? [];
    if (last >= first) {
      [this.sequence, this.last] = [first, last];
      return { found: Found.GONE, token: 'gone' };
    }
    // A damaged text may still tell its number.
    this.sequence = Number(SEQUENCE.exec(text)?.[1] ?? NONE);
    return { found: Found.DAMAGED, token: null };
  }

  #readSealed(text, content) {
    const seal = unseal(text, content);
    const { found, token } = this.#readPlain(seal?.body ?? text);
    if (!seal) {
      return Found.DAMAGED;
    }
    this.sealedSequence = Number(BEGINS_WITH_NUMBER.exec(seal.token)?.[1] ?? NONE);
    if (seal.token !== token || !seal.intact) {
      return Found.DAMAGED;
    }
    if (!this.id && this.#isOurs(seal.id)) {
      this.id = seal.id;
    }
    if (seal.id === this.id) {
      return found;
    }
    this.foreign = seal.id;
    return Found.FOREIGN;
  }

  #isOurs(id) {
    const name = partsOf(id)?.[0];
    return name !== undefined && name === (this.#name ?? name);
  }
}
