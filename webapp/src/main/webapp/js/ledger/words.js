/** What can be wrong, in the order of reports; `failure` makes the verdict FAIL, the others INCONCLUSIVE. */
export const KINDS = [
  { label: 'lost', failure: true },
  { label: 'duplicated', failure: true },
  { label: 'reordered', failure: true },
  { label: 'corrupted', failure: true },
  { label: 'misdelivered', failure: true },
  { label: 'unexpected', failure: true },
  { label: 'inDoubt', failure: false },
  { label: 'neverSent', failure: false },
];

const BEFORE = {
  inDoubt: [{ label: 'foreignRoom', failure: true }],
  neverSent: [
    { label: 'recovered', failure: false },
    { label: 'gone', failure: false },
  ],
};

/** The same, with what only runs of other kinds know: of rooms, of messages sent again, and of what a stream had let go of. */
export const ALL_KINDS = KINDS.flatMap((kind) => [...(BEFORE[kind.label] ?? []), kind]);

export const LEGS = ['outbound', 'inbound', 'unknown'];

/** Whether the replies of a connection carry receipts; `asked`: the first whole reply decides. */
export const Receipts = { OFF: 'off', ASKED: 'asked', ON: 'on' };

/** The sequence of a reply that belongs to no message. */
export const NO_SEQUENCE = -1;

/** The worst wins; nothing verified is never a pass. */
export function verdictOf(counts) {
  if (KINDS.some(({ label, failure }) => failure && counts[label] > 0)) {
    return 'FAIL';
  }
  const doubtful = counts.planned === 0 || counts.delivered < counts.planned;
  return doubtful || counts.inDoubt > 0 || counts.neverSent > 0 ? 'INCONCLUSIVE' : 'PASS';
}
