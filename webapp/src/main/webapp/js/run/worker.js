import { Link } from './link.js';
import { LogStore } from './log-store.js';
import { LogView } from './log-view.js';
import { ReceiveRun } from './receive-run.js';
import { Run } from './run.js';
import { transcript } from './transcript.js';

/**
 * Owns sockets, ledger and log, away from the thread that draws: neither waits for the other, and
 * timers of a hidden page's worker are not throttled. The page gets at most 7 batches of each kind a second, figures and log in turn: so it draws them in
 * different frames, and neither holds the other up.
 */
const BATCH_MILLIS = 75;

const store = new LogStore();
const view = new LogView(store);
const link = new Link(tell, store);
let run = null;
let runLog = null;
let report = null;
let toldSize = '';
let batchTimer = 0;
let figuresTurn = false;

function tell(message, transfer) {
  postMessage(message, { transfer });
  scheduleBatch();
}

function scheduleBatch() {
  batchTimer ||= setTimeout(batch, BATCH_MILLIS);
}

/** Tells what has changed since the last batch; goes on as long as something does. */
function batch() {
  batchTimer = 0;
  const running = run !== null && !run.finished;
  figuresTurn = running && !figuresTurn;
  if (figuresTurn) {
    postMessage({ type: 'progress', snapshot: run.snapshot() });
    scheduleBatch();
  } else if (tellLogSize() || running) {
    scheduleBatch();
  }
}

/** Returns whether the log is still being searched. */
function tellLogSize() {
  const size = view.size();
  const asText = JSON.stringify(size);
  if (asText !== toldSize) {
    toldSize = asText;
    postMessage({ type: 'log', size });
  }
  return size.scanning;
}

const actions = {
  connect: ({ url, expect }) => link.connect(url, expect),
  disconnect: () => link.disconnect(),
  abandon: () => link.abandon(),
  send({ text, binary }) {
    link.send(text, binary);
    scheduleBatch();
  },
  start({ plan }) {
    const log = { sent() {}, received() {}, opened() {}, closed() {}, judged() {} };
    const Kind = plan.mode === 'receive' ? ReceiveRun : Run;
    run = new Kind(plan, log, (finished) => finish(finished));
    runLog = Object.assign(log, store.forRun(run.messages));
    report = null;
    run.start();
    scheduleBatch();
  },
  stop: () => run?.stop(),
  filter({ filter }) {
    view.filter(filter);
    scheduleBatch();
  },
  clear() {
    view.clear();
    scheduleBatch();
  },
  rows: ({ from, to, ticket }) => postMessage({ type: 'rows', from, ticket, rows: view.rows(from, to) }),
  copy: () => postMessage({ type: 'copied', rows: view.last() }),
  transcript: () => postMessage({ type: 'transcript', blob: transcript(store, runLog, run, report) }),
};

function finish(finished) {
  report = finished;
  view.again();
  postMessage({ type: 'finished', report, snapshot: run.snapshot() });
  scheduleBatch();
}

addEventListener('message', ({ data }) => actions[data.type](data));
