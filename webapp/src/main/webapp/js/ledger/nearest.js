import { MessageReader, Messages } from '../protocol/messages.js';

export const NONE = -1;

const HEAD_BYTES = 64;
const RECENT = 64;

/** A reply this close to a message is closer to it than to any other: their checks differ. */
const CERTAIN_DIFFERENCE = 2;

const CHECK_DIGITS = 8;
const CHECK_DIGITS_ALIKE = 4;

const ascending = (numbers) => [...numbers].sort((a, b) => a - b);

/**
 * Finds the message that a damaged reply is closest to. Candidates are the unanswered messages of
 * the reply's connection, and its last answered ones, of which it may be a damaged copy. They are
 * ranked by their first 64 bytes, which hold the whole identity; the winner must be alike in at
 * least half of its bytes.
 */
export class Nearest {
  #messages;
  #heads;
  #bare;
  #reader;
  #connection;
  #reply;
  #from;
  #to;
  #hasSyntax;
  #best;
  #bestAlike;
  #bestLength;

  constructor(messages) {
    this.#messages = messages;
    this.#heads = new Messages(messages.seed, Math.min(messages.sizeBytes, HEAD_BYTES));
    this.#bare = new Messages(messages.seed, 0);
    this.#reader = new MessageReader(messages);
  }

  /** The sequence of the closest message, or NONE; looks at the reply's bytes before `end`. */
  find(connection, reply, end) {
    this.#connection = connection;
    this.#reply = reply;
    this.#from = Math.max(0, Math.min(end, connection.form.messageOffset()));
    this.#to = connection.form.messageEnd(reply, this.#from, end);
    this.#best = NONE;
    this.#bestAlike = -1;
    const reader = this.#reader;
    this.#hasSyntax = reader.syntaxAt(reply, this.#from);
    if (this.#hasSyntax && reader.connection === connection.number && reader.sequence >= 0) {
      this.#consider(reader.sequence);
    }
    this.#considerAll();
    return this.#best !== NONE && this.#isHalfAlike(this.#best) ? this.#best : NONE;
  }

  #considerAll() {
    const { overtaken, misdelivered, highestAnswered, sent } = this.#connection;
    for (const sequence of overtaken) {
      if (this.#isCertain()) {
        return;
      }
      this.#consider(sequence);
    }
    ascending(misdelivered.keys()).forEach((sequence) => this.#consider(sequence));
    for (let s = highestAnswered + 1; s < sent && !this.#isCertain(); s++) {
      this.#consider(s);
    }
    for (let s = highestAnswered; s > Math.max(-1, highestAnswered - RECENT) && !this.#isCertain(); s--) {
      this.#consider(s);
    }
  }

  #isCertain() {
    return this.#bestAlike >= 0 && this.#bestLength - this.#bestAlike <= CERTAIN_DIFFERENCE;
  }

  #consider(sequence) {
    if (this.#isCertain() || !this.#connection.isSent(sequence)) {
      return;
    }
    const head = this.#heads.content(this.#connection.number, sequence);
    if (this.#isOfAnother(sequence, head)) {
      return;
    }
    const alike = this.#alike(head);
    if (alike > this.#bestAlike) {
      this.#best = sequence;
      this.#bestAlike = alike;
      this.#bestLength = head.length;
    }
  }

  /**
   * A reply with a whole identity of other numbers and a check that has little in common with this
   * message's is a stray, not this message changed.
   */
  #isOfAnother(sequence, head) {
    const { number } = this.#connection;
    const reader = this.#reader;
    if (!this.#hasSyntax || (reader.connection === number && reader.sequence === sequence)) {
      return false;
    }
    const checkStart = this.#bare.length(number, sequence) - CHECK_DIGITS;
    let same = 0;
    for (let i = 0; i < CHECK_DIGITS; i++) {
      if (head[checkStart + i] === this.#reply[reader.end - CHECK_DIGITS + i]) {
        same++;
      }
    }
    return same < CHECK_DIGITS_ALIKE;
  }

  #isHalfAlike(sequence) {
    const content = this.#messages.content(this.#connection.number, sequence);
    return 2 * this.#alike(content) >= content.length;
  }

  /** The bytes that a message and the reply have in common: in place, or around one changed spot. */
  #alike(message) {
    const reply = this.#reply;
    const from = this.#from;
    const length = Math.min(message.length, this.#to - from);
    let prefix = 0;
    while (prefix < length && message[prefix] === reply[from + prefix]) {
      prefix++;
    }
    let suffix = 0;
    while (
      suffix < length - prefix &&
      message[message.length - 1 - suffix] === reply[this.#to - 1 - suffix]
    ) {
      suffix++;
    }
    let inPlace = prefix;
    for (let i = prefix; i < length; i++) {
      if (message[i] === reply[from + i]) {
        inPlace++;
      }
    }
    return Math.max(prefix + suffix, inPlace);
  }
}
