import { Found, STREAM_FORM } from '../protocol/stream.js';
import { streamAccount, streamCounts } from '../ledger/stream-ledger.js';
import { STRINGS } from '../strings.js';
import { Health } from './health.js';
import { Histogram } from './histogram.js';
import { plannedBy, randomId } from './plan.js';
import { Randoms } from './randoms.js';
import { Reasons } from './reasons.js';
import { RECONNECT_LIMIT_MILLIS, ReceiveChannel } from './receive-channel.js';
import { makeReport, perSecond } from './report.js';
import { Series } from './series.js';

const SWEEP_MILLIS = 10;
const MOST_AWAKE_MILLIS = 2 * SWEEP_MILLIS;
/** What is said of a run while it goes on; the report has all. */
const MOST_NEWS = 5;

const NO_LATENCY = { sent: new Histogram(), due: null };
/** To the log: no message that this client could compute. */
const NOT_OURS = { whole: false };

/** One run that receives a stream, as the Java client's ReceiveRun: opens the connections, waits, judges. Owned by the worker. */
export class ReceiveRun {
  #log;
  #onFinished;
  #channels = [];
  #health = new Health(performance.now());
  #series = new Series();
  #randoms = new Randoms();
  #streams = new Set();
  #kinds = [];
  #news = [];
  #nowMillis = 0;
  #sweptMillis = performance.now();
  #firstReceivedMillis = 0;
  #lastReceivedMillis = 0;
  #longestBytes = 0;
  #payloadBytes = 0;
  #reconnects = 0;
  #longestRecoveryMillis = 0;
  #openedAny = false;
  #restUnknown = false;
  /** One for each connection and run of the stream. */
  ledgers = [];
  events = {
    // Clocks of two machines prove no latency.
    answered: () => this.#series.answered(this.#nowMillis - this.startedMillis, 0),
    anomaly: (anomaly) => this.#anomaly(anomaly),
  };

  /**
   * @param log is told of everything, see log-store.js
   * @param onFinished takes the report
   */
  constructor(plan, log, onFinished) {
    this.plan = plan;
    this.#log = log;
    this.#onFinished = onFinished;
    this.id = randomId();
    this.reasons = new Reasons();
    this.epochs = [];
    this.startedAt = new Date();
    this.startedMillis = performance.now();
    /** A clock that stands still while this client does. */
    this.awakeMillis = 0;
    this.interrupted = false;
    this.finished = false;
  }

  start() {
    for (let number = 0; number < this.plan.connections; number++) {
      this.#channels.push(new ReceiveChannel(this, number));
    }
    this.#channels.forEach((channel) => channel.connect());
    this.#scheduleSweep();
  }

  /** Ends the run early; its account is of what there is. */
  stop() {
    if (!this.finished && !this.interrupted) {
      this.interrupted = true;
      this.reasons.note(STRINGS.reason.interrupted);
      this.#channels.forEach((channel) => channel.close());
    }
  }

  get drainMillis() {
    return this.plan.drainSeconds * 1000;
  }

  #scheduleSweep() {
    setTimeout(() => this.#sweep(), SWEEP_MILLIS);
  }

  #sweep() {
    this.#nowMillis = performance.now();
    this.#health.alive(this.#nowMillis, SWEEP_MILLIS);
    this.awakeMillis += Math.min(this.#nowMillis - this.#sweptMillis, MOST_AWAKE_MILLIS);
    this.#sweptMillis = this.#nowMillis;
    this.#channels.forEach((channel) => channel.sweep(this.awakeMillis));
    if (this.#channels.every(({ isEnded }) => isEnded)) {
      this.#finish();
    } else {
      this.#scheduleSweep();
    }
  }

  opened(channel, how) {
    this.#openedAny = true;
    this.#log.opened(channel.number, performance.now(), how);
  }

  couldNotConnect(why) {
    this.reasons.note(STRINGS.reason.couldNotConnect(this.plan.url, why));
  }

  /** A connection has ended, and is not opened again, before all its messages have come. */
  endedEarly(channel, how, left) {
    this.reasons.note(STRINGS.reason.endedEarly(channel.number, how, left));
  }

  /** A connection that was cut receives again. */
  recovered(millis) {
    this.#reconnects++;
    this.#longestRecoveryMillis = Math.max(this.#longestRecoveryMillis, millis);
  }

  /** In place of the stream there is another one of its name. */
  restarted(channel, before, now, last) {
    this.#restUnknown = true;
    const sentence = STRINGS.reason.restarted(channel.number, before, now, last);
    this.reasons.note(sentence);
    this.#tell(sentence);
  }

  lifeEnded(epoch) {
    this.epochs.push(epoch);
    const { connection, closeCode: code, closedBy: by, reason } = epoch;
    this.#log.closed(connection, performance.now(), { code, by, reason });
  }

  /** A message came; `counted`: not behind the last one. */
  received(channel, ledger, content, binary, atMillis, counted) {
    this.#nowMillis = atMillis;
    this.#health.alive(atMillis, SWEEP_MILLIS);
    this.#kinds = [];
    const found = ledger.received(content, binary);
    if (found === Found.GONE && this.#kinds.includes('gone')) {
      this.#tell(STRINGS.run.gone(channel.number, ledger.reader));
    }
    if (counted) {
      this.#firstReceivedMillis ||= atMillis;
      this.#lastReceivedMillis = atMillis;
      this.#payloadBytes += content.length;
      this.#longestBytes = Math.max(this.#longestBytes, content.length);
    }
    if (counted || this.#kinds.length > 0) {
      this.#log.received(channel.number, content, binary, atMillis, this.#kinds, NOT_OURS);
    }
    if (counted && found === Found.MESSAGE) {
      this.#randoms.record(ledger.reader.random);
    }
    if (ledger.reader.id) {
      this.#streams.add(ledger.reader.id);
    }
  }

  #anomaly({ kind }) {
    this.#kinds.push(kind);
    this.#series.anomaly(this.#nowMillis - this.startedMillis);
  }

  /** What a user is to know at once. */
  #tell(sentence) {
    this.#news = [...this.#news, sentence].slice(-MOST_NEWS);
  }

  /** What the page shows while the run goes on. */
  snapshot() {
    const counts = streamCounts(this.ledgers, 0);
    return {
      planned: plannedBy(this.plan),
      counts,
      answered: counts.delivered + counts.corrupted,
      seconds: this.#firstReceivedMillis === 0 ? 0 : (performance.now() - this.#firstReceivedMillis) / 1e3,
      stopping: this.interrupted,
      news: this.#news,
      open: this.#channels.filter(({ isOpen }) => isOpen).length,
      cut: this.#channels.filter(({ isCut }) => isCut).length,
      latencyMicros: null,
      series: this.#series.snapshot(),
      randoms: this.#randoms.snapshot(),
    };
  }

  #finish() {
    this.finished = true;
    this.#report();
  }

  async #report() {
    const account = streamAccount(this.ledgers, plannedBy(this.plan));
    this.#noteWhatIsKnown(account);
    if (this.#restUnknown && account.verdict === 'PASS') {
      account.verdict = 'INCONCLUSIVE';
    }
    const seconds = (this.#lastReceivedMillis - this.#firstReceivedMillis) / 1e3;
    const rate = {
      messagesPerSecond: perSecond(account.counts.delivered, seconds),
      bytesPerSecond: perSecond(this.#payloadBytes, seconds),
    };
    const told = { latency: NO_LATENCY, client: this.#health.info(false, 0), timeline: this.#series.timeline() };
    const report = await makeReport(this, account, this.#described(account.receipts, seconds), rate, told);
    this.#onFinished({ ...report, path: this.#path(account.counts) });
  }

  #noteWhatIsKnown({ counts, receipts }) {
    const { reason } = STRINGS;
    if (!this.#openedAny) {
      this.reasons.note(reason.nothingVerified);
    }
    if (!receipts && counts.sent > 0) {
      this.reasons.note(reason.noSeals);
    }
    if (counts.gone > 0) {
      this.reasons.note(reason.gone(counts.gone, 1 + Math.max(...this.ledgers.map(({ lastGone }) => lastGone))));
    }
    if (this.#reconnects > 0) {
      this.reasons.note(reason.openedAgain(this.#reconnects, this.#longestRecoveryMillis / 1e3));
    }
  }

  /** What was done, as the report has it. */
  #described(receipts, seconds) {
    const { url, connections, from, rate, reconnect } = this.plan;
    return {
      id: this.id,
      seed: 0,
      url,
      startedAt: this.startedAt.toISOString(),
      seconds,
      messages: plannedBy(this.plan),
      connections,
      window: 0,
      perConnection: 0,
      size: this.#longestBytes,
      binary: false,
      receipts,
      expect: STREAM_FORM,
      interrupted: this.interrupted,
      options: {
        receive: true,
        ...(from > 0 ? { from } : {}),
        ...(rate > 0 ? { rate } : {}),
        ...(reconnect ? { reconnect, reconnectLimitMillis: RECONNECT_LIMIT_MILLIS } : {}),
        ...(this.#streams.size > 0 ? { streams: [...this.#streams] } : {}),
      },
    };
  }

  #path({ sent }) {
    const [silent] = this.#channels.toSorted((a, b) => b.longestSilenceMillis - a.longestSilenceMillis);
    return {
      subprotocol: null,
      ignored: 0,
      pings: null,
      reconnects: this.#reconnects,
      longestRecoverySeconds: this.#longestRecoveryMillis / 1e3,
      longestSilence: sent > 0 ? { connection: silent.number, seconds: silent.longestSilenceMillis / 1e3 } : null,
      deflate: null,
      server: null,
      fanout: null,
    };
  }
}

