package io.github.wsproof.cli;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Run;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.client.Transport;
import io.github.wsproof.devserver.DevServer;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Sends messages and accounts for each. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Sends messages to a WebSocket and accounts for each: lost, duplicated, reordered, corrupted,"
          + " misdelivered, in doubt or delivered.",
      ""
    },
    footer = {"", "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE, 64 bad usage, 69 unavailable."},
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class VerifyCommand implements Callable<Integer> {
  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      description = "ws://host:port/path or wss://…; without it a server is started here.")
  private String url;

  @Option(
      names = {"-n", "--messages"},
      defaultValue = "10000",
      description = "Messages in all (${DEFAULT-VALUE}).")
  private long messages;

  @Option(
      names = {"-c", "--connections"},
      defaultValue = "1",
      description = "Connections at a time (${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = {"-w", "--window"},
      defaultValue = "64",
      description = "Messages in flight on one connection; 1 = one at a time (${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = "--per-connection",
      defaultValue = "0",
      paramLabel = "N",
      description = "Open a new connection after every N messages; 0 = never (${DEFAULT-VALUE}).")
  private long perConnection;

  @Option(
      names = {"-s", "--size"},
      defaultValue = "0",
      paramLabel = "BYTES",
      description = "Pad each message to so many bytes; 0 = do not (${DEFAULT-VALUE}).")
  private int size;

  @Option(names = "--binary", description = "Send binary messages.")
  private boolean binary;

  @Option(
      names = "--drain",
      defaultValue = "10s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description =
          "Wait so long for an outstanding reply since the last one: 500ms, 10s, 2m"
              + " (${DEFAULT-VALUE}).")
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
      description = "Makes the messages the same again (random).")
  private Long seed;

  @Option(
      names = "--no-receipts",
      negatable = false,
      description = "Do not ask the server for receipts; legs are then unknown.")
  private boolean noReceipts;

  @Option(
      names = "--ignore-first",
      defaultValue = "0",
      paramLabel = "N",
      description =
          "Leave the first N replies of each connection out of the account: greetings"
              + " (${DEFAULT-VALUE}).")
  private int ignoreFirst;

  @Option(
      names = "--transport",
      defaultValue = "loop",
      paramLabel = "NAME",
      description =
          "loop: our own event loop; grizzly: Tyrus's stock client, to check ours"
              + " (${DEFAULT-VALUE}).")
  private Transport transport;

  @Mixin private ReportFiles reportFiles;

  @Option(
      names = "--transcript",
      paramLabel = "FILE",
      description = "Write every event as JSON Lines, for 'wsproof audit'; - is standard output.")
  private Path transcript;

  @ArgGroup(exclusive = true)
  private Verbosity verbosity = new Verbosity();

  private static final class Verbosity {
    @Option(names = "--print", description = "Print each message and each reply.")
    private boolean print;

    @Option(
        names = {"-q", "--quiet"},
        description = "Print the account alone.")
    private boolean quiet;
  }

  VerifyCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (url != null) {
      return verify(plan(url));
    }
    // A wrong option is told before a server is started.
    plan("ws://localhost/");
    try (DevServer server = Servers.start(DevServer.LOOPBACK, 0)) {
      return verify(plan(server.uri().toString()));
    }
  }

  private RunPlan plan(String target) {
    try {
      RunPlan.Builder plan =
          RunPlan.to(target)
              .messages(messages)
              .connections(connections)
              .window(window)
              .perConnection(perConnection)
              .sizeBytes(size)
              .binary(binary)
              .drain(drain)
              .expect(expect)
              .receipts(!noReceipts)
              .ignoreFirst(ignoreFirst)
              .transport(transport);
      return (seed == null ? plan : plan.seed(seed)).build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private int verify(RunPlan plan) throws InterruptedException, UnavailableException {
    // Standard output holds a file alone, or the messages and the account.
    PrintStream account = reportFiles.takeStandardOutput(transcript) ? output.err() : output.out();
    RunDisplay display = new RunDisplay(show(), plan.messages(), new Output(account, output.err()));
    try (ReportFiles.Opened files = reportFiles.open(transcript, output.out());
        TranscriptFile events = TranscriptFile.into(files.transcript())) {
      Run run = new Run(plan, display.and(events.listener()));
      try (Interruption interruption = Interruption.calls(run::stop, files::discard)) {
        Report report = display.during(run);
        if (!verbosity.quiet) {
          AccountLine.printReasons(report, account);
        }
        account.println(AccountLine.of(report));
        files.write(report);
        events.finish();
        return interruption.finished(Exit.of(report.verdict()));
      }
    }
  }

  private RunDisplay.Show show() {
    if (verbosity.print) {
      return RunDisplay.Show.MESSAGES;
    }
    return verbosity.quiet ? RunDisplay.Show.NOTHING : RunDisplay.Show.BAR;
  }
}
