import { utf8 } from '../js/protocol/bytes.js';
import { StreamReader } from '../js/protocol/stream.js';
import { StreamLedger, streamAccount } from '../js/ledger/stream-ledger.js';

/** Each vector of src/ledger/src/test/resources/stream-vectors.json with what this ledger makes otherwise of it. */
export const checkAll = (table) => table.vectors.map((vector) => ({ name: vector.name, problems: check(vector) }));

function check({ stream, from, count, texts, counts, next, verdict, anomalies }) {
  const reader = stream ? StreamReader.sealed(stream.split('/')[0], stream) : StreamReader.plain();
  const ledger = new StreamLedger(0, reader, from, count, { answered() {}, anomaly() {} });
  for (const text of texts) {
    // {"binary": text} is one that comes as binary.
    const binary = typeof text !== 'string';
    ledger.received(utf8(binary ? text.binary : text), binary);
  }
  const account = streamAccount([ledger], count);
  const found = account.anomalies.map(({ kind, sequence }) => `${kind} ${sequence}`);
  const actual = { counts: account.counts, next: ledger.next, verdict: account.verdict, anomalies: found.sort() };
  // Of rooms, which no vector knows.
  const expected = { counts: { ...counts, foreignRoom: 0 }, next, verdict, anomalies: [...anomalies].sort() };
  return Object.keys(expected)
    .filter((what) => JSON.stringify(actual[what]) !== JSON.stringify(expected[what]))
    .map((what) => `${what}: ${JSON.stringify(actual[what])}, not ${JSON.stringify(expected[what])}`);
}
