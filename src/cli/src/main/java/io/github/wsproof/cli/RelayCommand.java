package io.github.wsproof.cli;

import io.github.wsproof.relay.Applied;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.relay.Relay;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a relay that lies in front of a server, for any client. */
@Command(
    name = "relay",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Listens on loopback and passes WebSocket messages on to TARGET, with faults: to try any client"
          + " against a path that lies. What it did is printed as it happens, a line each.",
      "",
      "Faults: drop, duplicate, swap, flip, truncate, merge, misdeliver, copy, phantom, stall, reset,"
          + " close."
    },
    footer = {
      "",
      "Example: wsproof relay --fault drop:0.001 --fault swap:0.01@inbound ws://localhost:8765/",
      "",
      "It offers no extensions to the server: compressed messages would be opaque to it."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class RelayCommand implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;

  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "TARGET", description = "The server: ws://host:port/path.")
  private String target;

  @Option(
      names = "--fault",
      paramLabel = "FAULT:RATE[@LEG]",
      description = "A fault, its probability 0..1 for each message, and its leg (both).")
  private List<String> faults = new ArrayList<>();

  @Option(
      names = "--port",
      defaultValue = "8766",
      description = "Where to listen on 127.0.0.1; 0 = any free port (${DEFAULT-VALUE}).")
  private int port;

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
      description = "Do not print each fault.")
  private boolean quiet;

  RelayCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    long chosen = seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
    Relay relay = start(chosen);
    output
        .out()
        .printf("Relaying %s to %s with --seed %d; Ctrl-C stops.%n", relay.uri(), target, chosen);
    new CountDownLatch(1).await();
    return Exit.PASS;
  }

  private Relay start(long chosen) throws UnavailableException {
    if (port < 0 || port > MOST_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--port must be 0.." + MOST_PORT + ": " + port);
    }
    try {
      return Relay.start(
          new URI(target),
          port,
          FaultPlan.parse(faults, chosen),
          new Relay.Options(chosen, stall, this::print));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    } catch (URISyntaxException e) {
      throw new ParameterException(
          spec.commandLine(), "TARGET must be a URL such as ws://host:port/path: " + target, e);
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

  private void print(Applied fault) {
    if (!quiet) {
      output
          .out()
          .printf(
              "%s %s, connection %d, message %d: %s%n",
              fault.fault().name().toLowerCase(Locale.ROOT),
              fault.leg().name().toLowerCase(Locale.ROOT),
              fault.connection(),
              fault.index(),
              fault.excerpt());
    }
  }
}
