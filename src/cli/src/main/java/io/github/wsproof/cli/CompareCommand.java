package io.github.wsproof.cli;

import io.github.wsproof.evidence.NamedReport;
import io.github.wsproof.evidence.ReportComparison;
import io.github.wsproof.ledger.Verdict;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts two reports side by side. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Puts two reports side by side, such as direct (A) and through a proxy (B), and says which"
          + " differences matter.",
      "",
      "Counts are exact: each difference matters. Rates and percentiles less than 10 % apart, or"
          + " with overlapping 99 % confidence intervals, are noise; less than 50 % apart they are a"
          + " reason to repeat both runs."
    },
    footer = {
      "",
      "Exit codes: the worse verdict of the two, 0 PASS, 1 FAIL, 2 INCONCLUSIVE; 64 bad usage, 69 a"
          + " file cannot be read or is no report."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class CompareCommand implements Callable<Integer> {
  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "A", description = "A file that --json wrote.")
  private Path a;

  @Parameters(index = "1", paramLabel = "B", description = "Another.")
  private Path b;

  CompareCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    NamedReport left = ReportFile.read(a);
    NamedReport right = ReportFile.read(b);
    compare(left, right).forEach(output.out()::println);
    Verdict verdict = left.report().verdict();
    Verdict other = right.report().verdict();
    return Exit.of(verdict.compareTo(other) > 0 ? verdict : other);
  }

  private List<String> compare(NamedReport left, NamedReport right) {
    try {
      return ReportComparison.of(left, right);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }
}
