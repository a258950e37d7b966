package io.github.wsproof.cli;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Run;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.ledger.Verdict;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Without a command: the proof on this machine, one at a time and in rapid succession. */
@Command(
    name = "wsproof",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Proves that a WebSocket path delivers every message exactly once, in order and intact.",
      "",
      "Without a command it starts a server of its own and verifies 10,000 messages, one at a time"
          + " and then in rapid succession."
    },
    footer = {
      "",
      "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE, 64 bad usage, 69 something cannot be had,"
          + " 70 internal error."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class WsproofCommand implements Callable<Integer> {
  private static final int MESSAGES = 10_000;

  private final Output output;
  private volatile Run current;
  private volatile boolean stopped;

  WsproofCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    try (DevServer server = Servers.start(DevServer.LOOPBACK, 0);
        Interruption interruption = Interruption.calls(this::stop, () -> {})) {
      output.out().println("Server and client on this machine, " + server.uri());
      Verdict oneAtATime = verify(server, "one at a time", 1);
      Verdict rapid = stopped ? oneAtATime : verify(server, "in rapid succession", MESSAGES);
      output.out().println();
      output.out().println("Now your own: wsproof verify ws://host:port/path (or --help)");
      return interruption.finished(Exit.of(oneAtATime.compareTo(rapid) > 0 ? oneAtATime : rapid));
    }
  }

  private void stop() {
    stopped = true;
    Run run = current;
    if (run != null) {
      run.stop();
    }
  }

  private Verdict verify(DevServer server, String how, int window) throws InterruptedException {
    output.out().printf("%n%,d messages, %s:%n", MESSAGES, how);
    RunPlan plan = RunPlan.to(server.uri().toString()).messages(MESSAGES).window(window).build();
    RunDisplay display = new RunDisplay(RunDisplay.Show.BAR, MESSAGES, output);
    current = new Run(plan, display);
    Report report = display.during(current::execute);
    AccountLine.printReasons(report, output.out());
    output.out().println(AccountLine.of(report));
    return report.verdict();
  }
}
