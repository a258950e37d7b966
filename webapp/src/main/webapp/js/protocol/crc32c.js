/** CRC-32C (Castagnoli, RFC 3720 appendix B.4), byte by byte from a table: 0.4 GB/s are enough here. */

const POLYNOMIAL_REVERSED = 0x82f63b78;

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL_REVERSED : crc >>> 1;
  }
  return crc;
});

/** The state before the first byte. */
export const START = -1;

/** The state after `bytes[from..to)`. */
export function update(state, bytes, from, to) {
  let crc = state;
  for (let i = from; i < to; i++) {
    crc = TABLE[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  }
  return crc;
}

/** The checksum of a state, as a signed 32-bit number. */
export const finish = (state) => ~state;

export const crc32c = (bytes, from = 0, to = bytes.length) => finish(update(START, bytes, from, to));

/** A checksum as 8 lower-case hex digits. */
export const hexOf = (crc) => (crc >>> 0).toString(16).padStart(8, '0');
