package io.github.wsproof.cli;

import io.github.wsproof.relay.Applied;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.relay.Relay;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Option;

/** What the commands that lie have in common: how a relay is started, and what it says. */
final class RelayOptions {
  @Option(
      names = "--stall",
      defaultValue = "1s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long a stall lasts (${DEFAULT-VALUE}).")
  private Duration stall;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Makes the faults the same again (random).")
  private Long seed;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print only where it listens.")
  private boolean quiet;

  boolean isQuiet() {
    return quiet;
  }

  /** The seed that was given, or one by chance. */
  long chosenSeed() {
    if (seed == null) {
      seed = (long) ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
    }
    return seed;
  }

  /**
   * Starts a relay that prints each fault.
   *
   * @throws IllegalArgumentException with a sentence if the target or a fault makes no sense
   */
  Relay start(String target, int port, List<String> faults, PrintStream out)
      throws UnavailableException {
    try {
      return Relay.start(
          new URI(target),
          port,
          FaultPlan.parse(faults, chosenSeed()),
          new Relay.Options(chosenSeed(), stall, fault -> print(fault, out)));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(
          "TARGET must be a URL such as ws://host:port/path: " + target, e);
    } catch (IOException e) {
      throw new UnavailableException(
          "port "
              + port
              + " cannot be had ("
              + e.getMessage()
              + "); choose another with --port, or any free one with --port 0",
          e);
    }
  }

  private void print(Applied fault, PrintStream out) {
    if (!quiet) {
      out.printf(
          "%s %s, connection %d, message %d: %s%n",
          fault.fault().name().toLowerCase(Locale.ROOT),
          fault.leg().name().toLowerCase(Locale.ROOT),
          fault.connection(),
          fault.index(),
          fault.excerpt());
    }
  }
}
