import { later } from './turns.js';

/** Rows that are looked at in one turn: sockets have theirs in between. */
const ROWS_A_TURN = 4000;
const MOST_CHARS = 400;
const MOST_COPIED = 10_000;

/** The rows of the log that a filter lets through, found a piece at a time. Owned by the worker. */
export class LogView {
  #store;
  #filter = null;
  /** Numbers of matching rows, ascending; null where every row matches. */
  #found = null;
  #scanned = 0;
  #scanning = false;

  constructor(store) {
    this.#store = store;
  }

  /** `{connection, show, text}`: a number or null, '' or a word, '' or a text. */
  filter(filter) {
    const all = filter.connection === null && filter.show === '' && filter.text === '';
    this.#filter = { ...filter, text: filter.text.toLowerCase() };
    this.#found = all ? null : [];
    this.#scanned = this.#store.first;
  }

  clear() {
    this.#store.clear();
    this.#found &&= [];
    this.#scanned = 0;
  }

  /** After outcomes were marked, rows may match that did not before. */
  again() {
    if (this.#found) {
      this.filter(this.#filter);
    }
  }

  /** `{rows, kept, dropped, scanning}`: how many there are to be shown. */
  size() {
    this.#scan();
    const { count, first } = this.#store;
    const rows = this.#found ? this.#found.length : count - first;
    return { rows, kept: count - first, dropped: first, scanning: this.#found !== null && this.#scanned < count };
  }

  /** The shown rows `from..to`. */
  rows(from, to) {
    return this.#numbers(from, to).map((row) => this.#store.row(row, MOST_CHARS));
  }

  /** The last rows, for copying, at most 10,000. */
  last() {
    const { rows } = this.size();
    return this.#numbers(Math.max(0, rows - MOST_COPIED), rows).map((row) => this.#store.row(row, MOST_CHARS));
  }

  #numbers(from, to) {
    const { first, count } = this.#store;
    if (this.#found) {
      return this.#found.slice(from, to).filter((row) => row >= first);
    }
    const until = Math.min(count, first + to);
    return Array.from({ length: Math.max(0, until - first - from) }, (_, i) => first + from + i);
  }

  #scan() {
    if (this.#found && !this.#scanning && this.#scanned < this.#store.count) {
      this.#scanning = true;
      this.#scanTurn();
    }
  }

  #scanTurn() {
    if (!this.#found) {
      this.#scanning = false;
      return;
    }
    const { first, count } = this.#store;
    const from = Math.max(first, this.#scanned);
    const to = Math.min(count, from + ROWS_A_TURN);
    for (let row = from; row < to; row++) {
      if (this.#store.matches(row, this.#filter)) {
        this.#found.push(row);
      }
    }
    this.#scanned = to;
    this.#dropGone(first);
    this.#scanning = to < count;
    if (this.#scanning) {
      later(() => this.#scanTurn());
    }
  }

  /** Numbers of rows that the store has dropped, once there are many. */
  #dropGone(first) {
    if (this.#found.length > ROWS_A_TURN && this.#found[ROWS_A_TURN] < first) {
      this.#found = this.#found.filter((row) => row >= first);
    }
  }
}
