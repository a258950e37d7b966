/** A sorted set of whole numbers >= 0: 32 of a row cost one entry. Owned by the ledger. */
export class SequenceSet {
  #pages = new Map();
  #sortedPages = null;
  size = 0;

  add(value) {
    const page = Math.floor(value / 32);
    const bits = this.#pages.get(page);
    const bit = 1 << (value % 32);
    if (bits & bit) {
      return false;
    }
    if (bits === undefined) {
      this.#sortedPages = null;
    }
    this.#pages.set(page, bits | bit);
    this.size++;
    return true;
  }

  remove(value) {
    if (!this.has(value)) {
      return false;
    }
    const page = Math.floor(value / 32);
    const bits = this.#pages.get(page) & ~(1 << (value % 32));
    if (bits === 0) {
      this.#pages.delete(page);
      this.#sortedPages = null;
    } else {
      this.#pages.set(page, bits);
    }
    this.size--;
    return true;
  }

  has(value) {
    return this.size > 0 && (this.#pages.get(Math.floor(value / 32)) & (1 << (value % 32))) !== 0;
  }

  /** How many of `from..to` (both included) are in the set. */
  count(from, to) {
    if (from > to || this.size === 0) {
      return 0;
    }
    const pages = this.#sorted();
    let count = 0;
    for (let i = firstAtLeast(pages, Math.floor(from / 32)); i < pages.length && pages[i] * 32 <= to; i++) {
      const first = pages[i] * 32;
      let bits = this.#pages.get(pages[i]);
      if (first < from) {
        bits &= -1 << (from - first);
      }
      if (first + 31 > to) {
        bits &= -1 >>> (31 - (to - first));
      }
      count += bitCount(bits);
    }
    return count;
  }

  /** In ascending order; iterate over it before the next change. */
  *[Symbol.iterator]() {
    for (const page of this.#sorted()) {
      for (let rest = this.#pages.get(page); rest !== 0; rest &= rest - 1) {
        yield page * 32 + 31 - Math.clz32(rest & -rest);
      }
    }
  }

  /** Maps have no order of their keys: it is made when it is asked for, and kept until a page comes or goes. */
  #sorted() {
    this.#sortedPages ??= [...this.#pages.keys()].sort((a, b) => a - b);
    return this.#sortedPages;
  }
}

function firstAtLeast(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function bitCount(bits) {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) {
    count++;
  }
  return count;
}
