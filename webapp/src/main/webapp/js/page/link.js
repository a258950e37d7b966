import { DEFAULTS, fieldsOf } from '../run/plan.js';

/**
 * The settings stand behind the #: so they reach no server and no log, and the page is cached as one.
 * Only what differs from the defaults is named.
 */
export function linkTo(address, plan) {
  const settings = new URLSearchParams();
  if (address !== ownAddress(location, plan.mode)) {
    settings.set('url', address);
  }
  for (const name of ['mode', ...fieldsOf(plan.mode)]) {
    if (plan[name] !== DEFAULTS[name]) {
      settings.set(name, plan[name]);
    }
  }
  const page = location.href.split('#')[0];
  return settings.size > 0 ? `${page}#${settings}` : page;
}

/** `{url, plan}` of a link; what makes no sense stays as it is, for the form to say so. */
export function settingsIn(at) {
  const settings = new URLSearchParams(at.hash.slice(1));
  const plan = { ...DEFAULTS };
  for (const [name, value] of Object.entries(DEFAULTS)) {
    if (settings.has(name)) {
      plan[name] = parsed(settings.get(name), typeof value);
    }
  }
  plan.mode = plan.mode === 'receive' ? 'receive' : 'verify';
  return { url: settings.get('url') ?? ownAddress(at, plan.mode), plan };
}

function parsed(text, type) {
  if (type === 'boolean') {
    return text === 'true';
  }
  return type === 'number' ? Number(text) : text;
}

/** The stream that `wsproof serve --push` starts; elsewhere the first receiver does. */
const PATHS = { verify: 'echo', receive: 'stream/requests' };

/** The sockets are beside the page: in any context path, and on the development server. */
export function ownAddress(at, mode) {
  const address = new URL(PATHS[mode], at.href);
  address.protocol = at.protocol === 'https:' ? 'wss:' : 'ws:';
  address.search = '';
  address.hash = '';
  return address.href;
}

/** Whether an address leads to the host that the page itself came from. */
export const isOwnHost = (address, at) => URL.canParse(address) && new URL(address).host === at.host;
