package io.github.wsproof.survey;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import java.net.URI;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The WebSocket that is surveyed.
 *
 * @param url its address
 * @param plans a new plan each time: the address, and how to connect and to talk to it
 * @param connection how to connect
 * @param speaksPlainly whether messages go out as they are, without an envelope or a hello
 * @param quick whether to leave out what takes minutes
 * @param connections how many connections at a time are tried
 * @param progress is told, in a few words, what goes on
 */
public record Target(
    URI url,
    Supplier<RunPlan.Builder> plans,
    ConnectionOptions connection,
    boolean speaksPlainly,
    boolean quick,
    int connections,
    Consumer<String> progress) {

  /** A survey is to go on: what is not answered for so long does not come. */
  private static final Duration DRAIN = Duration.ofSeconds(5);

  RunPlan.Builder plan() {
    return plans.get().drain(DRAIN);
  }

  Report run(RunPlan.Builder plan) throws InterruptedException {
    Report report = plan.build().run();
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    return report;
  }
}
