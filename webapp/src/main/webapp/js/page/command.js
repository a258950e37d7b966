import { DEFAULTS, windowOf } from '../run/plan.js';

const HARMLESS = /^[\w@%+=:,./-]+$/;

/** A word for a POSIX shell: in single quotes, in which only the quote itself is special. */
export const quoted = (word) => (HARMLESS.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The same run by command line. */
export const commandFor = (plan, seed) => (plan.mode === 'receive' ? receiveCommand(plan) : verifyCommand(plan, seed));

/** Adds an option where a plan differs from the defaults. */
const adder =
  (words, plan) =>
  (name, option, value = plan[name]) =>
    plan[name] !== DEFAULTS[name] && words.push(option, value);

const begun = (command, { url, messages }) => ['wsproof', command, quoted(url), '-n', messages];

const drain = ({ drainSeconds }) => `${Math.round(drainSeconds * 1000)}ms`;

function receiveCommand(plan) {
  const words = begun('receive', plan);
  const add = adder(words, plan);
  add('connections', '-c');
  add('from', '--from');
  add('rate', '-r');
  add('drainSeconds', '--drain', drain(plan));
  if (plan.reconnect) {
    words.push('--reconnect');
  }
  return words.join(' ');
}

function verifyCommand(plan, seed) {
  const words = begun('verify', plan);
  const add = adder(words, plan);
  add('connections', '-c');
  words.push('-w', windowOf(plan));
  add('size', '-s');
  add('rate', '-r');
  if (plan.binary) {
    words.push('--binary');
  }
  add('drainSeconds', '--drain', drain(plan));
  if (plan.expect) {
    // With "=", so that a form that begins with "-" is no option.
    words.push(`--expect=${quoted(plan.expect)}`);
  }
  if (seed !== '') {
    words.push('--seed', seed);
  }
  if (!plan.receipts) {
    words.push('--no-receipts');
  }
  return words.join(' ');
}
