/** When the messages in flight were sent: a ring as wide as the window, and what was overtaken beside it. */
export class SendTimes {
  #ring;
  #overtaken = new Map();

  constructor(window) {
    this.#ring = new Float64Array(2 ** Math.ceil(Math.log2(Math.max(1, window)))).fill(NaN);
  }

  sent(sequence, nowMillis) {
    const slot = sequence % this.#ring.length;
    if (!Number.isNaN(this.#ring[slot])) {
      this.#overtaken.set(sequence - this.#ring.length, this.#ring[slot]);
    }
    this.#ring[slot] = nowMillis;
  }

  /** When a message that is answered now was sent. */
  answered(sequence, nextSequence) {
    if (nextSequence - sequence > this.#ring.length) {
      const sentMillis = this.#overtaken.get(sequence);
      this.#overtaken.delete(sequence);
      return sentMillis;
    }
    const slot = sequence % this.#ring.length;
    const sentMillis = this.#ring[slot];
    this.#ring[slot] = NaN;
    return sentMillis;
  }
}
