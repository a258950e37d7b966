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
  private static final long MESSAGES = 10_000;
  private static final int WINDOW = 64;

  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      description = "ws://host:port/path or wss://…; without it a server is started here.")
  private String url;

  @Option(
      names = {"-n", "--messages"},
      paramLabel = "N",
      description = "Messages in all (10000, or as many as --duration allows).")
  private Long messages;

  @Option(
      names = {"-c", "--connections"},
      paramLabel = "N",
      defaultValue = "1",
      description = "Connections at a time (${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = {"-w", "--window"},
      paramLabel = "N",
      description =
          "Messages in flight on one connection; 1 = one at a time (64, with --rate no limit).")
  private Integer window;

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "N",
      description =
          "Messages per second in all, sent on schedule whatever the replies do; latency then counts"
              + " from the time that each was due (as fast as the window allows).")
  private Double rate;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Send for so long: 10s, 5m, 1h (until all messages are sent).")
  private Duration duration;

  @Option(
      names = "--ramp",
      defaultValue = "0s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Open the connections evenly over so long (${DEFAULT-VALUE}).")
  private Duration ramp;

  @Option(
      names = "--per-connection",
      defaultValue = "0",
      paramLabel = "N",
      description = "Open a new connection after every N messages; 0 = never (${DEFAULT-VALUE}).")
  private long perConnection;

  @Mixin private WorkloadSettings workload;

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

  @Mixin private ApplicationSettings application;

  @Mixin private DisruptionSettings disruption;

  @Mixin private ConnectSettings connect;

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
      RunPlan plan = plan(url);
      FileDescriptors.check(plan.connections(), 1);
      return verify(plan);
    }
    // What is wrong is told before a server is started.
    FileDescriptors.check(plan("ws://localhost/").connections(), 2);
    try (DevServer server = Servers.start(DevServer.LOOPBACK, 0)) {
      return verify(plan(server.uri().toString()));
    }
  }

  private RunPlan plan(String target) {
    try {
      RunPlan.Builder plan =
          RunPlan.to(target)
              .messages(messages())
              .connections(connections)
              .window(window != null ? window : rate == null ? WINDOW : 0)
              .rate(rate())
              .duration(duration)
              .ramp(ramp)
              .perConnection(perConnection)
              .drain(drain)
              .expect(expect)
              .receipts(!noReceipts)
              .ignoreFirst(ignoreFirst)
              .transport(transport)
              .connection(connect.options());
      workload.apply(plan);
      application.apply(plan);
      disruption.apply(plan);
      return (seed == null ? plan : plan.seed(seed)).build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private double rate() {
    if (rate != null && !(rate > 0)) {
      throw new IllegalArgumentException("must be more than 0: rate=" + rate);
    }
    return rate == null ? 0 : rate;
  }

  /** With a rate and a duration: what is due by then. */
  private long messages() {
    if (workload.isForever()) {
      if (messages != null || duration != null) {
        throw new IllegalArgumentException(
            "must not come with --messages or --duration: forever=true");
      }
      return RunPlan.UNLIMITED_MESSAGES;
    }
    if (duration == null) {
      return messages == null ? MESSAGES : messages;
    }
    long most = messages == null ? RunPlan.UNLIMITED_MESSAGES : messages;
    return rate == null
        ? most
        : Math.min(most, Math.max(1, (long) (rate() * duration.toNanos() / 1e9)));
  }

  private int verify(RunPlan plan) throws InterruptedException, UnavailableException {
    connect.warn(output.err());
    // Standard output holds a file alone, or the messages and the account.
    PrintStream account = reportFiles.takeStandardOutput(transcript) ? output.err() : output.out();
    RunDisplay display = new RunDisplay(show(), plan.messages(), new Output(account, output.err()));
    try (ReportFiles.Opened files = reportFiles.open(transcript, output.out());
        TranscriptFile events = TranscriptFile.into(files.transcript())) {
      Run run = new Run(plan, display.and(events.listener()));
      try (Interruption interruption = Interruption.calls(run::stop, files::discard)) {
        Report report = display.during(run::execute);
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
