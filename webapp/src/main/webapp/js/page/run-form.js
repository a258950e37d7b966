import { STRINGS } from '../strings.js';
import { DEFAULTS, addressProblem, fieldsOf, problems, wireAddress } from '../run/plan.js';
import { copyButton } from './clipboard.js';
import { commandFor } from './command.js';
import { byId, setEnabled, setProblem, setText } from './dom.js';

const NUMBERS = ['messages', 'connections', 'from', 'window', 'size', 'rate', 'drainSeconds'];
const TEXTS = ['expect', 'seed'];
const CHECKS = ['binary', 'receipts', 'reconnect'];
const IN_MORE = new Set(['expect', 'drainSeconds', 'seed', 'binary', 'receipts']);

/** What a run is to do, of either mode, and the buttons that start and stop it. */
export class RunForm {
  #state;
  #ask;
  #seed = '';
  #start = byId('start');
  #stop = byId('stop');

  constructor(state, ask) {
    this.#state = state;
    this.#ask = ask;
    this.fill(DEFAULTS);
    byId('plan').addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId('plan').addEventListener('input', () => this.#edited());
    byId('plan').addEventListener('change', () => this.#edited());
    this.#stop.addEventListener('click', () => {
      ask('stop');
      setText(this.#stop, STRINGS.run.stopping);
    });
    state.on(['running'], () => this.#drawButtons());
    state.on(['mode'], () => this.#turned());
    state.on(['report'], () => (this.#seed = state.report && !state.file ? String(state.report.run.seed) : ''));
    copyButton('copy-command', 'copied', () => this.#showCommand(), STRINGS.copy.command);
  }

  get plan() {
    return Object.fromEntries([
      ['mode', this.#state.mode],
      ...NUMBERS.map((name) => [name, byId(name).value === '' ? NaN : Number(byId(name).value)]),
      ...TEXTS.map((name) => [name, byId(name).value.trim()]),
      ...CHECKS.map((name) => [name, byId(name).checked]),
    ]);
  }

  fill(plan) {
    [...NUMBERS, ...TEXTS].forEach((name) => (byId(name).value = plan[name]));
    CHECKS.forEach((name) => (byId(name).checked = plan[name]));
    if (byId('window').selectedIndex < 0) {
      byId('window').value = DEFAULTS.window;
    }
    byId('more').open ||= fieldsOf(plan.mode).some((name) => IN_MORE.has(name) && plan[name] !== DEFAULTS[name]);
    this.#drawLabel();
  }

  #turned() {
    byId('command').hidden = true;
    setText(byId('copied'), '');
    this.#drawLabel();
    this.#check();
  }

  #edited() {
    this.#seed = '';
    this.#drawLabel();
    this.#check();
    this.#state.tell('settings');
  }

  #drawLabel() {
    const { mode, messages } = this.plan;
    const label = mode === 'receive' ? STRINGS.run.receive : STRINGS.run.start;
    setText(this.#start, label(Number.isInteger(messages) ? messages : 0));
  }

  /** Says what is wrong; returns the first field that is, or undefined. */
  #check() {
    const found = problems(this.plan);
    const fields = [...NUMBERS, ...TEXTS].filter((name) => name !== 'window').map(byId);
    fields.forEach((field) => setProblem(field, found[field.id] ?? ''));
    return fields.find((field) => found[field.id]);
  }

  get #url() {
    return wireAddress(byId('address').value.trim());
  }

  #submit() {
    const wrong = this.#check();
    const address = byId('address');
    const addressIsWrong = addressProblem(this.#url, this.#state.mode);
    setProblem(address, addressIsWrong);
    if (wrong || addressIsWrong) {
      byId('more').open ||= IN_MORE.has(wrong?.id);
      setText(byId('copied'), STRINGS.run.correct);
      (wrong ?? address).focus();
      return;
    }
    setText(byId('copied'), '');
    this.#state.tell('settings');
    this.#state.set({ running: true, snapshot: null, report: null, file: null, planned: this.plan });
    this.#ask('start', { plan: { ...this.plan, url: this.#url } });
  }

  #drawButtons() {
    const { running } = this.#state;
    setText(this.#stop, 'Stop');
    if (running) {
      this.#stop.disabled = false;
      setEnabled(this.#start, false, this.#stop);
    } else {
      this.#start.disabled = false;
      setEnabled(this.#stop, false, this.#start);
    }
  }

  /** Shown as well as copied: a clipboard may be forbidden, and people like to see what they run. */
  #showCommand() {
    const { plan } = this;
    const command = commandFor({ ...plan, url: this.#url }, plan.seed || this.#seed);
    const shown = byId('command');
    shown.textContent = command;
    shown.hidden = false;
    return command;
  }
}
