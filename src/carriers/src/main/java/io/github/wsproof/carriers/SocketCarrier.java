package io.github.wsproof.carriers;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.Latency;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import java.net.URI;

/** A WebSocket: a run of the verifier. */
final class SocketCarrier implements Carrier {
  @Override
  public String name() {
    return "websocket";
  }

  @Override
  public Outcome carry(Turn turn) throws InterruptedException {
    Plan plan = turn.plan();
    String path = plan.url().getRawPath() == null ? "" : plan.url().getRawPath();
    URI address = URI.create("ws://" + turn.meter().getAuthority() + path + plan.query());
    ConnectionOptions.Builder options = ConnectionOptions.builder();
    plan.connection()
        .headers()
        .forEach((name, values) -> values.forEach(value -> options.header(name, value)));
    plan.connection().subprotocols().forEach(options::subprotocol);
    if (!plan.connection().headers().containsKey("Host")) {
      options.header("Host", plan.url().getRawAuthority());
    }
    Report report =
        RunPlan.to(address.toString())
            .messages(turn.messages())
            .window(turn.window())
            .sizeBytes(plan.sizeBytes())
            .seed(turn.seed())
            .drain(plan.drain())
            .expect(plan.expect())
            .connection(options.build())
            .build()
            .run();
    if (report.epochs().isEmpty()) {
      return Outcome.missing(String.join("; ", report.reasons()));
    }
    Latency latency = new Latency();
    if (report.histogram() != null) {
      latency.add(report.histogram());
    }
    return new Outcome(
        report.counts(),
        report.anomalies(),
        latency,
        latency.half(),
        Math.round(report.run().seconds() * 1e9),
        1,
        report.reasons(),
        null);
  }
}
