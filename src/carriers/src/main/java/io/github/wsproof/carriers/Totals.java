package io.github.wsproof.carriers;

import io.github.wsproof.client.Latency;
import io.github.wsproof.relay.Meter;

/** The sum of the turns of one transport in one way of sending. Not thread-safe. */
final class Totals {
  private final Latency latency = new Latency();
  private final Latency push = new Latency();
  private boolean pushes;
  private long nanos;
  private long answered;
  private long sent;
  private long requests;
  private long connections;
  private long outbound;
  private long inbound;

  void add(Outcome outcome, Meter.Counts wire) {
    latency.add(outcome.latency());
    if (outcome.push() != null) {
      pushes = true;
      push.add(outcome.push());
    }
    nanos += outcome.nanos();
    answered += outcome.latency().count();
    sent += outcome.counts().sent();
    requests += outcome.requests();
    connections += wire.connections();
    outbound += wire.outbound();
    inbound += wire.inbound();
  }

  /** Null where nothing was sent. */
  Measured measured() {
    return sent == 0
        ? null
        : new Measured(
            sent,
            nanos == 0 ? 0 : answered * 1e9 / nanos,
            latency.percentiles(),
            pushes ? push.percentiles() : null,
            (double) (outbound + inbound) / sent,
            (double) outbound / sent,
            (double) inbound / sent,
            connections,
            requests);
  }
}
