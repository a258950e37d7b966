import { utf8 } from '../protocol/bytes.js';
import { isPlain, partsOf, sealedBy, StreamReader } from '../protocol/stream.js';
import { StreamLedger } from '../ledger/stream-ledger.js';
import { STRINGS } from '../strings.js';
import { streamAddressOf, streamNameOf } from './plan.js';

const HANDSHAKE_MILLIS = 30_000;
/** How long to look for a late copy of the last messages. */
const LINGER_MILLIS = 100;
/** How long a message may come late that has been overtaken. */
const MOST_SETTLE_MILLIS = 1000;

const FIRST_BACKOFF_MILLIS = 100;
const LONGEST_BACKOFF_MILLIS = 5000;
/** For how long it is tried in vain to open a connection again: what the command line does without being told. */
export const RECONNECT_LIMIT_MILLIS = 60_000;

/** There is no more, or the server does not want what is asked for. */
const FINAL_CODES = new Set([1000, 1008]);

/** Messages without a seal after which it is believed that none has one, and others after which no more are waited for. */
const PLAIN_ENOUGH = 2;
const MOST_UNDECIDED = 8;

/**
 * One connection that receives, from handshake to close, as the Java client's ReceiveChannel:
 *
 *     connecting → receiving → settling → ended     (any → ended when the connection ends)
 *         ↑            ↓       all have come: a
 *         └────────── cut      late copy may follow
 *
 * A further life goes on behind the last message that has come. If the server has begun the stream
 * anew meanwhile, the numbers mean other messages: the account of the run before is closed, and the
 * new run is received from its first message on.
 *
 * A browser cannot read the header by which a server names the stream and its run, so the first
 * intact message tells both, and whether messages bear seals at all; what comes before it waits for it.
 */
export class ReceiveChannel {
  #run;
  #name;
  #ledger = null;
  /** `{content, binary, atMillis}` of what came before it was known what messages look like; null behind that. */
  #undecided = [];
  #phase = 'connecting';
  #socket = null;
  #from;
  /** `<name>/<run>` of which `from` is a number; null: not known. */
  #id = null;
  #life = 0;
  #attempts = 1;
  #heard = false;
  /** Whether this life is known to receive the same run as the one before. */
  #isKnown = true;
  #cutMillis = 0;
  #openedAt;
  #openedMillis = 0;
  #lastMessageMillis = 0;
  #silenceMillis = 0;
  #lastActivityAwakeMillis = 0;
  #deadlineAwakeMillis = 0;
  #retryTimer = 0;
  longestSilenceMillis = 0;

  constructor(run, number) {
    this.#run = run;
    this.number = number;
    this.#name = streamNameOf(run.plan.url);
    this.#from = run.plan.from;
  }

  get isOpen() {
    return this.#phase === 'receiving' || this.#phase === 'settling';
  }

  /** Whether it was open, and is to be opened again. */
  get isCut() {
    return this.#phase === 'cut' || (this.#phase === 'connecting' && this.#life > 0);
  }

  get isEnded() {
    return this.#phase === 'ended';
  }

  get left() {
    return this.#ledger?.left ?? this.#run.plan.messages;
  }

  connect() {
    this.#phase = 'connecting';
    this.#deadlineAwakeMillis = this.#run.awakeMillis + HANDSHAKE_MILLIS;
    const [, run] = partsOf(this.#id) ?? [];
    try {
      this.#socket = new WebSocket(streamAddressOf(this.#run.plan, this.#from, run));
    } catch (e) {
      // Mixed content, or a port that the browser blocks.
      this.#failed(e.message);
      return;
    }
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }) => this.#arrived(data, performance.now());
    this.#socket.onclose = (event) => this.#closed(event);
  }

  #failed(why) {
    this.#drop();
    if (this.#life > 0 && this.#isWithinLimit()) {
      this.#connectAgain();
      return;
    }
    this.#phase = 'ended';
    if (this.#life === 0) {
      this.#run.couldNotConnect(why);
    } else {
      this.#endedEarly(STRINGS.reason.notOpenedAgain(RECONNECT_LIMIT_MILLIS / 1000, why));
    }
  }

  #opened() {
    this.#openedAt = new Date();
    this.#openedMillis = performance.now();
    if (this.#life === 0) {
      this.#lastMessageMillis = this.#openedMillis;
    }
    this.#lastActivityAwakeMillis = this.#run.awakeMillis;
    this.#silenceMillis = 0;
    this.#phase = 'receiving';
    this.#run.opened(this, { from: this.#from, run: this.#id });
  }

  #arrived(data, atMillis) {
    const binary = typeof data !== 'string';
    const content = binary ? new Uint8Array(data) : utf8(data);
    if (this.#phase === 'receiving') {
      this.#lastActivityAwakeMillis = this.#run.awakeMillis;
      this.#silent(atMillis);
    }
    if (!this.#isKnown && this.#beginsAnew(sealedBy(content))) {
      return;
    }
    if (this.#life > 0 && !this.#heard) {
      this.#run.recovered(atMillis - this.#cutMillis);
    }
    this.#heard = true;
    if (this.#undecided) {
      this.#undecided.push({ content, binary, atMillis });
      this.#decide(false);
    } else {
      this.#account(content, binary, atMillis);
    }
  }

  #silent(atMillis) {
    this.#silenceMillis = Math.max(this.#silenceMillis, atMillis - Math.max(this.#openedMillis, this.#lastMessageMillis));
    this.longestSilenceMillis = Math.max(this.longestSilenceMillis, atMillis - this.#lastMessageMillis);
    this.#lastMessageMillis = atMillis;
  }

  /** Finds out what messages look like from what has come; `now`: from whatever that is. */
  #decide(now) {
    const waiting = this.#undecided;
    const sealed = waiting.some(({ content }) => sealedBy(content));
    const plain = waiting.filter(({ content }) => isPlain(content)).length;
    if (!sealed && plain < PLAIN_ENOUGH && waiting.length < MOST_UNDECIDED && !now) {
      return;
    }
    this.#undecided = null;
    this.#begin(sealed ? StreamReader.sealed(this.#name) : StreamReader.plain(), this.#run.plan.messages);
    waiting.forEach(({ content, binary, atMillis }) => this.#account(content, binary, atMillis));
  }

  #begin(reader, count) {
    this.#ledger = new StreamLedger(this.number, reader, this.#from, count, this.#run.events);
    this.#run.ledgers.push(this.#ledger);
  }

  #account(content, binary, atMillis) {
    const ledger = this.#ledger;
    this.#run.received(this, ledger, content, binary, atMillis, this.#phase === 'receiving');
    this.#id = ledger.reader.id;
    if (this.#phase === 'receiving' && ledger.left === 0) {
      this.#phase = 'settling';
      const most = ledger.isComplete ? LINGER_MILLIS : Math.min(MOST_SETTLE_MILLIS, this.#run.drainMillis);
      this.#deadlineAwakeMillis = this.#run.awakeMillis + most;
    }
  }

  /** Whether another run of the stream has taken the place of the one that was received. */
  #beginsAnew(told) {
    const [name, run] = partsOf(told) ?? [];
    const [ours, before] = partsOf(this.#id) ?? [];
    this.#isKnown = run === before;
    if (name !== ours || run === before) {
      return false;
    }
    this.#lifeEnded(1000, '', 'client');
    this.#turnTo(told);
    return true;
  }

  /** Who asks for a run that has ended is told which one there is. */
  #runNamedBy(code, reason) {
    const [, run] = (code === 1008 && / this is run ([0-9a-f]{8})/.exec(reason)) || [];
    const [name, before] = partsOf(this.#id) ?? [];
    return run && name && run !== before ? `${name}/${run}` : null;
  }

  /** The numbers from here on mean other messages: the next life begins with the first of them. */
  #turnTo(id) {
    const { left, next } = this.#ledger;
    this.#run.restarted(this, this.#id, id, next - 1);
    this.#id = id;
    this.#from = 0;
    this.#begin(StreamReader.sealed(this.#name, id), left);
    this.#beginNextLife();
  }

  #beginNextLife() {
    if (!this.#isWithinLimit()) {
      this.#phase = 'ended';
      this.#endedEarly(STRINGS.reason.notOpenedAgain(RECONNECT_LIMIT_MILLIS / 1000, STRINGS.reason.alwaysAnew));
      return;
    }
    if (this.#heard || this.#life === 0) {
      this.#cutMillis = performance.now();
    }
    this.#attempts = 0;
    this.#life++;
    this.#heard = false;
    this.#isKnown = this.#id === null;
    this.#connectAgain();
  }

  /** After a while that is longer each time, and for each connection otherwise. */
  #connectAgain() {
    this.#phase = 'cut';
    const most = Math.min(LONGEST_BACKOFF_MILLIS, FIRST_BACKOFF_MILLIS * 2 ** this.#attempts++);
    this.#retryTimer = setTimeout(() => this.connect(), most * (0.5 + Math.random() / 2));
  }

  #isWithinLimit() {
    return this.#heard || this.#life === 0 || performance.now() - this.#cutMillis < RECONNECT_LIMIT_MILLIS;
  }

  /** Called every few milliseconds: what did not come in time does not come. */
  sweep(awakeMillis) {
    const { drainMillis } = this.#run;
    if (this.#phase === 'connecting' && awakeMillis >= this.#deadlineAwakeMillis) {
      this.#failed(STRINGS.reason.noHandshake);
    } else if (this.#phase === 'receiving' && awakeMillis - this.#lastActivityAwakeMillis >= drainMillis) {
      this.#giveUp(drainMillis);
    } else if (this.#phase === 'settling' && awakeMillis >= this.#deadlineAwakeMillis) {
      this.close();
    }
  }

  #giveUp(drainMillis) {
    this.#flush();
    if (this.#phase === 'receiving') {
      this.#endedEarly(STRINGS.reason.streamSilent(drainMillis / 1000));
      this.close();
    }
  }

  /** What still waits to be understood is taken as it is. */
  #flush() {
    if (this.#undecided?.length > 0) {
      this.#decide(true);
    }
  }

  /** Closes it from this side. */
  close() {
    this.#flush();
    if (this.isOpen) {
      this.#lifeEnded(1000, '', 'client');
    }
    this.#drop();
    this.#phase = 'ended';
  }

  /** Of a socket that is done with, nothing is of interest any more. */
  #drop() {
    clearTimeout(this.#retryTimer);
    if (this.#socket) {
      this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
      this.#socket.close(1000);
      this.#socket = null;
    }
  }

  #closed({ code, reason, wasClean }) {
    if (this.#phase === 'connecting') {
      this.#failed(STRINGS.reason.hiddenByBrowser);
      return;
    }
    this.#lifeEnded(code, reason, wasClean ? 'server' : 'nobody');
    const named = this.#runNamedBy(code, reason);
    if (this.#phase === 'receiving' && named) {
      this.#turnTo(named);
    } else if (this.#phase === 'receiving' && this.#mayGoOn(code)) {
      this.#goOn();
    } else {
      this.#flush();
      if (this.#phase === 'receiving') {
        this.#endedEarly(STRINGS.reason.streamEnded(wasClean, code, reason));
      }
      this.#phase = 'ended';
    }
  }

  #mayGoOn(code) {
    return this.#run.plan.reconnect && !FINAL_CODES.has(code) && this.#isWithinLimit();
  }

  /** The next life goes on behind the last message that has come. */
  #goOn() {
    if (this.#undecided?.some(({ content }) => isPlain(content))) {
      this.#decide(true);
    }
    if (this.#phase === 'receiving') {
      this.#from = this.#ledger?.next ?? this.#from;
      this.#beginNextLife();
    } else {
      this.#phase = 'ended';
    }
  }

  #lifeEnded(closeCode, reason, closedBy) {
    this.#drop();
    this.#run.lifeEnded({
      connection: this.number,
      epoch: this.#life,
      openedAt: this.#openedAt.toISOString(),
      seconds: (performance.now() - this.#openedMillis) / 1e3,
      closeCode,
      closedBy,
      reason,
      inFlight: 0,
      recoverSeconds: this.#life === 0 ? null : (this.#openedMillis - this.#cutMillis) / 1e3,
      attempts: this.#attempts,
      longestSilenceSeconds: this.#silenceMillis / 1e3,
      resent: 0,
    });
  }

  #endedEarly(how) {
    this.#run.endedEarly(this, how, this.left);
  }
}
