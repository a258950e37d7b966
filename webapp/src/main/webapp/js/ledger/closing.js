import { SAMPLE } from './ledger.js';
import { KINDS, LEGS, Receipts, verdictOf } from './words.js';

/** The outcomes and legs that only the end can tell. Leaves the ledger as it is. */
export class Closing {
  #ledger;
  #planned;
  #byLeg;
  #found;
  /** Connection → missing counts whose replies turned up elsewhere. */
  #explained = new Map();
  /** Connection → replies to messages of others that turned up there. */
  #strays = new Map();

  constructor(ledger, planned) {
    this.#ledger = ledger;
    this.#planned = planned;
    this.#byLeg = new Map([...ledger.events].map(([kind, legs]) => [kind, { ...legs }]));
    this.#found = new Map([...ledger.samples].map(([kind, kept]) => [kind, [...kept]]));
  }

  account() {
    const opens = this.#ledger.opens();
    this.#ledger.strayDuplicates.forEach(({ stray }) => increment(this.#strays, stray.arrival));
    opens.forEach((c) => c.misdelivered.forEach(({ arrival }) => increment(this.#strays, arrival)));
    for (const { owner, stray } of this.#ledger.strayDuplicates) {
      this.#byLeg.get('duplicated').unknown--;
      this.#byLeg.get('duplicated')[this.#strayLeg(owner, stray, true)]++;
    }
    opens.forEach((c) => this.#closeMisdelivered(c));
    for (const c of opens) {
      this.#closeLost(c);
      this.#closeInDoubt(c);
    }
    const counts = this.#counts(opens);
    return {
      counts,
      verdict: verdictOf(counts),
      receipts: allReceipts(opens),
      legs: this.#legs(),
      anomalies: [...this.#found.values()].flat(),
    };
  }

  #closeMisdelivered(c) {
    const inOrder = [...c.misdelivered].sort(([a], [b]) => a - b);
    for (const [sequence, stray] of inOrder) {
      const leg = this.#strayLeg(c.number, stray, false);
      this.#byLeg.get('misdelivered')[leg]++;
      if (this.#hasRoom('misdelivered')) {
        this.#found.get('misdelivered').push(this.#ledger.misdeliveredAnomaly(c.number, sequence, stray, leg));
      }
    }
  }

  /** Whose count does the reply's receipt continue: that of the owner, or of where it arrived? */
  #strayLeg(owner, { arrival, count }, copy) {
    const { connections } = this.#ledger;
    const ownerTrail = connections[owner].trail;
    const arrivalTrail = connections[arrival].trail;
    if (count === 0 || !ownerTrail || !arrivalTrail) {
      return 'unknown';
    }
    const ofOwner = ownerTrail.mayOwn(count, connections[owner].sent);
    const ofArrival = arrivalTrail.mayHaveCounted(count, this.#strays.get(arrival) ?? 0);
    if (ofOwner === ofArrival) {
      // A copy of a reply that also came home is one that the owner's count has explained.
      return copy && !ofOwner ? 'inbound' : 'unknown';
    }
    const explains = ofOwner ? owner : arrival;
    if (connections[explains].trail.isMissing(count)) {
      increment(this.#explained, explains);
    }
    return ofOwner ? 'inbound' : 'outbound';
  }

  #closeLost(c) {
    const lost = c.lost();
    if (lost.size === 0) {
      return;
    }
    const legs = this.#byLeg.get('lost');
    let legOf = () => 'unknown';
    if (c.receipts === Receipts.ON && c.trail) {
      const proved = c.trail.lost(lost, this.#explained.get(c.number) ?? 0);
      LEGS.forEach((leg) => (legs[leg] += proved[leg]));
      legOf = proved.legOf;
    } else {
      legs.unknown += lost.size;
    }
    for (const sequence of lost) {
      if (!this.#hasRoom('lost')) {
        return;
      }
      const why =
        sequence < c.highestAnswered
          ? 'unanswered, and a later message was answered'
          : 'unanswered, and the connection is still open';
      this.#keep('lost', c.number, sequence, legOf(sequence), why);
    }
  }

  #closeInDoubt(c) {
    for (const sequence of c.inDoubt()) {
      this.#byLeg.get('inDoubt').unknown++;
      if (this.#hasRoom('inDoubt')) {
        this.#keep('inDoubt', c.number, sequence, 'unknown', 'unanswered when the connection ended');
      }
    }
  }

  #hasRoom(kind) {
    return this.#found.get(kind).length < SAMPLE;
  }

  #keep(kind, connection, sequence, leg, detail) {
    const expected = this.#ledger.expected(connection, sequence);
    this.#found.get(kind).push({ kind, connection, sequence, leg, detail, expected, actual: null });
  }

  #counts(opens) {
    const sent = opens.reduce((sum, c) => sum + c.sent, 0);
    const counts = { planned: this.#planned, sent, delivered: this.#ledger.delivered };
    for (const [kind, legs] of this.#byLeg) {
      counts[kind] = legs.outbound + legs.inbound + legs.unknown;
    }
    counts.neverSent = this.#planned - sent;
    return counts;
  }

  #legs() {
    const failures = KINDS.filter(({ failure }) => failure).map(({ label }) => label);
    const onLeg = (leg) => Object.fromEntries(failures.map((kind) => [kind, this.#byLeg.get(kind)[leg]]));
    return Object.fromEntries(LEGS.map((leg) => [leg, onLeg(leg)]));
  }
}

const increment = (counts, key) => counts.set(key, (counts.get(key) ?? 0) + 1);

/** Whether every connection that was answered gave receipts, and one was. */
function allReceipts(opens) {
  const answered = opens.filter((c) => c.answeredAtAll);
  return answered.length > 0 && answered.every((c) => c.receipts === Receipts.ON);
}
