import { ConnectionBar } from './js/page/connection-bar.js';
import { copyButton } from './js/page/clipboard.js';
import { Files } from './js/page/files.js';
import { linkTo, settingsIn } from './js/page/link.js';
import { LogPanel } from './js/page/log-panel.js';
import { ModeSwitch } from './js/page/mode-switch.js';
import { OneMessage } from './js/page/one-message.js';
import { Result } from './js/page/result.js';
import { RunForm } from './js/page/run-form.js';
import { State } from './js/page/state.js';
import { STRINGS } from './js/strings.js';

/** Wires the parts of the page: each draws itself from the state and asks the worker for deeds. */

const state = new State();
const worker = new Worker(new URL('js/run/worker.js', import.meta.url), { type: 'module' });
const ask = (type, more = {}) => worker.postMessage({ type, ...more });

const told = {
  link: (link) => state.set({ link }),
  reply: (reply) => state.set({ reply }),
  progress: ({ snapshot }) => state.set({ snapshot }),
  finished: ({ report, snapshot }) => state.set({ report, snapshot, running: false, file: null }),
  log: ({ size }) => state.set({ logSize: size }),
  rows: (answer) => log.show(answer),
  copied: ({ rows }) => log.copy(rows),
  transcript: ({ blob }) => files.saveTranscript(blob),
};
worker.addEventListener('message', ({ data }) => told[data.type](data));

const bar = new ConnectionBar(state, ask);
const one = new OneMessage(state, ask);
const form = new RunForm(state, ask);
const result = new Result(state);
const files = new Files(state, ask);
const log = new LogPanel(state, ask);

new ModeSwitch(state, (mode) => {
  bar.turnTo(mode);
  keepInUrl();
});

/** The settings stand in the address bar, so that a test can be shared as a link. */
function keepInUrl() {
  history.replaceState(null, '', linkTo(bar.address, form.plan));
}

function takeFromUrl() {
  const { url, plan } = settingsIn(location);
  state.set({ mode: plan.mode });
  form.fill(plan);
  bar.begin(url, plan.expect);
}

state.addEventListener('settings', keepInUrl);
addEventListener('hashchange', takeFromUrl);
copyButton('copy-link', 'copied', () => (keepInUrl(), location.href), STRINGS.copy.link);
takeFromUrl();

/** For tests and the curious: what the page knows. */
globalThis.wsproof = { state, parts: { bar, one, form, result, files, log } };
