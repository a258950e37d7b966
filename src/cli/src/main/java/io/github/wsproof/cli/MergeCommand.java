package io.github.wsproof.cli;

import io.github.wsproof.client.Report;
import io.github.wsproof.evidence.NamedReport;
import io.github.wsproof.evidence.ReportMerge;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Adds reports of several clients up to one. */
@Command(
    name = "merge",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Adds the reports of several clients up to one verdict: counts, legs, latencies.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE; 64 bad usage, the same run twice, other"
          + " versions; 69 a file cannot be read or written, or is no report."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class MergeCommand implements Callable<Integer> {
  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "REPORT", description = "Files that --json wrote.")
  private List<Path> files;

  @Mixin private ReportFiles reportFiles;

  MergeCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    List<NamedReport> reports = new ArrayList<>();
    for (Path file : files) {
      reports.add(ReportFile.read(file));
    }
    Report merged = merge(reports);
    PrintStream account = reportFiles.takeStandardOutput(null) ? output.err() : output.out();
    try (ReportFiles.Opened opened = reportFiles.open(null, output.out())) {
      opened.write(merged);
      AccountLine.printReasons(merged, account);
      account.println(AccountLine.of(merged));
      return Exit.of(merged.verdict());
    }
  }

  private Report merge(List<NamedReport> reports) {
    try {
      return ReportMerge.of(reports);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
