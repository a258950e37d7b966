import { VERSION } from '../version.js';
import { longestMessageBytes, windowOf } from './plan.js';

/**
 * The report of a run: the fields of the Java client's, and of the client what a browser can say.
 *
 * @param described what was done
 * @param told `{latency, client, timeline}`
 */
export async function makeReport(run, account, described, rate, { latency, client, timeline }) {
  return {
    wsproof: VERSION,
    verdict: account.verdict,
    reasons: run.reasons.all(),
    run: described,
    counts: account.counts,
    legs: account.receipts ? account.legs : null,
    anomalies: account.anomalies,
    rate,
    latencyMicros: { sent: latency.sent.percentiles(), due: latency.due?.percentiles() ?? null },
    histogram: await latency.sent.encoded(),
    epochs: run.epochs,
    client,
    timeline,
  };
}

/** What a run that sent has done. */
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
    ...(run.transport && { transport: run.transport }),
  };
}

export const perSecond = (count, seconds) => (seconds === 0 ? 0 : Math.round(count / seconds));
