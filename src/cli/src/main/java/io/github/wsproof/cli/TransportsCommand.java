package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.carriers.Comparison;
import io.github.wsproof.carriers.Page;
import io.github.wsproof.carriers.Plan;
import io.github.wsproof.carriers.Table;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.devserver.DevServer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares WebSocket with what is used in its stead. */
@Command(
    name = "transports",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Sends the same messages over WebSocket, request and response, short polling, long polling and"
          + " server-sent events in turn, and measures each on your own path.",
      "",
      "Every message is accounted for. All go through a relay on this machine that counts the bytes"
          + " on the wire before the server. A transport that the server has not is told, not failed.",
      ""
    },
    footer = {
      "",
      "push: from the server's having a message (half of a round trip after it was sent) to the"
          + " client's knowing its reply. With request and response a server cannot push.",
      "",
      "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE (no transport at all, or one broke off), 64 bad"
          + " usage, 69 unavailable."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class TransportsCommand implements Callable<Integer> {
  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      description = "ws://host:port/path or wss://…; without it a server is started here.")
  private String url;

  @Option(
      names = {"-n", "--messages"},
      defaultValue = "100",
      paramLabel = "N",
      description = "Messages one at a time, for each transport and round (${DEFAULT-VALUE}).")
  private int messages;

  @Option(
      names = "--burst",
      defaultValue = "500",
      paramLabel = "N",
      description = "Messages with several in flight, likewise (${DEFAULT-VALUE}); 0 = none.")
  private int burst;

  @Option(
      names = {"-w", "--window"},
      defaultValue = "16",
      paramLabel = "N",
      description = "In flight in the burst (${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      paramLabel = "N",
      description = "How often each transport has its turn (${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = {"-s", "--size"},
      defaultValue = "0",
      paramLabel = "BYTES",
      description = "Pad each message to this size.")
  private int size;

  @Option(
      names = "--poll-every",
      defaultValue = "100ms",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "The pause of short polling (${DEFAULT-VALUE}).")
  private Duration pollEvery;

  @Option(
      names = "--drain",
      defaultValue = "10s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long an outstanding reply is waited for (${DEFAULT-VALUE}).")
  private Duration drain;

  @Option(
      names = "--expect",
      paramLabel = "FORM",
      description =
          "What a reply looks like: {message}, {random}, {random:1-100}, {any} and literal text"
              + " (what the server announces, else '{message} - {random}').")
  private String expect;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Make the messages from this number (a random one).")
  private Long seed;

  @Mixin private ConnectSettings connect;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the comparison as JSON; - is standard output.")
  private Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write it as one HTML page with plots, that needs no network.")
  private Path html;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress.")
  private boolean quiet;

  TransportsCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (json != null && html != null && json.normalize().equals(html.normalize())) {
      throw new ParameterException(
          spec.commandLine(), "two options write to " + json + "; give each a file of its own");
    }
    if (url != null) {
      return compare(plan(url));
    }
    plan("ws://localhost/");
    try (DevServer server = Servers.start(DevServer.LOOPBACK, 0)) {
      return compare(plan(server.uri().toString()));
    }
  }

  private Plan plan(String address) {
    try {
      return new Plan(
          RunPlan.to(address).build().url(),
          messages,
          burst,
          window,
          rounds,
          size,
          pollEvery,
          drain,
          expect,
          connect.options(),
          seed == null ? ThreadLocalRandom.current().nextInt() : seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int compare(Plan plan) throws Exception {
    boolean toFiles = OutputFile.isStandardOutput(json) || OutputFile.isStandardOutput(html);
    PrintStream out = toFiles ? output.err() : output.out();
    connect.warn(output.err());
    ProgressLine progress = new ProgressLine(output.err(), quiet);
    Thread here = Thread.currentThread();
    try (OutputFile jsonFile = OutputFile.of("--json", json, output.out());
        OutputFile htmlFile = OutputFile.of("--html", html, output.out());
        Interruption interruption =
            Interruption.calls(
                here::interrupt, () -> List.of(jsonFile, htmlFile).forEach(OutputFile::close))) {
      out.println("Transports of " + plan.url());
      Comparison comparison = Comparison.of(plan, what -> progress.show("  … " + what));
      progress.clear();
      Table.of(comparison).forEach(out::println);
      out.println(account(comparison));
      jsonFile.write(stream -> stream.write((comparison.toJson() + "\n").getBytes(UTF_8)));
      htmlFile.write(stream -> stream.write(Page.of(comparison).getBytes(UTF_8)));
      return interruption.finished(Exit.of(comparison.verdict()));
    }
  }

  private static String account(Comparison comparison) {
    long sent = 0;
    long delivered = 0;
    long there = 0;
    for (var result : comparison.results()) {
      if (result.counts() != null) {
        sent += result.counts().sent();
        delivered += result.counts().delivered();
        there++;
      }
    }
    return String.format(
        Locale.ROOT,
        "%s  %,d sent · %,d delivered over %d of %d transports  in %.1f s%s",
        comparison.verdict(),
        sent,
        delivered,
        there,
        comparison.results().size(),
        comparison.seconds(),
        comparison.interrupted() ? " (interrupted)" : "");
  }
}
