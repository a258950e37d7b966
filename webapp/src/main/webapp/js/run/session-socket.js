const EVENTS = 'server-sent events + POST';
const POLLING = 'long polling + POST';

/** An event stream that has not begun after so long does not get through. */
const BEGIN_MILLIS = 5000;
/** Nor does one that brings no reply for so long, when there is one: a proxy gathers it. */
const STALL_MILLIS = 4000;
const WAIT_SECONDS = 25;
const RETRY_MILLIS = 1000;

/** What a WebSocket's close would tell of a server that ends it, and of a network that breaks. */
const GOING_AWAY = 1001;
const BROKE = 1006;

const TRY_AGAIN = new Set([429, 503]);

/**
 * Whether a session may stand in for this address: on the page's own host alone, as the page may ask
 * no other (its Content-Security-Policy).
 */
export const mayStandIn = (url) => new URL(url).host === location.host;

/**
 * What stands in for a WebSocket where none can be opened: a session of the server, to which messages
 * go by POST, and whose replies come as server-sent events or, where these do not get through, by long
 * polling. It has what this page uses of a WebSocket's interface. Owned by the worker.
 */
export class SessionSocket {
  onopen = null;
  onmessage = null;
  onclose = null;
  /** Is told of another `transport`. */
  ontransport = null;
  transport = '';
  readyState = WebSocket.CONNECTING;
  bufferedAmount = 0;
  #echo;
  #query;
  #session = '';
  #events = null;
  #polls = false;
  #abort = new AbortController();
  #queue = [];
  #sending = false;
  /** Messages that the server has taken, and replies that have come. */
  #taken = 0;
  #next = 0;
  #beginTimer = 0;
  #stallTimer = 0;

  /** @param url the WebSocket's; the session is at the same path, or at `echo` below one that ends with a slash */
  constructor(url) {
    const { protocol, host, pathname, search } = new URL(url);
    const path = pathname.endsWith('/') ? `${pathname}echo` : pathname;
    this.#echo = `${protocol === 'wss:' ? 'https:' : 'http:'}//${host}${path}`;
    this.#query = search;
    this.#open();
  }

  async #open() {
    try {
      const answer = await this.#fetch(`${this.#echo}/sessions${this.#query}`, { method: 'POST' });
      if (answer.status !== 201) {
        this.#ended(BROKE, '');
        return;
      }
      this.#session = `${this.#echo}/sessions/${(await answer.json()).session}`;
      this.#listen();
    } catch {
      this.#ended(BROKE, '');
    }
  }

  #fetch(url, how = {}) {
    return fetch(url, { cache: 'no-store', signal: this.#abort.signal, ...how });
  }

  #address(more) {
    return `${this.#session}${this.#query}${this.#query ? '&' : '?'}${more}`;
  }

  #listen() {
    if (this.readyState !== WebSocket.CONNECTING) {
      return;
    }
    this.#events = new EventSource(`${this.#session}/events${this.#query}`);
    this.#beginTimer = setTimeout(() => this.#poll(), BEGIN_MILLIS);
    this.#events.onopen = () => this.#opened(EVENTS);
    this.#events.onmessage = ({ data, lastEventId }) => this.#received(Number(lastEventId), data);
    this.#events.addEventListener('json', ({ data, lastEventId }) =>
      this.#received(Number(lastEventId), JSON.parse(data)),
    );
    this.#events.addEventListener('end', ({ data }) => this.#ended(GOING_AWAY, data));
    this.#events.onerror = () => {
      // It comes again by itself where it was cut; else a poll tells what is wrong, or gets through.
      if (this.readyState === WebSocket.CONNECTING || this.#events.readyState === EventSource.CLOSED) {
        this.#poll();
      }
    };
  }

  #opened(transport) {
    clearTimeout(this.#beginTimer);
    const isNew = transport !== this.transport;
    this.transport = transport;
    if (this.readyState === WebSocket.CONNECTING) {
      this.readyState = WebSocket.OPEN;
      this.onopen?.();
    } else if (isNew) {
      this.ontransport?.();
    }
  }

  async #poll() {
    if (this.#polls || this.readyState >= WebSocket.CLOSING) {
      return;
    }
    this.#polls = true;
    clearTimeout(this.#beginTimer);
    this.#events.close();
    try {
      for (let wait = 0; this.readyState < WebSocket.CLOSING; wait = WAIT_SECONDS) {
        const answer = await this.#fetch(this.#address(`from=${this.#next}&wait=${wait}`));
        if (answer.status !== 200) {
          this.#ended(GOING_AWAY, (await answer.text()).trim());
          return;
        }
        const { from, replies } = await answer.json();
        this.#opened(POLLING);
        replies.forEach((reply, i) => this.#received(from + i, reply));
      }
    } catch {
      this.#ended(BROKE, '');
    }
  }

  #received(number, data) {
    this.#next = number + 1;
    if (this.readyState === WebSocket.OPEN) {
      this.onmessage?.({ data });
    }
  }

  /** A text goes to the session; bytes, which it does not carry, are a request of their own. */
  send(data) {
    this.#queue.push(data);
    this.bufferedAmount += data.length;
    this.#pump();
  }

  /** One after the other, or they might overtake each other. */
  async #pump() {
    if (this.#sending) {
      return;
    }
    this.#sending = true;
    try {
      while (this.#queue.length > 0 && this.readyState === WebSocket.OPEN) {
        const data = this.#queue.shift();
        await (typeof data === 'string' ? this.#post(data) : this.#exchange(data));
        this.bufferedAmount -= data.length;
      }
    } catch {
      this.#ended(BROKE, '');
    }
    this.#sending = false;
  }

  async #post(text) {
    const answer = await this.#accepted(`${this.#session}${this.#query}`, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      body: text,
    });
    if (answer.status !== 202) {
      this.#ended(GOING_AWAY, (await answer.text()).trim());
      return;
    }
    this.#taken++;
    this.#stallTimer ||= setTimeout(() => this.#look(this.#next), STALL_MILLIS);
  }

  async #exchange(bytes) {
    const headers = { 'Content-Type': 'application/octet-stream' };
    const query = this.#query.replace(/[?&]receipt=[01]/, '').replace(/^&/, '?');
    const answer = await this.#accepted(`${this.#echo}${query}`, { method: 'POST', headers, body: bytes });
    if (answer.status === 200) {
      this.onmessage?.({ data: await answer.arrayBuffer() });
    } else {
      this.#ended(GOING_AWAY, (await answer.text()).trim());
    }
  }

  /** Sends again what the server says it has not taken. */
  async #accepted(url, how) {
    for (;;) {
      const answer = await this.#fetch(url, how);
      if (!TRY_AGAIN.has(answer.status)) {
        return answer;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MILLIS));
    }
  }

  #look(next) {
    this.#stallTimer = 0;
    if (this.#next === next && this.#next < this.#taken) {
      this.#poll();
    }
  }

  close(code = 1000) {
    if (this.readyState >= WebSocket.CLOSING) {
      return;
    }
    this.readyState = WebSocket.CLOSING;
    if (this.#session) {
      // Without the signal: what is under way ends, this does not.
      fetch(`${this.#session}${this.#query}`, { method: 'DELETE', keepalive: true }).catch(() => {});
    }
    setTimeout(() => this.#ended(code, ''));
  }

  #ended(code, reason) {
    if (this.readyState === WebSocket.CLOSED) {
      return;
    }
    this.readyState = WebSocket.CLOSED;
    clearTimeout(this.#beginTimer);
    clearTimeout(this.#stallTimer);
    this.#events?.close();
    this.#abort.abort();
    this.onclose?.({ code, reason, wasClean: code !== BROKE });
  }
}
