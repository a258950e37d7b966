package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.survey.Finding;
import io.github.wsproof.survey.Survey;
import io.github.wsproof.survey.Target;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Finds a deployment's limits. */
@Command(
    name = "survey",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Finds a deployment's limits, and names the settings that usually cause them: sizes, silence,"
          + " fragments, compression, pings, connections, first and last messages.",
      "",
      "It takes about six minutes, most of them in silence; --quick takes about one. Limits that are"
          + " met close connections: run it where that disturbs nobody.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 nothing is lost (limits are no failures), 1 messages were lost, changed or mixed"
          + " up, 2 not all could be looked at, 64 bad usage, 69 unavailable."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class SurveyCommand implements Callable<Integer> {
  private static final int MOST_CONNECTIONS = 100_000;

  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "URL",
      description = "ws://host:port/path or wss://…; without it a server is started here.")
  private String url;

  @Option(
      names = "--quick",
      description = "Leave out what takes minutes: silences of more than 30 s.")
  private boolean quick;

  @Option(
      names = {"-c", "--connections"},
      defaultValue = "100",
      paramLabel = "N",
      description = "Try so many connections at a time (${DEFAULT-VALUE}).")
  private int connections;

  @Option(
      names = "--expect",
      paramLabel = "FORM",
      description =
          "What a reply looks like: {message}, {random}, {random:1-100}, {any} and literal text"
              + " (what the server announces, else '{message} - {random}').")
  private String expect;

  @Mixin private ApplicationSettings application;

  @Mixin private ConnectSettings connect;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the findings as JSON; - is standard output.")
  private Path json;

  @Option(
      names = {"-q", "--quiet"},
      description = "Show no progress.")
  private boolean quiet;

  SurveyCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    if (connections < 1 || connections > MOST_CONNECTIONS) {
      throw new ParameterException(
          spec.commandLine(), "must be 1.." + MOST_CONNECTIONS + ": connections=" + connections);
    }
    if (url != null) {
      return survey(url);
    }
    target("ws://localhost/", text -> {});
    try (DevServer server = Servers.start(DevServer.LOOPBACK, 0)) {
      return survey(server.uri().toString());
    }
  }

  private int survey(String address) throws UnavailableException {
    boolean onlyJson = OutputFile.isStandardOutput(json);
    PrintStream out = onlyJson ? output.err() : output.out();
    SurveyDisplay display = new SurveyDisplay(out, output.err(), quiet);
    Target target = target(address, display::doing);
    FileDescriptors.check(connections, url == null ? 2 : 1);
    connect.warn(output.err());
    Thread here = Thread.currentThread();
    try (OutputFile file = OutputFile.of("--json", json, output.out());
        Interruption interruption = Interruption.calls(here::interrupt, file::close)) {
      out.println("Survey of " + address);
      Survey survey = Survey.of(target, display);
      display.ended(survey);
      file.write(stream -> stream.write((survey.toJson() + "\n").getBytes(UTF_8)));
      return interruption.finished(Exit.of(survey.verdict()));
    }
  }

  private Target target(String address, java.util.function.Consumer<String> progress) {
    try {
      ConnectionOptions options = connect.options();
      plan(address, options).build();
      return new Target(
          java.net.URI.create(address),
          () -> plan(address, options),
          options,
          application.isPlain(),
          quick,
          connections,
          progress);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private RunPlan.Builder plan(String address, ConnectionOptions options) {
    RunPlan.Builder plan = RunPlan.to(address).connection(options).expect(expect);
    application.apply(plan);
    return plan;
  }

  /** Shows a survey as it goes on. */
  private static final class SurveyDisplay implements Survey.Listener {
    private static final int NAME_WIDTH = 26;

    private final PrintStream out;
    private final ProgressLine progress;
    private String probe = "";

    SurveyDisplay(PrintStream out, PrintStream err, boolean quiet) {
      this.out = out;
      this.progress = new ProgressLine(err, quiet);
    }

    @Override
    public void looking(String name) {
      probe = name;
      doing("");
    }

    void doing(String what) {
      progress.show(padded(probe) + "… " + what);
    }

    @Override
    public void found(Finding finding) {
      progress.clear();
      String outcome =
          finding.outcome() == Finding.Outcome.OK
              ? "ok"
              : finding.outcome().name().toLowerCase(Locale.ROOT);
      out.printf("%s%-8s %s%n", padded(finding.probe()), outcome, finding.found());
      for (String setting : finding.usually()) {
        out.printf("%s%-8s usually %s%n", padded(""), "", setting);
      }
    }

    private static String padded(String name) {
      return String.format("  %-" + NAME_WIDTH + "s", name);
    }

    void ended(Survey survey) {
      progress.clear();
      out.printf(
          Locale.ROOT,
          "%s%d fine, %d limits, %d failed, %d unknown, %d skipped in %.0f s%n",
          survey.interrupted() ? "Interrupted: " : "",
          survey.count(Finding.Outcome.OK),
          survey.count(Finding.Outcome.LIMIT),
          survey.count(Finding.Outcome.FAILED),
          survey.count(Finding.Outcome.UNKNOWN),
          survey.count(Finding.Outcome.SKIPPED),
          survey.seconds());
    }
  }
}
