import { KINDS } from '../ledger/words.js';
import { STRINGS } from '../strings.js';
import { byId, setText } from './dom.js';

const MOST_BYTES = 64 << 20;
const VERDICTS = ['PASS', 'FAIL', 'INCONCLUSIVE'];
const COUNTS = ['planned', 'sent', 'delivered', ...KINDS.map(({ label }) => label)];

/** Whether a report is of messages that the server pushed. */
export const receives = (report) => report.run?.options?.receive === true;

/** Reports and transcripts out, reports in: by button, or dropped on the page. */
export class Files {
  #state;

  constructor(state, ask) {
    this.#state = state;
    byId('download-report').addEventListener('click', () => this.#saveReport());
    byId('download-transcript').addEventListener('click', () => ask('transcript'));
    const file = byId('report-file');
    byId('open-report').addEventListener('click', () => file.click());
    file.addEventListener('change', () => {
      this.#read(file.files[0]);
      file.value = '';
    });
    this.#takeDrops();
    state.on(['report', 'running', 'file', 'mode'], () => this.#drawButtons());
  }

  #drawButtons() {
    const { report, running, file, mode } = this.#state;
    byId('download-report').disabled = !report;
    byId('download-transcript').disabled = !report || running || file !== null;
    // A transcript is of messages and their replies.
    byId('download-transcript').hidden = report ? receives(report) : mode === 'receive';
    byId('open-report').disabled = running;
  }

  #saveReport() {
    const { report } = this.#state;
    const blob = new Blob([`${JSON.stringify(report, null, 2)}\n`], { type: 'application/json' });
    save(blob, `wsproof-${report.run?.id ?? 'report'}.json`);
  }

  saveTranscript(blob) {
    setText(byId('file-problem'), blob ? '' : STRINGS.download.transcriptGone);
    if (blob) {
      save(blob, `wsproof-${this.#state.report.run.id}.jsonl`);
    }
  }

  #takeDrops() {
    const veil = byId('drop');
    const hasFiles = ({ dataTransfer }) => dataTransfer && [...dataTransfer.types].includes('Files');
    addEventListener('dragover', (event) => {
      if (hasFiles(event)) {
        event.preventDefault();
        veil.hidden = false;
      }
    });
    addEventListener('dragleave', (event) => (veil.hidden ||= event.relatedTarget === null));
    addEventListener('drop', (event) => {
      veil.hidden = true;
      if (hasFiles(event)) {
        event.preventDefault();
        this.#read(event.dataTransfer.files[0]);
      }
    });
  }

  async #read(file) {
    if (!file || this.#state.running) {
      return;
    }
    const problem = await this.#show(file);
    setText(byId('file-problem'), problem);
  }

  /** Shows a report; returns what is wrong with it, or ''. */
  async #show(file) {
    if (file.size > MOST_BYTES) {
      return STRINGS.file.tooBig(file.name);
    }
    let report;
    try {
      report = JSON.parse(await file.text());
    } catch {
      return STRINGS.file.notJson(file.name);
    }
    if (!isReport(report)) {
      return STRINGS.file.notReport(file.name);
    }
    this.#state.set({ file: file.name, snapshot: null, report });
    byId('result').scrollIntoView({ block: 'nearest' });
    return '';
  }
}

const isObject = (value) => typeof value === 'object' && value !== null;

const isReport = (report) =>
  VERDICTS.includes(report?.verdict) &&
  COUNTS.every((name) => Number.isSafeInteger(report.counts?.[name])) &&
  (report.reasons === undefined || Array.isArray(report.reasons)) &&
  (report.anomalies === undefined || (Array.isArray(report.anomalies) && report.anomalies.every(isObject)));

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold on the blob once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
