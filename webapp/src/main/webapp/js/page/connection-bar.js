import { STRINGS } from '../strings.js';
import { addressProblem, wireAddress } from '../run/plan.js';
import { byId, setEnabled, setProblem, setText } from './dom.js';
import { receives } from './files.js';
import { isOwnHost, ownAddress } from './link.js';

const OPENING = new Set(['connecting', 'established', 'reconnecting']);
const REFUSALS = { 1008: STRINGS.advice.policy, 1009: STRINGS.advice.tooBig };

/** The address, and the state of the connection to it. */
export class ConnectionBar {
  #state;
  #ask;
  #expect = '';
  /** Of the modes that were left. */
  #addresses = {};
  #countdown = 0;
  #retryAtMillis = 0;
  #input = byId('address');
  #connect = byId('connect');
  #disconnect = byId('disconnect');

  constructor(state, ask) {
    this.#state = state;
    this.#ask = ask;
    byId('connection').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#disconnect.addEventListener('click', () => ask('disconnect'));
    this.#input.addEventListener('input', () => this.#edited());
    state.on(['link', 'mode', 'running', 'snapshot', 'report'], () => this.#draw());
  }

  get address() {
    return this.#input.value.trim();
  }

  /** Whether the address can be connected to; says what is wrong with it. */
  check() {
    const problem = addressProblem(this.address, this.#state.mode);
    setProblem(this.#input, problem);
    return !problem;
  }

  /** Each mode has an address of its own. */
  turnTo(mode) {
    this.#addresses[this.#state.mode] = this.address;
    this.#state.set({ mode });
    this.begin(this.#addresses[mode] ?? ownAddress(location, mode), this.#expect);
  }

  /**
   * Takes the address of a link. Only the page's own host is connected to without a click: a link
   * from someone else must not make this browser talk to anything.
   */
  begin(address, expect) {
    this.#expect = expect;
    this.#input.value = address;
    if (!this.check() || this.#state.mode === 'receive') {
      this.#ask('abandon');
      this.#state.set({ link: { state: 'idle', url: address } });
    } else if (isOwnHost(address, location)) {
      this.#ask('connect', { url: wireAddress(address), expect });
    } else {
      this.#ask('abandon');
      this.#state.set({ link: { state: 'foreign', url: wireAddress(address) } });
    }
  }

  #edited() {
    if (this.#input.hasAttribute('aria-invalid')) {
      this.check();
    }
    this.#state.tell('settings');
    this.#draw();
  }

  #submit() {
    if (!this.check()) {
      this.#input.focus();
      return;
    }
    this.#state.tell('settings');
    if (this.#state.mode === 'receive') {
      byId('start').click();
      return;
    }
    this.#ask('connect', { url: wireAddress(this.address), expect: this.#expect });
  }

  #draw() {
    if (this.#state.mode === 'receive') {
      const { link, said, advice } = receiverOf(this.#state);
      this.#say(link, said, advice);
      this.#drawCountdown({});
      return;
    }
    const { link } = this.#state;
    this.#say(link.state, sentence(link), adviceFor(link));
    this.#drawButtons(link);
    this.#drawCountdown(link);
  }

  #say(state, said, advice) {
    byId('state-line').dataset.state = state;
    setText(byId('state'), said);
    setText(byId('advice'), advice);
    byId('advice').hidden = !advice;
  }

  #drawButtons({ state, url }) {
    const isOther = url !== wireAddress(this.address);
    const mayConnect = isOther || !['connecting', 'established', 'closing'].includes(state);
    const mayStop = OPENING.has(state);
    setText(this.#connect, state === 'reconnecting' && !isOther ? 'Connect Now' : 'Connect');
    setText(this.#disconnect, mayStop && state !== 'established' ? 'Stop Trying' : 'Disconnect');
    if (mayConnect) {
      this.#connect.disabled = false;
      setEnabled(this.#disconnect, mayStop, this.#connect);
    } else {
      this.#disconnect.disabled = !mayStop;
      setEnabled(this.#connect, false, mayStop ? this.#disconnect : this.#input);
    }
  }

  /** The seconds are beside the live region, not in it: nobody wants to hear them counted. */
  #drawCountdown({ state, seconds }) {
    clearInterval(this.#countdown);
    const tick = () => {
      const left = Math.max(0, Math.ceil((this.#retryAtMillis - performance.now()) / 1000));
      setText(byId('countdown'), STRINGS.state.reconnecting(left));
    };
    if (state === 'reconnecting') {
      this.#retryAtMillis = performance.now() + seconds * 1000;
      this.#countdown = setInterval(tick, 250);
      tick();
    } else {
      setText(byId('countdown'), '');
    }
  }
}

/** What is known of the connections that receive: `{link, said, advice}`. */
function receiverOf({ running, planned, snapshot, report, file }) {
  const { state: words, advice } = STRINGS;
  if (running) {
    const { open = 0, cut = 0 } = snapshot ?? {};
    const [link, said] =
      cut > 0
        ? ['reconnecting', words.cutOff(cut, planned.connections)]
        : open > 0
          ? ['established', words.receiving(open, planned.connections)]
          : ['connecting', words.opening];
    return { link, said, advice: '' };
  }
  if (!report || file || !receives(report)) {
    return { link: 'idle', said: words.receiver, advice: '' };
  }
  const last = report.epochs.at(-1);
  if (!last) {
    return { link: 'closed', said: words.neverOpened(report.run.url), advice: advice.neverOpened };
  }
  const { closeCode, reason, closedBy } = last;
  const byPage = closedBy === 'client';
  const said = words.closed(closeCode, reason, byPage ? 'page' : closedBy);
  return { link: byPage ? 'idle' : 'closed', said, advice: closeCode === 1008 ? advice.policyOfStream : '' };
}

function sentence({ state, url, attempt, code, reason, by, established, transport }) {
  const { state: words } = STRINGS;
  switch (state) {
    case 'established':
      return transport ? words.fallenBack(transport) : words.established;
    case 'connecting':
      return words.connecting(attempt);
    case 'refused':
      return words.refused(reason);
    case 'closed':
    case 'reconnecting':
      return established || by === 'page' ? words.closed(code, reason, by) : words.neverOpened(url);
    default:
      return words[state];
  }
}

function adviceFor({ state, code, by, established }) {
  if ((state !== 'closed' && state !== 'reconnecting') || by === 'page') {
    return '';
  }
  if (!established) {
    return STRINGS.advice.neverOpened;
  }
  if (state === 'reconnecting') {
    return code === 1006 ? STRINGS.advice.broke : '';
  }
  return REFUSALS[code] ?? STRINGS.advice.other;
}
