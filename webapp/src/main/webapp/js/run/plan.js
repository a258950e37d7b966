import { MAX_SIZE_BYTES, Messages } from '../protocol/messages.js';
import { ReplyForm } from '../protocol/reply-form.js';
import { STRINGS } from '../strings.js';

export const DEFAULTS = Object.freeze({
  /** `verify`: messages are sent, and come back; `receive`: the server sends, of its own accord. */
  mode: 'verify',
  messages: 10_000,
  connections: 1,
  /** 0 = all at once. */
  window: 64,
  size: 0,
  /** Of all connections, per second; 0 = as fast as the window allows. */
  rate: 0,
  binary: false,
  drainSeconds: 10,
  /** '' = what the address asks for, else `{message} - {random}`. */
  expect: '',
  /** '' = a random one for each run. */
  seed: '',
  receipts: true,
  /** The first message of a stream that is wanted. */
  from: 0,
  /** Whether a connection that is cut goes on behind the last message that it has. */
  reconnect: true,
});

/** What a plan of each mode says. */
const FIELDS = {
  verify: ['messages', 'connections', 'window', 'size', 'rate', 'binary', 'drainSeconds', 'expect', 'seed', 'receipts'],
  receive: ['messages', 'connections', 'from', 'rate', 'drainSeconds', 'reconnect'],
};

export const fieldsOf = (mode) => FIELDS[mode] ?? FIELDS.verify;

export const LIMITS = Object.freeze({
  messages: [1, 1_000_000_000],
  connections: [1, 100],
  size: [0, MAX_SIZE_BYTES],
  rate: [0, 1_000_000],
  drainSeconds: [0.1, 86_400],
  from: [0, 999_999_999_999_999],
});

/** The query parameters that a receiver sets itself. */
const RECEIVER_PARAMETERS = ['from', 'run'];

/** What is wrong with a plan: field name → sentence; empty where all is right. */
export function problems(plan) {
  const found = {};
  const fields = fieldsOf(plan.mode);
  for (const [name, [min, max]] of Object.entries(LIMITS).filter(([name]) => fields.includes(name))) {
    const value = plan[name];
    const whole = name === 'drainSeconds' || name === 'rate' || Number.isInteger(value);
    if (!(value >= min && value <= max && whole)) {
      found[name] = STRINGS.problem.range(min, max);
    }
  }
  if (plan.mode === 'receive') {
    return found;
  }
  if (!found.connections && plan.connections > plan.messages) {
    found.connections = STRINGS.problem.moreThanMessages;
  }
  const shortest = shortestSize(plan);
  if (!found.size && plan.size !== 0 && plan.size < shortest) {
    found.size = STRINGS.problem.tooSmall(shortest);
  }
  if (plan.seed !== '' && !/^\d{1,16}$/.test(plan.seed)) {
    found.seed = STRINGS.problem.seed;
  } else if (!Number.isSafeInteger(Number(plan.seed))) {
    found.seed = STRINGS.problem.seed;
  }
  const form = formProblem(plan.expect);
  if (form) {
    found.expect = form;
  }
  return found;
}

function formProblem(text) {
  try {
    return text && !ReplyForm.parse(text);
  } catch (e) {
    return e.message;
  }
}

/** What is wrong with a socket's address, or ''. */
export function addressProblem(address, mode) {
  const http = /^http(s?):\/\//i.exec(address);
  if (http) {
    return STRINGS.problem.http(`ws${http[1].toLowerCase()}://${address.slice(http[0].length)}`);
  }
  if (!/^wss?:\/\//i.test(address) || !URL.canParse(address)) {
    return STRINGS.problem.address;
  }
  const { hash, searchParams } = new URL(address);
  if (hash) {
    return STRINGS.problem.fragment;
  }
  const own = mode === 'receive' && RECEIVER_PARAMETERS.find((name) => searchParams.has(name));
  return own ? STRINGS.problem.ownParameter(own) : '';
}

/**
 * An address as it goes to a server. Browsers leave braces and the like in a query as they are, which
 * RFC 3986 does not allow and Java's URI refuses: Tyrus then drops the handshake without a word.
 */
export const wireAddress = (address) =>
  address.replace(/\?.*/s, (query) => query.replace(/[\s"<>\\^`{|}]/g, encodeURIComponent));

function shortestSize({ messages, connections }) {
  const last = Math.max(0, Math.floor((messages - 1) / Math.max(1, connections)));
  return new Messages(0, 0).length(Math.max(1, connections) - 1, last);
}

/** How many messages are to come back, or to come. */
export const plannedBy = ({ mode, messages, connections }) => (mode === 'receive' ? messages * connections : messages);

/** How many messages a connection has to send. */
export const share = ({ messages, connections }, connection) =>
  Math.floor(messages / connections) + (connection < messages % connections ? 1 : 0);

/** Messages in flight on one connection. */
export const windowOf = (plan) => plan.window || Math.ceil(plan.messages / plan.connections);

export const longestMessageBytes = (plan) => Math.max(plan.size, shortestSize(plan));

/**
 * What a reply looks like. A browser cannot read the handshake's Wsproof-Reply, so it is what the
 * plan expects, else what the address asks a wsproof server for, else the default form.
 */
export function formOf({ expect, url }) {
  const query = new URL(url).searchParams;
  if (expect) {
    return ReplyForm.parse(expect);
  }
  try {
    return ReplyForm.parse(query.get('form') ?? '{message} - {random}');
  } catch {
    return ReplyForm.parse('{message} - {random}');
  }
}

/** The address with query parameters that it does not have; by hand: URLSearchParams would write the others anew. */
function withQuery(url, parameters) {
  const address = new URL(url);
  const missing = Object.entries(parameters).filter(([name]) => !address.searchParams.has(name));
  const query = missing.map(([name, value]) => `${name}=${value}`).join('&');
  address.search += query && `${address.search ? '&' : '?'}${query}`;
  return address.href;
}

/** The address that asks for receipts: a browser cannot set the header. */
export const addressOf = ({ url, receipts }) => withQuery(url, receipts ? { receipt: 1 } : {});

/** The address that asks for a stream with seals, from a message of one of its runs on. */
export const streamAddressOf = ({ url, rate }, from, run) =>
  withQuery(url, { receipt: 1, ...(from > 0 ? { from } : {}), ...(run ? { run } : {}), ...(rate > 0 ? { rate } : {}) });

/** The name of a wsproof server's stream; null where the address does not tell. */
export function streamNameOf(url) {
  const [, name] = /\/stream\/([\w.-]{1,64})$/.exec(new URL(url).pathname) ?? [];
  return name ?? null;
}

/** A number that names a run. */
export const randomId = () => crypto.getRandomValues(new BigUint64Array(1))[0].toString(16).padStart(16, '0');

/** A seed that JavaScript and Java count alike. */
export const randomSeed = () => Number(crypto.getRandomValues(new BigUint64Array(1))[0] >> 11n);
