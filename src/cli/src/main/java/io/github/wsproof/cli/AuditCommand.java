package io.github.wsproof.cli;

import io.github.wsproof.client.Report;
import io.github.wsproof.evidence.AuditSettings;
import io.github.wsproof.evidence.Auditor;
import io.github.wsproof.evidence.LinePattern;
import io.github.wsproof.evidence.NamedReport;
import io.github.wsproof.evidence.ReportMerge;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.ReplyForm;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges what was recorded. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    description = {
      "Judges what was recorded: a transcript of 'verify --transcript', a browser's HAR export, or"
          + " any log with --line.",
      ""
    },
    footer = {
      "",
      "A log is judged by its numbers, for example:",
      "  wsproof audit app.log --line 'Received: [{random}] Request Number [{sequence}] {any}'",
      "",
      "Exit codes: 0 PASS, 1 FAIL, 2 INCONCLUSIVE, the worst of all files; 64 bad usage, 69 a file"
          + " cannot be read or written."
    },
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class AuditCommand implements Callable<Integer> {
  private final Output output;

  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Transcripts, HAR exports or logs.")
  private List<Path> files;

  @Option(
      names = "--line",
      paramLabel = "PATTERN",
      description =
          "What a received line looks like: {sequence} once, {random}, {any}, {connection} and"
              + " literal text.")
  private String line;

  @Option(
      names = "--sent-line",
      paramLabel = "PATTERN",
      description = "What a sent line looks like, to match both.")
  private String sentLine;

  @Option(
      names = {"-n", "--messages"},
      defaultValue = "0",
      paramLabel = "N",
      description = "How many were sent, where no line tells; 0 = not known (${DEFAULT-VALUE}).")
  private long messages;

  @Option(
      names = "--expect",
      paramLabel = "FORM",
      description = "What replies in a HAR export look like (what the server announced).")
  private String expect;

  @Mixin private ReportFiles reportFiles;

  AuditCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    Auditor auditor = new Auditor(settings());
    PrintStream account = reportFiles.takeStandardOutput(null) ? output.err() : output.out();
    try (ReportFiles.Opened opened = reportFiles.open(null, output.out())) {
      List<NamedReport> reports = new ArrayList<>();
      Verdict worst = Verdict.PASS;
      for (Path file : files) {
        for (Report report : audit(auditor, file)) {
          reports.add(new NamedReport(file.toString(), report));
          print(file, report, account);
          worst = report.verdict().compareTo(worst) > 0 ? report.verdict() : worst;
        }
      }
      if (reportFiles.any()) {
        opened.write(merged(reports));
      }
      return Exit.of(worst);
    }
  }

  private AuditSettings settings() {
    try {
      return new AuditSettings(
          line == null ? null : LinePattern.parse(line),
          sentLine == null ? null : LinePattern.parse(sentLine),
          messages,
          expect == null ? null : ReplyForm.parse(expect));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private static List<Report> audit(Auditor auditor, Path file) throws UnavailableException {
    try {
      return auditor.audit(file);
    } catch (IOException e) {
      throw ReportFile.unreadable(file, e);
    }
  }

  private Report merged(List<NamedReport> reports) {
    try {
      return ReportMerge.of(reports);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void print(Path file, Report report, PrintStream account) {
    if (files.size() > 1) {
      account.println(file + ":");
    }
    report.reasons().forEach(reason -> account.println("  " + reason));
    account.println(AccountLine.of(report));
  }
}
