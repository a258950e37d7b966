package io.github.wsproof.cli;

import io.github.wsproof.client.ServerIdentity;
import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.server.Deployment;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the endpoint and the page until it is stopped. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Serves the page, the echo and streams on embedded Grizzly.",
      "",
      "Replies, limits and access are set by system properties (wsproof.form, wsproof.max-connections,"
          + " wsproof.token, …) or in the environment (WSPROOF_FORM, …); docs/settings.md lists them.",
      "Each connection is logged on standard error as it comes and goes."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class ServeCommand implements Callable<Integer> {
  private static final int MOST_PORT = 65_535;
  private static final String DEFAULT_FAULTS = "drop:0.001,duplicate:0.001,swap:0.001";

  /** The stream of {@code --push}. */
  private static final String PUSHED = "requests";

  /** Kept, for a logger that nobody holds forgets its level. */
  private static final Logger EVENTS = Logger.getLogger("io.github.wsproof.server");

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

  @Option(
      names = "--faults",
      arity = "0..1",
      fallbackValue = DEFAULT_FAULTS,
      paramLabel = "FAULT:RATE[@LEG],…",
      description =
          "For a demonstration: puts 'wsproof relay' in front, so that page and clients find faults;"
              + " without a value "
              + DEFAULT_FAULTS
              + ".")
  private String faults;

  @Option(
      names = "--push",
      paramLabel = "RATE",
      description =
          "Start the stream /stream/"
              + PUSHED
              + " now: so many numbered messages per second begin before anyone is connected, for"
              + " 'wsproof receive'.")
  private Double push;

  @Mixin private ServeTls tls;

  @Mixin private RelayOptions relay;

  ServeCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (port < 0 || port > MOST_PORT) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--port must be 0.." + MOST_PORT + ": " + port);
    }
    if (push != null && (!(push > 0) || push > Deployment.HIGHEST_STREAM_RATE)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--push must be more than 0 and at most " + Deployment.HIGHEST_STREAM_RATE + ": " + push);
    }
    try {
      Deployment.checkSettings();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    if (faults == null) {
      serve();
    } else {
      serveThroughRelay();
    }
    EVENTS.setLevel(relay.isQuiet() ? Level.WARNING : Level.INFO);
    // The hook above ends it: nothing else counts this down.
    new CountDownLatch(1).await();
    return Exit.PASS;
  }

  private void serve() throws UnavailableException {
    ServerIdentity identity = identity();
    if (identity != null) {
      tls.write(identity);
    }
    DevServer server = start(host, port, identity == null ? null : identity.context());
    String shown = (host.contains(":") ? "[" + host + "]" : host) + ":" + server.port() + "/";
    String s = identity == null ? "" : "s";
    output
        .out()
        .printf(
            "Serving http%s://%s and ws%s://%s on %s; Ctrl-C stops.%n",
            s, shown, s, shown, String.join(" and ", server.hosts()));
    if (identity != null) {
      tls.explain(identity, "wss://" + shown, output.out());
    }
    tellPushed("ws" + s + "://" + shown);
  }

  private ServerIdentity identity() {
    try {
      return tls.identity(host);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void serveThroughRelay() throws UnavailableException {
    if (!host.equals(DevServer.LOOPBACK)) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--faults listens on localhost alone: --host " + host);
    }
    if (tls.isWanted()) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--faults speaks no TLS: it must not come with --cert, --key or --self-signed");
    }
    List<String> each = List.of(faults.split(","));
    URI uri;
    try {
      // What is wrong is told before a server is started.
      FaultPlan.parse(each, relay.chosenSeed());
      DevServer server = start("127.0.0.1", 0, null);
      uri = relay.start(server.uri().toString(), port, each, output.out()).uri();
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    output
        .out()
        .printf(
            "Serving http://localhost:%d/ and ws://localhost:%d/ with faults (%s) and --seed %d;"
                + " Ctrl-C stops.%n",
            uri.getPort(), uri.getPort(), faults, relay.chosenSeed());
    tellPushed("ws://localhost:" + uri.getPort() + "/");
  }

  private void tellPushed(String root) {
    if (push != null) {
      String rate =
          push == Math.rint(push) ? String.format(Locale.ROOT, "%,.0f", push) : push.toString();
      output
          .out()
          .printf("Pushing %s messages/s: wsproof receive %sstream/%s%n", rate, root, PUSHED);
    }
  }

  private DevServer start(String host, int port, SSLContext tls) throws UnavailableException {
    DevServer server = Servers.start(host, port, tls);
    if (push != null) {
      try {
        server.push(PUSHED, push);
      } catch (IllegalArgumentException e) {
        server.close();
        throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
      }
    }
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "wsproof-stop"));
    return server;
  }
}
