const MOST = 100;

/** The sentences of a report, each once with its count. */
export class Reasons {
  #sentences = new Map();

  note(sentence) {
    if (this.#sentences.has(sentence) || this.#sentences.size < MOST) {
      this.#sentences.set(sentence, (this.#sentences.get(sentence) ?? 0) + 1);
    }
  }

  all() {
    return [...this.#sentences].map(([sentence, count]) =>
      count === 1 ? sentence : `${sentence} (${count.toLocaleString('en')} times)`,
    );
  }
}
