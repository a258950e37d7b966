package io.github.wsproof.cli;

import io.github.wsproof.client.LinkRun;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunListener;
import java.io.PrintStream;
import java.util.function.Function;

/** What {@code receive} and {@code fanout} do with their runs. */
final class LinkedRun {
  private LinkedRun() {}

  /**
   * Runs, tells the account and writes the reports; returns the exit code.
   *
   * @param planned what a bar on a terminal counts up to
   */
  static int execute(
      Function<RunListener, LinkRun> starting,
      RunDisplay.Show show,
      long planned,
      ReportFiles reportFiles,
      Output output)
      throws InterruptedException, UnavailableException {
    // Standard output holds a file alone, or the messages and the account.
    PrintStream account = reportFiles.takeStandardOutput(null) ? output.err() : output.out();
    RunDisplay display = new RunDisplay(show, planned, new Output(account, output.err()));
    try (ReportFiles.Opened files = reportFiles.open(null, output.out())) {
      LinkRun run = starting.apply(display);
      try (Interruption interruption = Interruption.calls(run::stop, files::discard)) {
        Report report = display.during(run::execute);
        if (show != RunDisplay.Show.NOTHING) {
          AccountLine.printReasons(report, account);
        }
        account.println(AccountLine.of(report));
        files.write(report);
        return interruption.finished(Exit.of(report.verdict()));
      }
    }
  }
}
