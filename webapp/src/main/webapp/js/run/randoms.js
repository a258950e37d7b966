const MOST_BINS = 128;

/** How often each random number came; wide ranges share bins, so that memory does not grow. */
export class Randoms {
  #counts = new Map();
  #width = 1;

  record(number) {
    const bin = Math.floor(number / this.#width);
    this.#counts.set(bin, (this.#counts.get(bin) ?? 0) + 1);
    while (this.#counts.size > MOST_BINS) {
      this.#widen();
    }
  }

  /** `{width, bins: [[from, count], …]}` in ascending order. */
  snapshot() {
    const bins = [...this.#counts].sort(([a], [b]) => a - b).map(([bin, count]) => [bin * this.#width, count]);
    return { width: this.#width, bins };
  }

  #widen() {
    const before = this.#counts;
    this.#counts = new Map();
    this.#width *= 2;
    for (const [bin, count] of before) {
      const wider = Math.floor(bin / 2);
      this.#counts.set(wider, (this.#counts.get(wider) ?? 0) + count);
    }
  }
}
