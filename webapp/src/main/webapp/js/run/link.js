import { textOf, utf8 } from '../protocol/bytes.js';
import { Fit } from '../protocol/reply-form.js';
import { formOf } from './plan.js';
import { SessionSocket, mayStandIn } from './session-socket.js';

const BACKOFF_SECONDS = [1, 2, 4, 8, 15, 30];
const HANDSHAKE_MILLIS = 30_000;

/** When a WebSocket is tried again while a session stands in for it. */
const RETURN_SECONDS = [5, 10, 20, 30];

/** A message that is unanswered for longer does not keep the page from returning. */
const ANSWERED_MILLIS = 10_000;
const MOST_PENDING = 100;
const MOST_SHOWN_CHARS = 10_000;

/** Closes after which the same attempt may succeed later; a refusal of what was asked (1008, …) stays one. */
const WORTH_RETRYING = new Set([1001, 1006, 1011, 1012, 1013, 1014]);

/** The connection for single messages: its state is always told, and it comes back by itself. Owned by the worker. */
export class Link {
  #tell;
  #log;
  #socket = null;
  #url = '';
  #expect = '';
  #attempt = 0;
  #retryTimer = 0;
  #handshakeTimer = 0;
  #established = false;
  /** Whether a session stands in for a WebSocket. */
  #isStandIn = false;
  #returnTimer = 0;
  #returnAttempt = 0;
  /** The WebSocket that is tried meanwhile, or null. */
  #probe = null;
  #byPage = false;
  #pending = [];

  /**
   * @param tell takes what the page is to know
   * @param log the log-store
   */
  constructor(tell, log) {
    this.#tell = tell;
    this.#log = log;
  }

  connect(url, expect) {
    this.abandon();
    this.#url = url;
    this.#expect = expect;
    this.#attempt = 0;
    this.#open();
  }

  disconnect() {
    clearTimeout(this.#retryTimer);
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) {
      this.#byPage = true;
      this.#state('closing');
      this.#socket.close(1000);
    } else {
      this.#state('stopped');
    }
  }

  send(text, binary) {
    if (this.#socket?.readyState !== WebSocket.OPEN) {
      return;
    }
    const bytes = utf8(text);
    const atMillis = performance.now();
    this.#pending = [...this.#pending.slice(-MOST_PENDING), { text, atMillis }];
    this.#log.single(false, bytes, binary, atMillis);
    this.#socket.send(binary ? bytes : text);
  }

  #state(state, more = {}) {
    this.#tell({ type: 'link', state, url: this.#url, ...more });
  }

  /** Drops a socket without a word: its events are of no more interest. */
  abandon() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#handshakeTimer);
    this.#drop(this.#socket);
    this.#socket = null;
    this.#stopReturning();
  }

  #drop(socket) {
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  #stopReturning() {
    clearTimeout(this.#returnTimer);
    this.#drop(this.#probe);
    this.#probe = null;
  }

  #open() {
    this.abandon();
    this.#established = false;
    this.#isStandIn = false;
    this.#byPage = false;
    this.#pending = [];
    this.#state('connecting', { attempt: this.#attempt });
    try {
      this.#socket = new WebSocket(this.#url);
    } catch (e) {
      this.#state('refused', { reason: e.message });
      return;
    }
    this.#use();
    this.#handshakeTimer = setTimeout(() => this.#socket.close(), HANDSHAKE_MILLIS);
  }

  #use() {
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = ({ data }) => this.#received(data, performance.now());
    this.#socket.onclose = (event) => this.#closed(event);
  }

  #opened() {
    clearTimeout(this.#handshakeTimer);
    this.#established = true;
    this.#attempt = 0;
    this.#tellEstablished();
    if (this.#isStandIn) {
      this.#socket.ontransport = () => this.#tellEstablished();
      this.#returnAttempt = 0;
      this.#returnLater();
    }
  }

  #tellEstablished() {
    this.#state('established', this.#isStandIn ? { transport: this.#socket.transport } : {});
  }

  /** Opens a session where no WebSocket could be opened. */
  #fallBack() {
    this.#isStandIn = true;
    this.#socket = new SessionSocket(this.#url);
    this.#use();
    this.#handshakeTimer = setTimeout(() => this.#socket.close(), HANDSHAKE_MILLIS);
  }

  #returnLater() {
    const seconds = RETURN_SECONDS[Math.min(this.#returnAttempt++, RETURN_SECONDS.length - 1)];
    this.#returnTimer = setTimeout(() => this.#tryToReturn(), seconds * 1000);
  }

  #tryToReturn() {
    const probe = new WebSocket(this.#url);
    this.#probe = probe;
    this.#returnTimer = setTimeout(() => probe.close(), HANDSHAKE_MILLIS);
    probe.onclose = () => {
      clearTimeout(this.#returnTimer);
      this.#probe = null;
      this.#returnLater();
    };
    probe.onopen = () => this.#goBack();
  }

  /** Between two messages: the reply to one that is on its way comes by the session. */
  #goBack() {
    const last = this.#pending.at(-1);
    if (last && performance.now() - last.atMillis < ANSWERED_MILLIS) {
      this.#returnTimer = setTimeout(() => this.#goBack(), 100);
      return;
    }
    clearTimeout(this.#returnTimer);
    this.#drop(this.#socket);
    this.#socket = this.#probe;
    this.#probe = null;
    this.#isStandIn = false;
    this.#use();
    this.#tellEstablished();
  }

  #closed({ code, reason, wasClean }) {
    clearTimeout(this.#handshakeTimer);
    const by = this.#byPage ? 'page' : wasClean ? 'server' : 'nobody';
    const closed = { code, reason, by, established: this.#established };
    this.#socket = null;
    this.#stopReturning();
    if (!this.#established && !this.#isStandIn && !this.#byPage && mayStandIn(this.#url)) {
      this.#fallBack();
      return;
    }
    if (this.#byPage || !WORTH_RETRYING.has(code)) {
      this.#state('closed', closed);
      return;
    }
    const seconds = BACKOFF_SECONDS[Math.min(this.#attempt, BACKOFF_SECONDS.length - 1)];
    this.#attempt++;
    this.#retryTimer = setTimeout(() => this.#open(), seconds * 1000);
    this.#state('reconnecting', { ...closed, seconds });
  }

  #received(data, nowMillis) {
    const binary = typeof data !== 'string';
    const bytes = binary ? new Uint8Array(data) : utf8(data);
    this.#log.single(true, bytes, binary, nowMillis);
    const text = binary ? textOf(bytes) : data;
    const at = this.#pending.findIndex((message) => text.includes(message.text));
    const sent = at < 0 ? null : this.#pending[at];
    this.#pending = this.#pending.slice(at + 1);
    this.#tell({
      type: 'reply',
      text: text.slice(0, MOST_SHOWN_CHARS),
      binary,
      size: bytes.length,
      roundTripMillis: sent && nowMillis - sent.atMillis,
      random: sent && this.#random(bytes, sent.text, text),
    });
  }

  #random(bytes, message, reply) {
    const form = formOf({ expect: this.#expect, url: this.#url });
    const start = utf8(reply.slice(0, reply.indexOf(message))).length;
    const fit = form.fit(bytes, start, start + utf8(message).length, bytes.length);
    return fit === Fit.DIFFERS ? null : form.lastRandom;
  }
}
