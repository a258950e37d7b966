import { utf8 } from '../js/protocol/bytes.js';
import { Messages } from '../js/protocol/messages.js';
import { ReplyForm } from '../js/protocol/reply-form.js';
import { Ledger } from '../js/ledger/ledger.js';

/** Each vector of src/ledger/src/test/resources/vectors.json with what this ledger makes otherwise of it. */
export const checkAll = (table) => table.vectors.map((vector) => ({ name: vector.name, problems: check(vector) }));

function check(vector) {
  const problems = [];
  const same = (what, actual, expected) => {
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      problems.push(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
    }
  };
  const account = play(vector, same);
  same('counts', sorted(account.counts), sorted(vector.counts));
  same('verdict', account.verdict, vector.verdict);
  if (vector.legs) {
    same('legs', notZero(account.legs), notZero(vector.legs));
  }
  return problems;
}

function play({ seed, size, binary, form, receipts, events, planned }, same) {
  const messages = new Messages(seed, size);
  const ledger = new Ledger(messages, binary);
  for (const event of events) {
    if ('open' in event) {
      ledger.opened(event.open, ReplyForm.parse(form), receipts);
    } else if ('send' in event) {
      same('content', messages.text(event.send, ledger.send(event.send)), event.content);
    } else if ('reply' in event) {
      ledger.reply(event.reply, utf8(event.content), event.binary ?? false);
    } else {
      ledger.ended(event.end);
    }
  }
  return ledger.account(planned);
}

const sorted = (object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

function notZero(legs) {
  const kinds = (counts) => sorted(Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0)));
  const entries = Object.entries(legs).map(([leg, counts]) => [leg, kinds(counts)]);
  return sorted(Object.fromEntries(entries.filter(([, counts]) => Object.keys(counts).length > 0)));
}
