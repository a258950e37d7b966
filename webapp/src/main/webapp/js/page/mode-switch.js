import { STRINGS } from '../strings.js';
import { byId, setText } from './dom.js';

/** Whether messages are to come back, or a stream is to be received: shows what belongs to either. */
export class ModeSwitch {
  #state;
  #choices = [...document.querySelectorAll('#mode input')];

  /** @param turnTo is told which mode is chosen */
  constructor(state, turnTo) {
    this.#state = state;
    byId('mode').addEventListener('change', ({ target }) => turnTo(target.value));
    state.on(['mode', 'running'], () => this.#draw());
  }

  #draw() {
    const { mode, running } = this.#state;
    // A run that goes on has its own.
    byId('mode').disabled = running;
    this.#choices.forEach((choice) => (choice.checked = choice.value === mode));
    document.querySelectorAll('[data-mode]').forEach((part) => (part.hidden = part.dataset.mode !== mode));
    setText(byId('tagline'), STRINGS.mode[mode]);
    setText(byId('run-heading'), STRINGS.run.heading[mode]);
  }
}
