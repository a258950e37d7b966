package io.github.wsproof.cli;

import io.github.wsproof.client.RunPlan;
import java.time.Duration;
import picocli.CommandLine.Option;

/** The options that say what is done when a connection dies. */
final class DisruptionSettings {
  @Option(
      names = "--reconnect",
      description = "Open a connection again that dies, and go on; what was in flight is in doubt.")
  private boolean reconnect;

  @Option(
      names = "--reconnect-limit",
      defaultValue = "60s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Give a connection up that could not be opened for so long (${DEFAULT-VALUE}).")
  private Duration limit;

  @Option(
      names = "--resend",
      description = "Send what is in doubt again; answered then, it is recovered.")
  private boolean resend;

  @Option(names = "--accept-recovered", description = "Take recovered messages as delivered.")
  private boolean acceptRecovered;

  /** Tells a plan. */
  void apply(RunPlan.Builder plan) {
    plan.reconnect(reconnect).reconnectLimit(limit).resend(resend).acceptRecovered(acceptRecovered);
  }
}
