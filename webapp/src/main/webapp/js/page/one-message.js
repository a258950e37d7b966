import { STRINGS } from '../strings.js';
import { byId, setEnabled, setText } from './dom.js';

/** One message and its reply. */
export class OneMessage {
  #state;
  #text = byId('text');
  #send = byId('send');

  constructor(state, ask) {
    this.#state = state;
    byId('one').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit(ask);
    });
    state.on(['link'], () => setEnabled(this.#send, this.#isEstablished, this.#text));
    state.on(['reply'], () => this.#draw());
  }

  get #isEstablished() {
    return this.#state.link.state === 'established';
  }

  #submit(ask) {
    if (!this.#isEstablished) {
      setText(byId('reply'), STRINGS.one.notEstablished);
      return;
    }
    this.#clear(STRINGS.one.waiting);
    ask('send', { text: this.#text.value, binary: byId('one-binary').checked });
  }

  #clear(text) {
    setText(byId('reply'), text);
    ['random', 'round-trip', 'reply-size'].forEach((id) => setText(byId(id), '–'));
  }

  #draw() {
    const { text, random, roundTripMillis, size, binary } = this.#state.reply;
    setText(byId('reply'), text);
    setText(byId('random'), random === null ? '–' : String(random));
    const { one } = STRINGS;
    setText(byId('round-trip'), roundTripMillis === null ? one.unasked : one.roundTrip(roundTripMillis));
    setText(byId('reply-size'), one.bytes(size, binary));
  }
}
