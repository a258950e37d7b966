import { isDigit, startsWith, textOf, utf8 } from './bytes.js';

/** How a reply compares with a form, from best to worst. */
export const Fit = { FITS: 0, OUT_OF_RANGE: 1, DIFFERS: 2 };

const MESSAGE = '{message}';
const LONG_MAX = 2n ** 63n - 1n;

/**
 * What a reply looks like, such as `{message} - {random:1-100}`: `{message}` exactly once, `{random}`
 * any integer, `{any}` any bytes, all else literal text.
 */
export class ReplyForm {
  #before;
  #after;

  constructor(text, before, after) {
    this.text = text;
    this.#before = before;
    this.#after = after;
    this.hasAny = text.includes('{any}');
    /** The number that stood for `{random}` in the reply looked at last, or null. */
    this.lastRandom = null;
  }

  /** Reads a form; throws a RangeError with a sentence where it is none. */
  static parse(text) {
    const message = text.indexOf(MESSAGE);
    if (message < 0 || text.indexOf(MESSAGE, message + 1) >= 0) {
      throw new RangeError(
        `must contain {message} exactly once: "${text}"; {random}, {random:1-100} and {any} may stand beside it`,
      );
    }
    return new ReplyForm(text, parts(text.slice(0, message)), parts(text.slice(message + MESSAGE.length)));
  }

  /** How a reply compares with this form, given where the message stands and where a receipt begins. */
  fit(reply, messageStart, messageEnd, end) {
    this.lastRandom = null;
    const fit = this.#fit(this.#before, 0, reply, 0, messageStart);
    return fit === Fit.DIFFERS ? fit : Math.max(fit, this.#fit(this.#after, 0, reply, messageEnd, end));
  }

  /** Where the message begins in a reply of this form, or -1 if that differs from reply to reply. */
  messageOffset() {
    const before = this.#before;
    if (before.length === 0) {
      return 0;
    }
    return before.length === 1 && before[0].literal ? before[0].literal.length : -1;
  }

  /** Where the message of a damaged reply probably ends: before the last occurrence of what follows it. */
  messageEnd(reply, from, end) {
    const literal = this.#after.length > 0 && this.#after[0].literal;
    if (literal) {
      for (let at = end - literal.length; at >= from; at--) {
        if (startsWith(reply, at, end, literal)) {
          return at;
        }
      }
    }
    return end;
  }

  /** A form that a reply fits: its numbers become `{random}`. */
  static fitting(reply, messageStart, messageEnd) {
    const asRandom = (bytes) => textOf(bytes).replace(/\d+/g, '{random}');
    return ReplyForm.parse(
      asRandom(reply.subarray(0, messageStart)) + MESSAGE + asRandom(reply.subarray(messageEnd)),
    );
  }

  toString() {
    return this.text;
  }

  /** Matches parts from `part` on against the bytes `from..to`, all of them. */
  #fit(all, part, reply, from, to) {
    if (from > to) {
      return Fit.DIFFERS;
    }
    if (part === all.length) {
      return from === to ? Fit.FITS : Fit.DIFFERS;
    }
    const { literal, any } = all[part];
    if (literal) {
      return startsWith(reply, from, to, literal)
        ? this.#fit(all, part + 1, reply, from + literal.length, to)
        : Fit.DIFFERS;
    }
    return any ? this.#fitAny(all, part, reply, from, to) : this.#fitRandom(all, part, reply, from, to);
  }

  #fitRandom(all, part, reply, from, to) {
    const digitsFrom = from < to && reply[from] === 0x2d ? from + 1 : from;
    let at = digitsFrom;
    let value = 0;
    while (at < to && isDigit(reply[at])) {
      value = value * 10 + reply[at++] - 0x30;
    }
    if (at === digitsFrom) {
      return Fit.DIFFERS;
    }
    const signed = digitsFrom === from ? value : -value;
    const inRange = isInRange(all[part].range, signed, reply, digitsFrom, at);
    const rest = this.#fit(all, part + 1, reply, at, to);
    if (rest !== Fit.DIFFERS) {
      this.lastRandom = signed;
    }
    return inRange ? rest : Math.max(Fit.OUT_OF_RANGE, rest);
  }

  #fitAny(all, part, reply, from, to) {
    if (part === all.length - 1) {
      return Fit.FITS;
    }
    let best = Fit.DIFFERS;
    for (let skip = from; skip <= to && best !== Fit.FITS; skip++) {
      best = Math.min(best, this.#fit(all, part + 1, reply, skip, to));
    }
    return best;
  }
}

/** Numbers beyond 2^53 are rare and compared exactly, as the Java client does. */
function isInRange(range, signed, reply, digitsFrom, digitsTo) {
  if (!range) {
    return true;
  }
  if (Number.isSafeInteger(signed)) {
    return signed >= range.min && signed <= range.max;
  }
  const digits = BigInt(textOf(reply.subarray(digitsFrom, digitsTo)));
  return signed > 0 && digits <= LONG_MAX && digits >= range.min && digits <= range.max;
}

function parts(text) {
  const found = [];
  let literalFrom = 0;
  let at = 0;
  const addLiteral = (to) => to > literalFrom && found.push({ literal: utf8(text.slice(literalFrom, to)) });
  while (at < text.length) {
    const close = text[at] === '{' ? text.indexOf('}', at) : -1;
    const part = close < 0 ? null : placeholder(text.slice(at + 1, close));
    if (!part) {
      at++;
      continue;
    }
    addLiteral(at);
    found.push(part);
    at = close + 1;
    literalFrom = at;
  }
  addLiteral(text.length);
  return found;
}

function placeholder(name) {
  if (name === 'any') {
    return { any: true };
  }
  if (name === 'random') {
    return { range: null };
  }
  if (!name.startsWith('random:')) {
    return null;
  }
  const range = /^(\d{1,18})-(\d{1,18})$/.exec(name.slice('random:'.length));
  if (range && BigInt(range[1]) <= BigInt(range[2])) {
    return { range: { min: BigInt(range[1]), max: BigInt(range[2]) } };
  }
  throw new RangeError(`must be {random:min-max} with 0 <= min <= max: {${name}}`);
}
