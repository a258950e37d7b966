package io.github.wsproof.cli;

import io.github.wsproof.client.ReceivePlan;
import io.github.wsproof.client.ReceiveRun;
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

/** Receives what a server pushes and accounts for each message. */
@Command(
    name = "receive",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Receives the numbered messages that a server sends of its own accord, and accounts for each:"
          + " lost, duplicated, reordered, corrupted, misdelivered, gone or delivered.",
      "",
      "A wsproof server has streams at ws://host:port/stream/NAME (the WAR: /wsproof/stream/NAME);"
          + " the first receiver starts one, or 'wsproof serve --push RATE'. A stream is received"
          + " from its first message on, however late one comes; what the server has let go of by"
          + " then is gone, and it says so.",
      ""
    },
    footer = {"", "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE, 64 bad usage, 69 unavailable."},
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class ReceiveCommand implements Callable<Integer> {
  private static final long MESSAGES = 10_000;

  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "URL", description = "ws://host:port/stream/NAME or wss://…")
  private String url;

  @Option(
      names = {"-n", "--messages"},
      paramLabel = "N",
      description =
          "Messages that each connection is to receive (10000, or as many as --duration allows).")
  private Long messages;

  @Option(
      names = {"-c", "--connections"},
      paramLabel = "N",
      defaultValue = "1",
      description = "Connections at a time; each receives the whole stream (${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = {"-d", "--duration"},
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Receive for so long: 10s, 5m, 1h (until all messages have come).")
  private Duration duration;

  @Option(
      names = "--from",
      paramLabel = "N",
      description =
          "The first message that is wanted; one cut off goes on behind the last it has (0; with"
              + " --expect the first that comes).")
  private Long from;

  @Option(
      names = {"-r", "--rate"},
      paramLabel = "N",
      description =
          "Messages per second of the stream, if this run starts it (as fast as they are read).")
  private Double rate;

  @Option(
      names = "--drain",
      defaultValue = "10s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Wait so long for a message since the last one (${DEFAULT-VALUE}).")
  private Duration drain;

  @Option(
      names = "--read-pause",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Be a slow reader: read nothing for so long after each read.")
  private Duration readPause;

  @Option(
      names = "--expect",
      paramLabel = "FORM",
      description =
          "What the messages of another server look like: {sequence}, {random}, {any} and literal"
              + " text.")
  private String expect;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Print the account so far as often (never).")
  private Duration every;

  @Option(
      names = "--reconnect",
      description = "Open a connection again that dies, and go on behind the last message.")
  private boolean reconnect;

  @Option(
      names = "--reconnect-limit",
      defaultValue = "60s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Give a connection up that could not be opened for so long (${DEFAULT-VALUE}).")
  private Duration reconnectLimit;

  @Mixin private ConnectSettings connect;

  @Mixin private ReportFiles reportFiles;

  @ArgGroup(exclusive = true)
  private Verbosity verbosity = new Verbosity();

  private static final class Verbosity {
    @Option(names = "--print", description = "Print each message.")
    private boolean print;

    @Option(
        names = {"-q", "--quiet"},
        description = "Print the account alone.")
    private boolean quiet;
  }

  ReceiveCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    ReceivePlan plan = plan();
    FileDescriptors.check(plan.connections(), 1);
    connect.warn(output.err());
    return LinkedRun.execute(
        listener -> new ReceiveRun(plan, listener),
        show(),
        plan.messagesInAll(),
        reportFiles,
        output);
  }

  private ReceivePlan plan() {
    try {
      if (rate != null && !(rate > 0)) {
        throw new IllegalArgumentException("must be more than 0: rate=" + rate);
      }
      long endless = duration == null ? MESSAGES : ReceivePlan.UNLIMITED_MESSAGES;
      ReceivePlan.Builder plan =
          ReceivePlan.to(url)
              .messages(messages == null ? endless : messages)
              .connections(connections)
              .duration(duration)
              .rate(rate == null ? 0 : rate)
              .drain(drain)
              .readPause(readPause)
              .expect(expect)
              .every(every)
              .reconnect(reconnect)
              .reconnectLimit(reconnectLimit)
              .connection(connect.options());
      return (from == null ? plan : plan.from(from)).build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private RunDisplay.Show show() {
    if (verbosity.print) {
      return RunDisplay.Show.MESSAGES;
    }
    return verbosity.quiet ? RunDisplay.Show.NOTHING : RunDisplay.Show.BAR;
  }
}
