import { ALL_KINDS } from '../ledger/words.js';
import { STRINGS } from '../strings.js';
import { copy } from './clipboard.js';
import { byId, framed, make, setText } from './dom.js';

/** Browsers stop laying out beyond some 17 to 33 million pixels: a longer list is scrolled in proportion. */
const MOST_PIXELS = 10_000_000;
const SPARE_ROWS = 3;
const SINGLE = -1;
/** No row bears these: nothing was sent, or not by this page. */
const ROWLESS = new Set(['neverSent', 'recovered', 'foreignRoom']);

/**
 * The log. Rows live in the worker; here are as many elements as fit the window, used again and
 * again, so that a million rows cost what forty cost.
 */
export class LogPanel {
  #state;
  #ask;
  #view = byId('log');
  #holder = byId('log-rows');
  #elements = [];
  #rowPixels = 26;
  #height = 0;
  #following = true;
  #frozen = null;
  #ticket = 0;
  #measured = '';
  #knownConnections = 0;

  constructor(state, ask) {
    this.#state = state;
    this.#ask = ask;
    this.#addKinds();
    const look = framed(() => this.#look());
    state.on(['logSize'], look);
    state.on(['report', 'running'], () => this.#addConnections());
    this.#view.addEventListener('scroll', () => {
      this.#following = this.#isAtEnd();
      look();
    }, { passive: true });
    new ResizeObserver(([{ contentRect }]) => {
      this.#height = contentRect.height;
      look();
    }).observe(this.#view);
    byId('log-filter').addEventListener('input', () => this.#filter());
    byId('log-filter').addEventListener('change', () => this.#filter());
    byId('log-filter').addEventListener('submit', (event) => event.preventDefault());
    byId('log-pause').addEventListener('click', () => this.#pause(this.#frozen === null));
    byId('log-copy').addEventListener('click', () => ask('copy'));
    byId('log-clear').addEventListener('click', () => this.#clear());
    this.#look();
  }

  #addKinds() {
    for (const { label } of ALL_KINDS.filter(({ label }) => !ROWLESS.has(label))) {
      byId('log-show').append(make('option', { value: label }, STRINGS.outcome[label]));
    }
  }

  #addConnections() {
    const connections = this.#state.planned?.connections ?? 0;
    for (; this.#knownConnections < connections; this.#knownConnections++) {
      const number = String(this.#knownConnections);
      byId('log-connection').append(make('option', { value: number }, number));
    }
  }

  #filter() {
    const connection = byId('log-connection').value;
    this.#ask('filter', {
      filter: {
        connection: connection === '' ? null : Number(connection),
        show: byId('log-show').value,
        text: byId('log-text').value,
      },
    });
    setText(byId('log-note'), '');
    this.#pause(false);
  }

  /** Rows go on being kept; what is shown stands still. */
  #pause(paused) {
    this.#frozen = paused ? this.#state.logSize : null;
    byId('log-pause').setAttribute('aria-pressed', String(paused));
    setText(byId('log-pause'), paused ? STRINGS.log.resume : STRINGS.log.pause);
    this.#following = !paused;
    this.#look();
  }

  #clear() {
    this.#ask('clear');
    setText(byId('log-note'), '');
    this.#pause(false);
  }

  async copy(rows) {
    const copied = await copy(rows.map((row) => `${timeOf(row)} ${nameOf(row)} ${lineOf(row)}`).join('\n'));
    setText(byId('log-note'), copied ? STRINGS.log.copied(rows.length) : STRINGS.copy.failed);
  }

  #isAtEnd() {
    return this.#view.scrollTop + this.#height >= this.#top.pixels - this.#rowPixels;
  }

  get #size() {
    // Rows that a full log has dropped are gone, whatever is frozen.
    const { dropped } = this.#state.logSize;
    return this.#frozen ? { ...this.#frozen, dropped } : this.#state.logSize;
  }

  /** Finds out which rows are in sight, and asks for them. */
  #look() {
    setText(byId('log-size'), STRINGS.log.rows(this.#state.logSize));
    const { rows } = this.#size;
    const pixels = Math.min(MOST_PIXELS, rows * this.#rowPixels);
    this.#holder.style.height = `${pixels}px`;
    if (this.#following && this.#frozen === null) {
      this.#view.scrollTop = pixels;
    }
    const visible = this.#height / this.#rowPixels;
    const scrollable = Math.max(1, pixels - this.#height);
    this.#scrollTop = Math.min(scrollable, this.#view.scrollTop);
    const part = this.#scrollTop / scrollable;
    const first = part * Math.max(0, rows - visible);
    const from = Math.max(0, Math.floor(first) - SPARE_ROWS);
    const to = Math.min(rows, Math.ceil(first + visible) + SPARE_ROWS);
    this.#top = { first, pixels };
    this.#ask('rows', { from, to, ticket: ++this.#ticket });
  }

  #scrollTop = 0;
  #top = { first: 0, pixels: 0 };

  /** The worker's answer; only the last question's counts. */
  show({ from, ticket, rows }) {
    if (ticket !== this.#ticket) {
      return;
    }
    while (this.#elements.length < rows.length) {
      this.#addElement();
    }
    this.#elements.forEach(({ row }, i) => (row.hidden = i >= rows.length));
    rows.forEach((row, i) => this.#fill(this.#elements[i], row, from + i));
    // An ARIA rowgroup without rows is an error, so it is none then.
    this.#holder.setAttribute('role', rows.length > 0 ? 'rowgroup' : 'presentation');
    this.#view.setAttribute('role', rows.length > 0 ? 'table' : 'group');
    if (rows.length > 0) {
      this.#view.setAttribute('aria-rowcount', String(this.#size.rows));
    } else {
      this.#view.removeAttribute('aria-rowcount');
    }
    this.#measure();
  }

  /** Rows are as high as the font makes them; asked for once a font. */
  #measure() {
    const font = `${innerWidth} ${devicePixelRatio}`;
    if (font === this.#measured || this.#elements.length === 0) {
      return;
    }
    this.#measured = font;
    const pixels = this.#elements[0].row.getBoundingClientRect().height;
    if (pixels > 0 && pixels !== this.#rowPixels) {
      this.#rowPixels = pixels;
      this.#look();
    }
  }

  #addElement() {
    const cell = (name) => make('span', { class: name, role: 'cell' });
    const cells = Object.fromEntries(['time', 'link', 'event', 'said', 'kinds', 'size'].map((name) => [name, cell(name)]));
    const row = make('div', { class: 'row', role: 'row' }, ...Object.values(cells));
    this.#holder.append(row);
    this.#elements.push({ row, ...cells });
  }

  #fill(element, row, index) {
    // In proportion, so that the rows in sight lie where the scroll bar says.
    const top = this.#scrollTop + (index - this.#top.first) * this.#rowPixels;
    element.row.style.transform = `translateY(${Math.round(top)}px)`;
    element.row.dataset.event = row.event;
    element.row.dataset.wrong = String(row.kinds.length > 0);
    element.row.setAttribute('aria-rowindex', String(index + 1));
    setText(element.time, timeOf(row));
    setText(element.link, nameOf(row));
    setText(element.event, STRINGS.log.events[row.event]);
    setText(element.said, saidBy(row));
    setText(element.kinds, row.kinds.map((kind) => STRINGS.outcome[kind]).join(', '));
    setText(element.size, row.size > 0 ? `${STRINGS.count(row.size)} B` : '');
  }
}

const nameOf = ({ connection }) => (connection === SINGLE ? STRINGS.log.single : String(connection));

const lineOf = (row) => `${STRINGS.log.events[row.event]} ${saidBy(row)}`;

/** Line breaks of a message must not make one row look like two. */
function saidBy({ event, text }) {
  if (event === 'opened' || event === 'closed') {
    const { from, code, by, reason } = JSON.parse(text);
    return event === 'opened' ? STRINGS.log.from(from) : `${code} by ${by}${reason ? ` “${reason}”` : ''}`;
  }
  return text.replace(/[\r\n\u2028\u2029]/g, '⏎');
}

function timeOf({ epochMillis }) {
  const at = new Date(epochMillis);
  const two = (number) => String(number).padStart(2, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}
