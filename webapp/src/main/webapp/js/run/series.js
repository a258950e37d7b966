const MOST_BUCKETS = 240;
const FIRST_WIDTH_MILLIS = 20;
const BINS = 128;
const BINS_PER_OCTAVE = 4;
const EMPTY = Object.freeze({ count: 0, anomalies: 0, max: 0 });

/** 1/1000 ms is bin 0, so 128 bins reach beyond an hour. */
const binOf = (millis) =>
  Math.min(BINS - 1, Math.max(0, Math.round(BINS_PER_OCTAVE * Math.log2(Math.max(0.001, millis) * 1000))));

const millisOf = (bin) => 2 ** (bin / BINS_PER_OCTAVE) / 1000;

/** Latency and rate over time. When it is full, two buckets become one: memory does not grow with the run. */
export class Series {
  #buckets = [];
  widthMillis = FIRST_WIDTH_MILLIS;

  /** A first reply came. */
  answered(sinceStartMillis, latencyMillis) {
    const bucket = this.#at(sinceStartMillis);
    bucket.count++;
    bucket.max = Math.max(bucket.max, latencyMillis);
    bucket.bins[binOf(latencyMillis)]++;
  }

  /** A reply came that is an anomaly. */
  anomaly(sinceStartMillis) {
    this.#at(sinceStartMillis).anomalies++;
  }

  /** As the report has it. */
  timeline() {
    const all = this.#all();
    return {
      bucketMillis: this.widthMillis,
      replies: all.map(({ count }) => count),
      anomalies: all.map(({ anomalies }) => anomalies),
      maxMicros: all.map(({ max }) => max * 1000),
    };
  }

  /** `{widthMillis, perSecond, median, max}`; a bucket in which nothing came has the rate 0 and no latency. */
  snapshot() {
    const { widthMillis } = this;
    const all = this.#all();
    return {
      widthMillis,
      perSecond: all.map(({ count }) => (count * 1000) / widthMillis),
      median: all.map((bucket) => (bucket.count === 0 ? null : Math.min(median(bucket), bucket.max))),
      max: all.map(({ count, max }) => (count === 0 ? null : max)),
    };
  }

  #all() {
    return Array.from(this.#buckets, (bucket) => bucket ?? EMPTY);
  }

  #at(sinceStartMillis) {
    while (sinceStartMillis / this.widthMillis >= MOST_BUCKETS) {
      this.#halve();
    }
    return this.#bucket(Math.max(0, Math.floor(sinceStartMillis / this.widthMillis)));
  }

  #bucket(index) {
    this.#buckets[index] ??= { ...EMPTY, bins: new Uint32Array(BINS) };
    return this.#buckets[index];
  }

  #halve() {
    const before = this.#buckets;
    this.#buckets = [];
    this.widthMillis *= 2;
    before.forEach((from, index) => {
      const into = this.#bucket(index >> 1);
      into.count += from.count;
      into.anomalies += from.anomalies;
      into.max = Math.max(into.max, from.max);
      from.bins.forEach((count, bin) => (into.bins[bin] += count));
    });
  }
}

function median({ count, bins }) {
  let seen = 0;
  return millisOf(bins.findIndex((inBin) => (seen += inBin) >= count / 2));
}
