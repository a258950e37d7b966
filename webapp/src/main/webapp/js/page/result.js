import { ALL_KINDS } from '../ledger/words.js';
import { plannedBy } from '../run/plan.js';
import { STRINGS, millis } from '../strings.js';
import { byId, framed, make, setList, setText } from './dom.js';
import { receives } from './files.js';
import { Plot } from './plot.js';

const ALWAYS = ['sent', 'delivered', 'lost', 'duplicated', 'reordered', 'corrupted'];
const SELDOM = ['misdelivered', 'unexpected', 'foreignRoom', 'inDoubt', 'recovered', 'gone', 'neverSent'];
/** As the command line has them in its line. */
const IN_LINE = ['sent', 'delivered', 'recovered', ...ALWAYS.slice(2), ...SELDOM.filter((name) => name !== 'recovered')];
const MILESTONE_PERCENT = 25;
/** Plots are dearer than figures, and a curve is not read ten times a second. */
const PLOT_MILLIS = 300;
/** Rows and points of a report from elsewhere beyond which nobody reads, and the page would stand still. */
const MOST_ROWS = 1000;
const MOST_BUCKETS = 5000;
const MARK = { PASS: '✓ ', FAIL: '✕ ', INCONCLUSIVE: '? ' };

const isFailure = (name) => ALL_KINDS.some(({ label, failure }) => failure && label === name);

/** The verdict, what it rests on, and what is known while the run goes on. */
export class Result {
  #state;
  #milestone = 0;
  #plottedMillis = 0;
  #tiles = new Map();
  #percentiles = new Map();
  /** In the frame after the figures: no frame has to do both. */
  #plot = framed(() => this.#drawPlots());
  #plots = {
    latency: new Plot(byId('plot-latency'), byId('read-latency')),
    rate: new Plot(byId('plot-rate'), byId('read-rate')),
    randoms: new Plot(byId('plot-randoms'), byId('read-randoms')),
  };

  constructor(state) {
    this.#state = state;
    [...ALWAYS, 'inFlight', ...SELDOM].forEach((name) => this.#addTile(name));
    state.on(['mode', 'running', 'snapshot', 'report', 'file'], framed(() => this.#draw()));
    this.#addPercentiles();
    this.#draw();
  }

  #addTile(name) {
    const value = make('dd', {}, '0');
    const word = make('dt', {}, STRINGS.outcome[name]);
    const tile = make('div', { 'data-kind': name }, word, value);
    this.#tiles.set(name, { tile, word, value });
    byId('counts').append(tile);
  }

  /** Whether what is shown is of messages that the server pushes. */
  get #receives() {
    const { report, running, planned, mode } = this.#state;
    return report ? receives(report) : (running ? planned.mode : mode) === 'receive';
  }

  #draw() {
    const { report, running } = this.#state;
    this.#drawKind();
    if (report) {
      this.#drawReport(report);
    } else if (running) {
      this.#drawRunning();
    } else {
      const { noneYet, noneYetOfStream } = STRINGS.verdict;
      setText(byId('verdict-meaning'), this.#receives ? noneYetOfStream : noneYet);
      this.#drawCounts({}, false);
    }
    const nowMillis = performance.now();
    if (!running || nowMillis - this.#plottedMillis >= PLOT_MILLIS) {
      this.#plottedMillis = nowMillis;
      this.#plot();
    }
  }

  /** Clocks of two machines prove no latency, so a stream has none. */
  #drawKind() {
    const receives = this.#receives;
    ['latency', 'round-trips'].forEach((id) => (byId(id).hidden = receives));
    byId('progress').setAttribute('aria-label', STRINGS.run.progressName(receives));
    const meaning = { ...STRINGS.meaning, ...(receives ? STRINGS.meaningOfStream : {}) };
    this.#tiles.forEach(({ word }, name) => (word.title = meaning[name] ?? ''));
  }

  #drawRunning() {
    const { snapshot, planned } = this.#state;
    byId('result').dataset.verdict = 'none';
    setText(byId('verdict'), snapshot?.stopping ? STRINGS.run.stopping : STRINGS.run.running);
    document.title = `${STRINGS.run.running} · WebSocket Client`;
    setText(byId('verdict-meaning'), STRINGS.verdict.live);
    setText(byId('account'), '');
    setList(byId('reasons'), snapshot?.news ?? []);
    byId('anomalies').replaceChildren();
    byId('notes').replaceChildren();
    this.#drawProgress(snapshot?.answered ?? 0, plannedBy(planned));
    const perSecond = snapshot && snapshot.seconds > 0 ? snapshot.answered / snapshot.seconds : 0;
    setText(byId('speed'), perSecond > 0 ? STRINGS.run.speed(perSecond) : snapshot?.open > 0 ? '' : STRINGS.run.connecting);
    this.#drawCounts(snapshot?.counts ?? {}, true);
    this.#drawPercentiles(snapshot?.latencyMicros ?? null);
  }

  #drawProgress(answered, planned) {
    const bar = byId('progress');
    bar.max = planned;
    bar.value = answered;
    const { run } = STRINGS;
    const receives = this.#receives;
    setText(byId('progress-text'), (receives ? run.received : run.progress)(answered, planned));
    const percent = Math.floor((100 * answered) / planned / MILESTONE_PERCENT) * MILESTONE_PERCENT;
    if (percent < this.#milestone || percent >= 100) {
      this.#milestone = percent % 100;
    } else if (percent > this.#milestone) {
      this.#milestone = percent;
      setText(byId('milestone'), (receives ? run.announceReceived : run.announce)(percent));
    }
  }

  #drawReport(report) {
    const { verdict, counts, run, rate, latencyMicros } = report;
    byId('result').dataset.verdict = verdict;
    setText(byId('verdict'), `${MARK[verdict]}${verdict}`);
    const { file } = this.#state;
    const from = file ? `${STRINGS.verdict.file(file, run?.startedAt ?? '?')}. ` : '';
    const right = this.#receives && verdict === 'PASS' ? 'received' : verdict;
    setText(byId('verdict-meaning'), from + STRINGS.verdict[right]);
    document.title = `${verdict} · WebSocket Client`;
    this.#milestone = 0;
    setText(byId('milestone'), '');
    const answered = counts.delivered + counts.corrupted;
    this.#drawProgress(answered, Math.max(1, counts.planned));
    setText(byId('speed'), rate ? STRINGS.run.speed(rate.messagesPerSecond) : '');
    setText(byId('account'), accountLine(report));
    setList(byId('reasons'), (report.reasons ?? []).map(String));
    this.#drawCounts(counts, false);
    this.#drawPercentiles(latencyMicros?.sent ?? null);
    drawAnomalies(report);
    drawNotes(report);
  }

  #drawCounts(counts, live) {
    const receives = this.#receives;
    for (const [name, { tile, value }] of this.#tiles) {
      const count = counts[name] ?? 0;
      setText(value, STRINGS.count(count));
      const neutral = name === 'sent' || name === 'delivered' || name === 'inFlight';
      tile.dataset.class = count === 0 ? 'none' : neutral ? 'some' : isFailure(name) ? 'fail' : 'doubt';
      tile.hidden = (name === 'inFlight' && (!live || receives)) || (SELDOM.includes(name) && count === 0);
    }
  }

  #addPercentiles() {
    for (const [name, word] of Object.entries(STRINGS.percentile)) {
      const value = make('td', {}, '–');
      this.#percentiles.set(name, value);
      byId('percentiles').append(make('tr', {}, make('th', { scope: 'row' }, word), value));
    }
  }

  #drawPercentiles(percentiles) {
    this.#percentiles.forEach((value, name) => setText(value, percentiles ? millis(percentiles[name]) : '–'));
  }

  #drawPlots() {
    const { report, snapshot } = this.#state;
    const { plot } = STRINGS;
    // A report from a file has no random numbers, and its own times.
    const series = this.#state.file ? seriesOf(report.timeline) : snapshot?.series;
    const randoms = this.#state.file ? null : snapshot?.randoms;
    const latency = this.#state.report?.latencyMicros?.sent ?? snapshot?.latencyMicros;
    const unit = (millis) => plot.seconds(millis / 1000);
    const { widthMillis: width, median, max, perSecond } = series ?? EMPTY_SERIES;
    const lines = [{ name: 'longest', values: max }, { name: 'median', values: median }];
    const summary = latency ? plot.latencySummary(latency) : plot.empty;
    this.#plots.latency.lines(lines, width, unit, summary, (at) => plot.latencyAt(unit(at * width), median[at], max[at]));
    const rate = [{ name: 'rate', values: perSecond }];
    const fastest = perSecond.reduce((most, value) => Math.max(most, value), 0);
    this.#plots.rate.lines(rate, width, unit, plot.rateSummary(fastest), (at) => plot.rateAt(unit(at * width), perSecond[at]));
    const bins = randoms?.bins.length > 0 ? randoms.bins : [[1, 0], [100, 0]];
    const total = bins.reduce((sum, [, count]) => sum + count, 0);
    const wide = randoms?.width ?? 1;
    const said = (at) => plot.randomsAt(bins[at][0], bins[at][0] + wide - 1, bins[at][1]);
    this.#plots.randoms.bars(bins, wide, String, plot.randomsSummary(bins.length, total), said);
  }
}

const EMPTY_SERIES = { widthMillis: 1000, median: [], max: [], perSecond: [] };

function seriesOf(timeline) {
  const isDrawable = (values) => Array.isArray(values) && values.length <= MOST_BUCKETS && values.every(Number.isFinite);
  if (!isDrawable(timeline?.replies) || !isDrawable(timeline.maxMicros) || !(timeline.bucketMillis > 0)) {
    return EMPTY_SERIES;
  }
  const { bucketMillis, replies, maxMicros } = timeline;
  return {
    widthMillis: bucketMillis,
    median: [],
    max: replies.map((count, i) => (count > 0 ? maxMicros[i] / 1000 : null)),
    perSecond: replies.map((count) => (count * 1000) / bucketMillis),
  };
}

/** The line that the command line prints. */
export function accountLine({ verdict, counts, run, rate, latencyMicros }) {
  const said = (name) => `${STRINGS.count(counts[name])} ${STRINGS.outcome[name]}`;
  const named = IN_LINE.filter((name) => ALWAYS.includes(name) || counts[name] > 0).map(said).join(' · ');
  const latency = latencyMicros?.sent;
  const percentiles = latency ? `, p50 ${millis(latency.p50)}, p99 ${millis(latency.p99)}` : '';
  const speed = rate?.messagesPerSecond > 0 ? ` (${STRINGS.count(Math.round(rate.messagesPerSecond))}/s${percentiles})` : '';
  const seconds = typeof run?.seconds === 'number' ? `  in ${run.seconds.toFixed(2)} s` : '';
  return `${verdict}  ${named}${seconds}${speed}`;
}

function drawAnomalies({ anomalies, counts, legs }) {
  if (!Array.isArray(anomalies) || anomalies.length === 0) {
    byId('anomalies').replaceChildren();
    return;
  }
  const head = ['What', 'Message', 'Leg', 'Why', 'Expected', 'Came'].map((word) => make('th', { scope: 'col' }, word));
  const table = make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...anomalies.slice(0, MOST_ROWS).map(anomalyRow)));
  const sampled = anomalies.length > MOST_ROWS || ALL_KINDS.some(({ label }) => counts[label] > 100 && label !== 'neverSent');
  byId('anomalies').replaceChildren(
    make('p', { class: 'caption' }, `${legsSentence(legs)}${sampled ? ` ${STRINGS.notes.samples}` : ''}`),
    make('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Anomalies' }, table),
  );
}

function anomalyRow({ kind, connection, sequence, leg, detail, expected, actual }) {
  const word = STRINGS.outcome[kind] ?? String(kind);
  const message = sequence >= 0 ? `${connection}/${sequence}` : `connection ${connection}`;
  const cell = (text, name = '') => make('td', name ? { class: name } : {}, String(text ?? '–'));
  return make(
    'tr',
    {},
    cell(word),
    cell(message, 'number'),
    cell(STRINGS.legs[leg] ?? leg, 'number'),
    cell(detail, 'why'),
    cell(expected, 'content'),
    cell(actual, 'content'),
  );
}

function legsSentence(legs) {
  if (!legs) {
    return '';
  }
  const on = (leg) => {
    const said = Object.entries(legs[leg] ?? {})
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${STRINGS.count(count)} ${STRINGS.outcome[kind] ?? kind}`);
    return said.length > 0 ? `${STRINGS.legs[leg] ?? leg}: ${said.join(', ')}.` : '';
  };
  return Object.keys(STRINGS.legs).map(on).filter(Boolean).join(' ');
}

function drawNotes(report) {
  const { client } = report;
  const notes = client?.browser ? [receives(report) ? STRINGS.notes.firstTells : STRINGS.notes.timer] : [];
  if (client?.stalls > 0) {
    notes.push(STRINGS.notes.stalls(client.stalls, receives(report)));
  }
  byId('notes').replaceChildren(...notes.map((note) => make('li', {}, note)));
}
