import { VERSION } from '../version.js';
import { longestMessageBytes, windowOf } from './plan.js';

/** The report of a run: the fields of the Java client's, and of the client what a browser can say. */
export async function makeReport(run, account, client, timeline) {
  const seconds =
    run.firstSentMillis === 0 ? 0 : Math.max(0, run.lastReceivedMillis - run.firstSentMillis) / 1e3;
  return {
    wsproof: VERSION,
    verdict: account.verdict,
    reasons: run.reasons.all(),
    run: describe(run, account.receipts, seconds),
    counts: account.counts,
    legs: account.receipts ? account.legs : null,
    anomalies: account.anomalies,
    rate: {
      messagesPerSecond: perSecond(run.answered, seconds),
      bytesPerSecond: perSecond(run.payloadBytes, seconds),
    },
    latencyMicros: { sent: run.latency.sent.percentiles(), due: run.latency.due?.percentiles() ?? null },
    histogram: await run.latency.sent.encoded(),
    epochs: run.epochs,
    client,
    timeline,
  };
}

/** What was done. */
export function describe(run, receipts, seconds) {
  const { plan } = run;
  return {
    id: run.id,
    seed: plan.seed,
    url: plan.url,
    startedAt: run.startedAt.toISOString(),
    seconds,
    messages: plan.messages,
    connections: plan.connections,
    window: windowOf(plan),
    perConnection: 0,
    size: longestMessageBytes(plan),
    binary: plan.binary,
    receipts,
    expect: run.form.text,
    interrupted: run.interrupted,
  };
}

const perSecond = (count, seconds) => (seconds === 0 ? 0 : Math.round(count / seconds));
