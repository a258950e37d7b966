import { textOf } from '../protocol/bytes.js';
import { END_SEQUENCE, MessageReader, Messages } from '../protocol/messages.js';
import { receiptOf } from '../protocol/receipt.js';
import { Fit, ReplyForm } from '../protocol/reply-form.js';
import { Ledger } from '../ledger/ledger.js';
import { STRINGS } from '../strings.js';
import { Channel } from './channel.js';
import { Health } from './health.js';
import { Histogram } from './histogram.js';
import { formOf, randomId, randomSeed } from './plan.js';
import { Randoms } from './randoms.js';
import { Reasons } from './reasons.js';
import { describe, makeReport, perSecond } from './report.js';
import { Series } from './series.js';

const SWEEP_MILLIS = 10;
const RATE_TICK_MILLIS = 4;
const MOST_SETTLE_MILLIS = 1000;

/** How long nothing must come after the last connection has settled: a late copy may be near. */
const LINGER_MILLIS = 100;
/** A server with a ticker is never quiet. */
const MOST_LINGER_MILLIS = 1000;

/** How long a run that is stopped early waits for what is in flight. */
const STOP_MILLIS = 1000;

/** A message that is sent this long after it was due has missed the schedule. */
const LATE_MILLIS = 50;

const printable = (text) =>
  text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replace(/\p{Cc}/gu, '?');

/** One run, as the Java client's Run: opens the connections, sends, waits, judges. Owned by the worker. */
export class Run {
  #log;
  #onFinished;
  #channels = [];
  #live = new Set();
  #health = new Health(performance.now());
  #series = new Series();
  #randoms = new Randoms();
  #wrongForm = false;
  #openedAny = false;
  #repliedAny = false;
  #nowMillis = 0;
  #stopDeadlineMillis = 0;
  #anomalies = [];
  #rateTimer = 0;
  #attempts = 0;
  #paceStartMillis = Infinity;
  #latestMillis = 0;
  #lastSentMillis = 0;
  #sentCount = 0;
  #heldUp = false;
  #lingeringSinceMillis = null;

  /**
   * @param log is told of everything, see log-store.js
   * @param onFinished takes the report
   */
  constructor(plan, log, onFinished) {
    this.plan = { ...plan, seed: plan.seed === '' ? randomSeed() : Number(plan.seed) };
    this.#log = log;
    this.#onFinished = onFinished;
    this.form = formOf(plan);
    this.messages = new Messages(this.plan.seed, plan.size);
    this.ledger = new Ledger(this.messages, plan.binary, {
      answered: (connection, sequence) => this.#answered(connection, sequence),
      anomaly: (anomaly) => this.#anomaly(anomaly),
    });
    this.id = randomId();
    this.reasons = new Reasons();
    /** What stood in for a WebSocket on some connection, or null. */
    this.transport = null;
    this.latency = { sent: new Histogram(), due: plan.rate > 0 ? new Histogram() : null };
    this.startedAt = new Date();
    this.startedMillis = performance.now();
    this.epochs = [];
    this.answered = 0;
    this.payloadBytes = 0;
    this.firstSentMillis = 0;
    this.lastReceivedMillis = 0;
    this.stopping = false;
    this.interrupted = false;
    this.finished = false;
  }

  start() {
    for (let number = 0; number < this.plan.connections; number++) {
      this.#channels.push(new Channel(this, number));
    }
    this.#channels.forEach((channel) => this.#live.add(channel));
    this.#channels.forEach((channel) => channel.connect());
    if (this.plan.rate > 0) {
      this.#rateTimer = setInterval(() => this.#live.forEach((c) => c.queuePump()), RATE_TICK_MILLIS);
    }
    this.#scheduleSweep();
  }

  /** Ends the run early; its account is of what there is. */
  stop() {
    if (!this.finished && !this.interrupted) {
      this.interrupted = true;
      this.reasons.note(STRINGS.reason.interrupted);
      this.#stopSending();
    }
  }

  get drainMillis() {
    return this.plan.drainSeconds * 1000;
  }

  get settleMillis() {
    return Math.min(MOST_SETTLE_MILLIS, this.drainMillis);
  }

  #scheduleSweep() {
    setTimeout(() => this.#sweep(), SWEEP_MILLIS);
  }

  #sweep() {
    if (this.finished) {
      return;
    }
    this.#nowMillis = performance.now();
    this.#health.alive(this.#nowMillis, SWEEP_MILLIS);
    [...this.#live].forEach((channel) => channel.sweep(this.#nowMillis));
    const settled = [...this.#live].every((channel) => channel.isSettled);
    if (!settled) {
      this.#lingeringSinceMillis = null;
    }
    if ((settled && this.#isLingeringOver()) || (this.stopping && this.#nowMillis >= this.#stopDeadlineMillis)) {
      this.#finish();
    } else {
      this.#scheduleSweep();
    }
  }

  /** Whether, since all connections have settled, nothing came for long enough or that was never so. */
  #isLingeringOver() {
    this.#lingeringSinceMillis ??= this.#nowMillis;
    return (
      !this.#repliedAny ||
      this.#nowMillis - this.lastReceivedMillis >= LINGER_MILLIS ||
      this.#nowMillis - this.#lingeringSinceMillis >= MOST_LINGER_MILLIS
    );
  }

  #finish() {
    clearInterval(this.#rateTimer);
    for (const channel of [...this.#live]) {
      if (this.stopping && channel.unanswered > 0) {
        this.ledger.ended(channel.number);
      }
      channel.close();
    }
    this.finished = true;
    this.#report();
  }

  async #report() {
    const account = this.ledger.account(this.plan.messages);
    if (!this.#openedAny) {
      this.reasons.note(STRINGS.reason.nothingVerified);
    }
    if (!account.receipts && this.#repliedAny) {
      this.reasons.note(this.plan.receipts ? STRINGS.reason.noReceipts : STRINGS.reason.receiptsNotAsked);
    }
    const client = this.#health.info(this.#judgeSchedule(), this.#latestMillis);
    this.#log.judged(this.ledger);
    const seconds = this.firstSentMillis === 0 ? 0 : Math.max(0, this.lastReceivedMillis - this.firstSentMillis) / 1e3;
    const rate = {
      messagesPerSecond: perSecond(this.answered, seconds),
      bytesPerSecond: perSecond(this.payloadBytes, seconds),
    };
    const told = { latency: this.latency, client, timeline: this.#series.timeline() };
    this.#onFinished(await makeReport(this, account, describe(this, account.receipts, seconds), rate, told));
  }

  /** What the page shows while the run goes on. */
  snapshot() {
    return {
      planned: this.plan.messages,
      counts: this.ledger.live(),
      answered: this.answered,
      seconds: this.#seconds(),
      stopping: this.stopping,
      latencyMicros: this.latency.sent.percentiles(),
      series: this.#series.snapshot(),
      randoms: this.#randoms.snapshot(),
    };
  }

  #seconds() {
    return this.firstSentMillis === 0 ? 0 : Math.max(0, performance.now() - this.firstSentMillis) / 1e3;
  }

  #stopSending() {
    if (!this.stopping) {
      this.stopping = true;
      this.#stopDeadlineMillis = performance.now() + Math.min(STOP_MILLIS, this.drainMillis);
    }
  }

  /** Whether the rate allows a message; message s of connection c is due as number s × connections + c. */
  isDue(connection, sequence) {
    return this.plan.rate === 0 || performance.now() >= this.#dueMillis(connection, sequence);
  }

  #dueMillis(connection, sequence) {
    const number = sequence * this.plan.connections + connection;
    return this.#paceStartMillis + (number * 1000) / this.plan.rate;
  }

  /** All connections are open, or have failed to open: the schedule begins. */
  #attempted() {
    if (++this.#attempts === this.plan.connections) {
      this.#paceStartMillis = performance.now();
    }
  }

  /** A message is late because the path or the window held it up, or because the browser did. */
  #noteLateness(connection, sequence, atMillis, heldUp) {
    const lateMillis = atMillis - this.#dueMillis(connection, sequence);
    if (lateMillis > this.#latestMillis) {
      this.#latestMillis = lateMillis;
      this.#heldUp ||= lateMillis > LATE_MILLIS && heldUp;
    }
  }

  /** Whether the client itself missed the schedule. */
  #judgeSchedule() {
    if (this.#latestMillis <= LATE_MILLIS) {
      return false;
    }
    const { rate } = this.plan;
    const seconds = Math.max(1e-6, (this.#lastSentMillis - this.firstSentMillis) / 1e3);
    const { late, missedRate } = STRINGS.reason;
    const reached = (this.#sentCount - 1) / seconds;
    this.reasons.note(this.#heldUp ? late(this.#latestMillis) : missedRate(rate, reached, this.#latestMillis));
    return !this.#heldUp;
  }

  /** @param transport what stands in for a WebSocket, or null */
  opened(channel, transport) {
    this.#openedAny = true;
    if (transport) {
      this.transport = transport;
      this.reasons.note(STRINGS.reason.fellBack(transport));
    }
    this.#attempted();
    const how = { form: this.form.text, receipts: this.plan.receipts ? 'asked' : 'off' };
    this.#log.opened(channel.number, performance.now(), how);
  }

  connectFailed(channel, why) {
    this.#live.delete(channel);
    this.#attempted();
    this.reasons.note(STRINGS.reason.couldNotConnect(this.plan.url, why));
  }

  sent(connection, sequence, size, atMillis, heldUp) {
    if (sequence !== END_SEQUENCE) {
      this.firstSentMillis ||= atMillis;
      this.#lastSentMillis = atMillis;
      this.#sentCount++;
      this.payloadBytes += size;
      if (this.plan.rate > 0) {
        this.#noteLateness(connection, sequence, atMillis, heldUp);
      }
    }
    this.#log.sent(connection, sequence, size, atMillis, this.plan.binary);
  }

  /** A reply came; returns whether it is the one to the message that closes its connection's account. */
  received(channel, reply, binary, atMillis) {
    this.#nowMillis = atMillis;
    this.#health.alive(atMillis, SWEEP_MILLIS);
    this.lastReceivedMillis = atMillis;
    this.payloadBytes += reply.length;
    if (!this.#repliedAny) {
      this.#repliedAny = true;
      this.#checkForm(channel, reply);
    }
    if (this.#wrongForm) {
      this.#log.received(channel.number, reply, binary, atMillis, [], null);
      return false;
    }
    this.#anomalies = [];
    const end = this.ledger.reply(channel.number, reply, binary);
    const { last } = this.ledger;
    this.#log.received(channel.number, reply, binary, atMillis, this.#anomalies, last);
    if (last.whole && !end && this.form.lastRandom !== null) {
      this.#randoms.record(this.form.lastRandom);
    }
    return end;
  }

  /**
   * A first reply that holds its message, but in another form than the one that was guessed or
   * expected, ends the run: every further one would be called corrupted.
   */
  #checkForm(channel, reply) {
    const receipt = receiptOf(reply);
    const end = receipt && receipt.crcMatches ? receipt.start : reply.length;
    const reader = new MessageReader(this.messages);
    let at = MessageReader.next(reply, 0);
    while (at >= 0 && !(reader.identityAt(reply, at) && reader.contentMatches(reply))) {
      at = MessageReader.next(reply, at + 1);
    }
    if (
      at < 0 ||
      reader.connection !== channel.number ||
      this.form.fit(reply, at, reader.end, end) !== Fit.DIFFERS ||
      this.#holdsAnother(reply, reader.end)
    ) {
      return;
    }
    const fitting = ReplyForm.fitting(reply.subarray(0, end), at, reader.end);
    const shown = printable(textOf(reply.subarray(0, 200)));
    this.reasons.note(STRINGS.reason.wrongForm(shown, this.form, fitting.text.replaceAll("'", "'\\''")));
    this.#wrongForm = true;
    this.#stopSending();
    this.#stopDeadlineMillis = this.#nowMillis;
  }

  #holdsAnother(reply, from) {
    const reader = new MessageReader(this.messages);
    for (let at = MessageReader.next(reply, from); at >= 0; at = MessageReader.next(reply, at + 1)) {
      if (reader.identityAt(reply, at)) {
        return true;
      }
    }
    return false;
  }

  silent(channel, unanswered, unsent) {
    const { drainSeconds } = this.plan;
    this.reasons.note(STRINGS.reason.silent(channel.number, drainSeconds, unanswered, unsent));
  }

  ended(channel, epoch, unsent) {
    this.#live.delete(channel);
    this.epochs.push(epoch);
    const { closeCode: code, closedBy: by, reason } = epoch;
    const inDoubt = by !== 'client' || this.stopping;
    this.#log.closed(channel.number, performance.now(), { code, by, reason, inDoubt });
    if (epoch.closedBy !== 'client' && (epoch.inFlight > 0 || unsent > 0)) {
      this.reasons.note(STRINGS.reason.ended(epoch, unsent));
    }
  }

  #answered(connection, sequence) {
    this.answered++;
    const sentMillis = this.#channels[connection].answered(sequence);
    if (sentMillis === undefined || Number.isNaN(sentMillis)) {
      return;
    }
    const millis = this.#nowMillis - sentMillis;
    this.latency.sent.record(millis * 1e6);
    this.latency.due?.record((this.#nowMillis - this.#dueMillis(connection, sequence)) * 1e6);
    this.#series.answered(this.#nowMillis - this.startedMillis, millis);
  }

  #anomaly(anomaly) {
    this.#anomalies.push(anomaly.kind);
    this.#series.anomaly(this.#nowMillis - this.startedMillis);
    if (anomaly.kind === 'misdelivered') {
      // Its slot is free, though nothing came on its own connection.
      this.#channels[anomaly.connection].queuePump();
    }
  }
}
