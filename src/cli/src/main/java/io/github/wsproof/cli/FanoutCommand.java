package io.github.wsproof.cli;

import io.github.wsproof.client.FanoutPlan;
import io.github.wsproof.client.FanoutRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fills rooms, publishes, and accounts for what each subscriber gets. */
@Command(
    name = "fanout",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Fills rooms with publishers and subscribers, and accounts for each message at each"
          + " subscriber: every message of every publisher of its room exactly once, in its"
          + " publisher's order and in one order for all, intact, and none of another room.",
      "",
      "A wsproof server has rooms at ws://host:port/rooms/NAME (the WAR: /wsproof/rooms/NAME);"
          + " ws://host:port/rooms/ takes new ones. Counts are deliveries: messages times the"
          + " subscribers of their room.",
      ""
    },
    footer = {"", "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE, 64 bad usage, 69 unavailable."},
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class FanoutCommand implements Callable<Integer> {
  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "URL",
      arity = "1..*",
      description =
          "ws://host:port/rooms/NAME, with several rooms NAME-1, NAME-2, …; or …/rooms/. Of several"
              + " servers of the same rooms each: members are spread over them in turn, and one that"
              + " is cut off goes on at the next.")
  private List<String> urls;

  @Option(
      names = "--rooms",
      paramLabel = "N",
      defaultValue = "1",
      description = "Rooms (${DEFAULT-VALUE}).")
  private int rooms;

  @Option(
      names = "--publishers",
      paramLabel = "N",
      defaultValue = "1",
      description = "Publishers of each room (${DEFAULT-VALUE}).")
  private int publishers;

  @Option(
      names = "--subscribers",
      paramLabel = "N",
      defaultValue = "10",
      description = "Subscribers of each room (${DEFAULT-VALUE}).")
  private int subscribers;

  @Option(
      names = {"-n", "--messages"},
      paramLabel = "N",
      defaultValue = "10000",
      description =
          "Messages that all publishers of all rooms publish, shared out evenly (${DEFAULT-VALUE}).")
  private long messages;

  @Option(
      names = {"-w", "--window"},
      paramLabel = "N",
      defaultValue = "64",
      description =
          "Messages of a publisher that may be on their way back to it (${DEFAULT-VALUE}).")
  private int window;

  @Option(
      names = {"-s", "--size"},
      paramLabel = "BYTES",
      defaultValue = "0",
      description = "Pad each message to so many bytes (as short as can be).")
  private int size;

  @Option(
      names = "--slow",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "So many subscribers of each room read slowly; closed with 1013 for it, they go on behind"
              + " the last message that they have. Latencies are those of the others"
              + " (${DEFAULT-VALUE}).")
  private int slow;

  @Option(
      names = "--slow-pause",
      paramLabel = "TIME",
      defaultValue = "200ms",
      converter = DurationConverter.class,
      description = "These read nothing for so long after each read (${DEFAULT-VALUE}).")
  private Duration slowPause;

  @Option(
      names = "--drain",
      defaultValue = "10s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Wait so long for a message since the last one (${DEFAULT-VALUE}).")
  private Duration drain;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Print the account so far as often (never).")
  private Duration every;

  @Option(
      names = "--reconnect",
      description =
          "Open a connection again that dies, and go on behind the last message; publish what is"
              + " refused again, later.")
  private boolean reconnect;

  @Option(
      names = "--reconnect-limit",
      defaultValue = "60s",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Give up what was tried in vain for so long (${DEFAULT-VALUE}).")
  private Duration reconnectLimit;

  @Option(names = "--seed", paramLabel = "NUMBER", description = "Sends the same content again.")
  private Long seed;

  @Mixin private ConnectSettings connect;

  @Mixin private ReportFiles reportFiles;

  @Option(
      names = {"-q", "--quiet"},
      description = "Print the account alone.")
  private boolean quiet;

  FanoutCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    FanoutPlan plan = plan();
    FileDescriptors.check(plan.connections(), 1);
    connect.warn(output.err());
    return LinkedRun.execute(
        listener -> new FanoutRun(plan, listener),
        quiet ? RunDisplay.Show.NOTHING : RunDisplay.Show.BAR,
        plan.deliveries(),
        reportFiles,
        output);
  }

  private FanoutPlan plan() {
    try {
      FanoutPlan.Builder plan =
          FanoutPlan.to(urls.get(0))
              .rooms(rooms)
              .publishers(publishers)
              .subscribers(subscribers)
              .messages(messages)
              .window(window)
              .size(size)
              .slow(slow)
              .slowPause(slowPause)
              .drain(drain)
              .every(every)
              .reconnect(reconnect)
              .reconnectLimit(reconnectLimit)
              .connection(connect.options());
      urls.subList(1, urls.size()).forEach(plan::also);
      return (seed == null ? plan : plan.seed(seed)).build();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
