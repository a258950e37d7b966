const SUB_BUCKETS = 2048;
const HALF = SUB_BUCKETS / 2;
const HALF_MAGNITUDE = 10;
const DIGITS = 3;

/** HdrHistogram's V2 format: the cookies of its encodings, with a word size of 1 (LEB128). */
const COOKIE = 0x1c849303 | 0x10;
const COMPRESSED_COOKIE = 0x1c849304 | 0x10;
const HEADER_BYTES = 40;

/**
 * Latencies in nanoseconds with 3 significant digits, none clamped or dropped: HdrHistogram's buckets
 * and encoding (Java's `Histogram(3)`), so that reports of pages and command lines can be added up.
 */
export class Histogram {
  #counts = new Float64Array(32 * HALF);
  #total = 0;
  #min = Infinity;
  #max = 0;

  record(nanos) {
    const value = Math.max(0, Math.round(nanos));
    const index = indexOf(value);
    if (index >= this.#counts.length) {
      const grown = new Float64Array(2 * index);
      grown.set(this.#counts);
      this.#counts = grown;
    }
    this.#counts[index]++;
    this.#total++;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** In microseconds, as the report names them; null where nothing was recorded. */
  percentiles() {
    if (this.#total === 0) {
      return null;
    }
    const at = (percent) => this.#valueAt(percent) / 1e3;
    return {
      min: lowestEquivalent(this.#min) / 1e3,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: highestEquivalent(this.#max) / 1e3,
    };
  }

  #valueAt(percent) {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.#total));
    let seen = 0;
    for (let index = 0; index < this.#counts.length; index++) {
      seen += this.#counts[index];
      if (seen >= wanted) {
        return highestEquivalent(valueOf(index));
      }
    }
    return 0;
  }

  /** As Java's `encodeIntoCompressedByteBuffer` writes it, in base64. */
  async encoded() {
    const zipped = await deflate(this.#encode());
    const all = new Uint8Array(8 + zipped.length);
    const view = new DataView(all.buffer);
    view.setInt32(0, COMPRESSED_COOKIE);
    view.setInt32(4, zipped.length);
    all.set(zipped, 8);
    return btoa(Array.from(all, (byte) => String.fromCharCode(byte)).join(''));
  }

  #encode() {
    const payload = [];
    const to = this.#total === 0 ? 0 : indexOf(this.#max) + 1;
    for (let index = 0; index < to; ) {
      let zeros = 0;
      while (index + zeros < to && this.#counts[index + zeros] === 0) {
        zeros++;
      }
      writeZigZag(payload, zeros > 0 ? -zeros : this.#counts[index]);
      index += Math.max(1, zeros);
    }
    const bytes = new Uint8Array(HEADER_BYTES + payload.length);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, COOKIE);
    view.setInt32(4, payload.length);
    view.setInt32(12, DIGITS);
    view.setBigInt64(16, 1n);
    view.setBigInt64(24, BigInt(Math.max(SUB_BUCKETS, highestEquivalent(this.#max))));
    view.setFloat64(32, 1);
    bytes.set(payload, HEADER_BYTES);
    return bytes;
  }
}

const bucketOf = (value) => Math.max(0, Math.floor(Math.log2(Math.max(1, value))) - HALF_MAGNITUDE);

function indexOf(value) {
  const bucket = bucketOf(value);
  return (bucket + 1) * HALF + Math.floor(value / 2 ** bucket) - HALF;
}

function valueOf(index) {
  const bucket = Math.floor(index / HALF) - 1;
  return bucket < 0 ? index : ((index % HALF) + HALF) * 2 ** bucket;
}

const lowestEquivalent = (value) => Math.floor(value / 2 ** bucketOf(value)) * 2 ** bucketOf(value);

const highestEquivalent = (value) => lowestEquivalent(value) + 2 ** bucketOf(value) - 1;

/** Counts stay below 2^48, so the format's ninth byte is never needed. */
function writeZigZag(payload, value) {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  while (rest >= 128) {
    payload.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  payload.push(rest);
}

async function deflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
