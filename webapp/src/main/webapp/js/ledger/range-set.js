/** A sorted set of whole numbers >= 0: each unbroken row costs one entry, however long it is. Owned by a ledger. */
export class RangeSet {
  /** `[first, last]` of each row, ascending. */
  #rows = [];
  size = 0;

  /** Adds `from..to` (both included), of which none is in the set. */
  addAll(from, to) {
    if (from > to) {
      return;
    }
    this.size += to - from + 1;
    const at = this.#behind(from);
    const before = this.#rows[at - 1];
    const after = this.#rows[at];
    const first = before?.[1] === from - 1 ? before[0] : from;
    const last = after?.[0] === to + 1 ? after[1] : to;
    this.#rows.splice(at - (first < from), (first < from) + (last > to), [first, last]);
  }

  has(value) {
    return value <= (this.#rows[this.#behind(value) - 1]?.[1] ?? -Infinity);
  }

  remove(value) {
    if (!this.has(value)) {
      return false;
    }
    const at = this.#behind(value) - 1;
    const [first, last] = this.#rows[at];
    const rest = [[first, value - 1], [value + 1, last]].filter(([from, to]) => from <= to);
    this.#rows.splice(at, 1, ...rest);
    this.size--;
    return true;
  }

  /** In ascending order; iterate over it before the next change. */
  *[Symbol.iterator]() {
    for (const [first, last] of this.#rows) {
      for (let value = first; value <= last; value++) {
        yield value;
      }
    }
  }

  /** The index of the first row that begins behind a value. */
  #behind(value) {
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows[middle][0] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
