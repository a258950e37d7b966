import { hexDigit, isDigit } from './bytes.js';
import { crc32c } from './crc32c.js';

const CRC_DIGITS = 8;

/**
 * What the server says it received: ` (<k> <crc>)` at the very end of a reply; k counts its messages
 * from 1, crc is the CRC-32C of every byte before its first digit.
 *
 * @returns `{count, crcMatches, start}`, or null where there is no receipt
 */
export function receiptOf(reply) {
  const crcStart = reply.length - 1 - CRC_DIGITS;
  if (crcStart < 4 || reply[reply.length - 1] !== 0x29 || reply[crcStart - 1] !== 0x20) {
    return null;
  }
  let crc = 0;
  for (let i = crcStart; i < reply.length - 1; i++) {
    const digit = hexDigit(reply[i]);
    if (digit < 0) {
      return null;
    }
    crc = (crc << 4) | digit;
  }
  const open = countOpening(reply, crcStart - 2, crcStart);
  if (open < 1) {
    return null;
  }
  let count = 0;
  for (let i = open + 1; i < crcStart - 1; i++) {
    count = count * 10 + reply[i] - 0x30;
  }
  return count < 1 ? null : { count, crcMatches: crc32c(reply, 0, crcStart) === crc, start: open - 1 };
}

/** The offset of the parenthesis before the digits that end at an offset, or -1. */
function countOpening(reply, last, crcStart) {
  let at = last;
  while (at >= 0 && isDigit(reply[at]) && crcStart - at < 20) {
    at--;
  }
  return at < last && at >= 1 && reply[at] === 0x28 && reply[at - 1] === 0x20 ? at : -1;
}
