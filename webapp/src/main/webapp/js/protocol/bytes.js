/** Text and bytes; shared because encoders are stateless and dear to make. */

const encoder = new TextEncoder();
/** A byte order mark is content like any other: it must not vanish from what is shown. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A loop: `Uint8Array.from` with a function takes ten times as long, and this is done for every message. */
export function ascii(text, length = text.length) {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < text.length; i++) {
    bytes[i] = text.charCodeAt(i);
  }
  return bytes;
}

export const utf8 = (text) => encoder.encode(text);

/** Bytes as text; what is no UTF-8 becomes U+FFFD, so that it can at least be shown. */
export const textOf = (bytes) => decoder.decode(bytes);

export function startsWith(bytes, offset, to, what) {
  if (to - offset < what.length) {
    return false;
  }
  for (let i = 0; i < what.length; i++) {
    if (bytes[offset + i] !== what[i]) {
      return false;
    }
  }
  return true;
}

export const isDigit = (byte) => byte >= 0x30 && byte <= 0x39;

/** The value of a lower-case hex digit, or -1. */
export function hexDigit(byte) {
  if (isDigit(byte)) {
    return byte - 0x30;
  }
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}
