package io.github.wsproof.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private RelayOptions relay;

  RelayCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > MOST_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--port must be 0.." + MOST_PORT + ": " + port);
    }
    URI uri;
    try {
      uri = relay.start(target, port, faults, output.out()).uri();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    output
        .out()
        .printf(
            "Relaying %s to %s with --seed %d; Ctrl-C stops.%n", uri, target, relay.chosenSeed());
    new CountDownLatch(1).await();
    return Exit.PASS;
  }
}
