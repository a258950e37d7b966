import { DEFAULTS, windowOf } from '../run/plan.js';

const HARMLESS = /^[\w@%+=:,./-]+$/;

/** A word for a POSIX shell: in single quotes, in which only the quote itself is special. */
export const quoted = (word) => (HARMLESS.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The same run by command line. */
export function commandFor(plan, seed) {
  const words = ['wsproof', 'verify', quoted(plan.url), '-n', plan.messages];
  const add = (name, option, value = plan[name]) => plan[name] !== DEFAULTS[name] && words.push(option, value);
  add('connections', '-c');
  words.push('-w', windowOf(plan));
  add('size', '-s');
  add('rate', '-r');
  if (plan.binary) {
    words.push('--binary');
  }
  add('drainSeconds', '--drain', `${Math.round(plan.drainSeconds * 1000)}ms`);
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
