import { utf8 } from '../protocol/bytes.js';
import { END_SEQUENCE } from '../protocol/messages.js';
import { Receipts } from '../ledger/words.js';
import { STRINGS } from '../strings.js';
import { addressOf, longestMessageBytes, share, windowOf } from './plan.js';
import { SendTimes } from './send-times.js';
import { SessionSocket, mayStandIn } from './session-socket.js';
import { later } from './turns.js';

/** Sends between which other connections, and replies, have their turn. */
const BURST = 256;

/** Bytes handed to the browser and not yet on their way, beyond which sending waits. */
const MOST_PENDING_BYTES = 4 << 20;
const PENDING_POLL_MILLIS = 2;

/** Chromium itself gives up only after minutes. */
const HANDSHAKE_MILLIS = 30_000;

/**
 * One connection of a run, from handshake to close, as the Java client's Channel:
 *
 *     connecting → running → settling → settled → ended     (any → ended when the connection ends)
 *
 * Settling sends a last word where receipts are on: what the server sent before it answers that
 * word arrives before the answer. A browser cannot ping, so without receipts there is no such word.
 */
export class Channel {
  #run;
  #ledger;
  #share;
  #window;
  #times;
  #mostPending;
  #socket = null;
  #phase = 'connecting';
  #openedAt;
  #openedMillis;
  #lastActivityMillis;
  #deadlineMillis;
  #pumpQueued = false;
  #closing = false;
  /** Whether the next message waits, or waited, because the path does not take what came before. */
  #heldUp = false;
  #isStandIn = false;

  constructor(run, number) {
    this.#run = run;
    this.#ledger = run.ledger;
    this.number = number;
    this.#share = share(run.plan, number);
    this.#window = Math.min(windowOf(run.plan), this.#share);
    this.#times = new SendTimes(this.#window);
    this.#mostPending = Math.max(MOST_PENDING_BYTES, longestMessageBytes(run.plan));
  }

  connect() {
    this.#deadlineMillis = performance.now() + HANDSHAKE_MILLIS;
    try {
      this.#socket = new WebSocket(addressOf(this.#run.plan));
    } catch (e) {
      // Mixed content, or a port that the browser blocks.
      this.#failed(e.message);
      return;
    }
    this.#use();
  }

  #use() {
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }) => this.#received(data, performance.now());
    this.#socket.onclose = (event) => this.#ended(event);
  }

  /** A session stands in for a WebSocket that cannot be opened; it carries texts alone. */
  #fallsBack() {
    const { plan } = this.#run;
    if (this.#isStandIn || plan.binary || !mayStandIn(plan.url)) {
      return false;
    }
    this.#isStandIn = true;
    this.#deadlineMillis = performance.now() + HANDSHAKE_MILLIS;
    this.#socket = new SessionSocket(addressOf(plan));
    this.#use();
    return true;
  }

  #failed(why) {
    this.#phase = 'ended';
    this.#run.connectFailed(this, why);
  }

  #opened() {
    this.#openedAt = new Date();
    this.#openedMillis = performance.now();
    this.#lastActivityMillis = this.#openedMillis;
    this.#phase = 'running';
    const { plan, form } = this.#run;
    this.#ledger.opened(this.number, form, plan.receipts ? Receipts.ASKED : Receipts.OFF);
    this.#run.opened(this, this.#isStandIn ? this.#socket.transport : null);
    this.#pump();
  }

  /** Sends what the window allows. */
  #pump() {
    this.#pumpQueued = false;
    let burst = BURST;
    while (this.#maySend()) {
      if (this.#socket.bufferedAmount > this.#mostPending) {
        this.#heldUp = true;
        setTimeout(() => this.queuePump(), PENDING_POLL_MILLIS);
        return;
      }
      if (burst-- === 0) {
        this.queuePump();
        return;
      }
      this.#sendNext();
    }
    if (this.#phase === 'running' && this.#isComplete()) {
      this.#settle();
    }
  }

  #maySend() {
    const sent = () => this.#ledger.sent(this.number);
    if (this.#phase !== 'running' || this.#run.stopping || sent() === this.#share || !this.#run.isDue(this.number, sent())) {
      return false;
    }
    const hasRoom = this.#ledger.inFlight(this.number) < this.#window;
    this.#heldUp ||= !hasRoom;
    return hasRoom;
  }

  /** Sends, in its turn, what the window allows. */
  queuePump() {
    if (!this.#pumpQueued) {
      this.#pumpQueued = true;
      later(() => this.#pump());
    }
  }

  #isComplete() {
    const allSent = this.#run.stopping || this.#ledger.sent(this.number) === this.#share;
    return allSent && this.#ledger.unanswered(this.number) === 0;
  }

  #sendNext() {
    const nowMillis = performance.now();
    if (this.#ledger.unanswered(this.number) === 0) {
      this.#lastActivityMillis = nowMillis;
    }
    const sequence = this.#ledger.send(this.number);
    this.#times.sent(sequence, nowMillis);
    this.#transmit(sequence, nowMillis, this.#heldUp);
    this.#heldUp = false;
  }

  #transmit(sequence, nowMillis, heldUp = false) {
    const { messages, plan } = this.#run;
    const content = plan.binary
      ? messages.content(this.number, sequence)
      : messages.text(this.number, sequence);
    this.#run.sent(this.number, sequence, content.length, nowMillis, heldUp);
    this.#socket.send(content);
  }

  #received(data, nowMillis) {
    if (this.#run.finished) {
      return;
    }
    const binary = typeof data !== 'string';
    const reply = binary ? new Uint8Array(data) : utf8(data);
    const unanswered = this.#ledger.unanswered(this.number);
    const end = this.#run.received(this, reply, binary, nowMillis);
    if (this.#ledger.unanswered(this.number) !== unanswered) {
      // What answers no message that waits, a ticker or copies, is no sign that those that wait will be.
      this.#lastActivityMillis = nowMillis;
    }
    if (end && this.#phase === 'settling') {
      this.#settled();
    } else if (this.#phase === 'running') {
      this.#pump();
    }
  }

  /** The ledger says that the first reply to a message of this connection has come. */
  answered(sequence) {
    return this.#times.answered(sequence, this.#ledger.sent(this.number));
  }

  /** Called every few milliseconds: what did not come in time does not come. */
  sweep(nowMillis) {
    if (this.#phase === 'connecting' && nowMillis >= this.#deadlineMillis) {
      this.#giveUp();
    } else if (this.#phase === 'running' && this.#isComplete()) {
      this.#settle();
    } else if (this.#phase === 'running' && this.#isSilent(nowMillis)) {
      const unanswered = this.#ledger.unanswered(this.number);
      this.#run.silent(this, unanswered, this.#share - this.#ledger.sent(this.number));
      this.#settle();
    } else if (this.#phase === 'settling' && nowMillis >= this.#deadlineMillis) {
      this.#run.reasons.note(STRINGS.reason.accountNotClosed);
      this.#settled();
    }
  }

  #giveUp() {
    this.#socket.onclose = null;
    this.#socket.close();
    if (!this.#fallsBack()) {
      this.#failed(STRINGS.reason.noHandshake);
    }
  }

  #isSilent(nowMillis) {
    const silentMillis = nowMillis - this.#lastActivityMillis;
    return this.#ledger.unanswered(this.number) > 0 && silentMillis >= this.#run.drainMillis;
  }

  #settle() {
    this.#phase = 'settling';
    this.#deadlineMillis = performance.now() + this.#run.settleMillis;
    if (this.#ledger.receipts(this.number)) {
      this.#transmit(END_SEQUENCE, performance.now());
    } else {
      this.#run.reasons.note(STRINGS.reason.noPing);
      this.#settled();
    }
  }

  #settled() {
    this.#phase = 'settled';
  }

  /** Closes it from this side; what is unanswered stays as it is. */
  close() {
    if (this.#phase === 'ended') {
      return;
    }
    this.#closing = true;
    this.#socket.onclose = null;
    this.#socket.close(1000);
    if (this.#phase === 'connecting') {
      this.#phase = 'ended';
    } else {
      this.#ended({ code: 1000, reason: '', wasClean: true });
    }
  }

  #ended({ code, reason, wasClean }) {
    if (this.#phase === 'ended' || this.#run.finished) {
      return;
    }
    if (this.#phase === 'connecting') {
      if (!this.#fallsBack()) {
        this.#failed(STRINGS.reason.hiddenByBrowser);
      }
      return;
    }
    this.#phase = 'ended';
    const inFlight = this.#ledger.unanswered(this.number);
    if (!this.#closing) {
      this.#ledger.ended(this.number);
    }
    const closedBy = this.#closing ? 'client' : wasClean ? 'server' : 'nobody';
    const epoch = {
      connection: this.number,
      epoch: 0,
      openedAt: this.#openedAt.toISOString(),
      seconds: (performance.now() - this.#openedMillis) / 1e3,
      closeCode: code,
      closedBy,
      reason,
      inFlight,
    };
    this.#run.ended(this, epoch, this.#share - this.#ledger.sent(this.number));
  }

  /** Messages that were sent and have no reply; 0 before it is open. */
  get unanswered() {
    return this.#phase === 'connecting' ? 0 : this.#ledger.unanswered(this.number);
  }

  get isSettled() {
    return this.#phase === 'settled';
  }
}
