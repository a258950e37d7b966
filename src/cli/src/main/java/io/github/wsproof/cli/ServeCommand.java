package io.github.wsproof.cli;

import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.server.Deployment;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the endpoint and the page until it is stopped. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Serves the page and the endpoint on embedded Grizzly.",
      "",
      "Replies are set by the system properties wsproof.form, wsproof.min, wsproof.max and"
          + " wsproof.max-message-bytes, or WSPROOF_FORM, WSPROOF_MIN, … in the environment."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class ServeCommand implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;

  private final Output output;

  @Spec private CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = DevServer.LOOPBACK,
      description = "Where to listen; localhost is 127.0.0.1 and ::1 (${DEFAULT-VALUE}).")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "8765",
      description = "The port; 0 = any free one (${DEFAULT-VALUE}).")
  private int port;

  ServeCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > MOST_PORT) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--port must be 0.." + MOST_PORT + ": " + port);
    }
    try {
      Deployment.checkSettings();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    DevServer server = Servers.start(host, port);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "wsproof-stop"));
    String shown = host.contains(":") ? "[" + host + "]" : host;
    output
        .out()
        .printf(
            "Serving http://%s:%d/ and ws://%s:%d/ on %s; Ctrl-C stops.%n",
            shown, server.port(), shown, server.port(), String.join(" and ", server.hosts()));
    // The hook above ends it: nothing else counts this down.
    new CountDownLatch(1).await();
    return Exit.PASS;
  }
}
