package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Reports;
import io.github.wsproof.evidence.HtmlReport;
import io.github.wsproof.evidence.JunitReport;
import java.io.BufferedWriter;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The files that a report is written to: options of several commands. */
final class ReportFiles {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the report as JSON; - is standard output.")
  private Path json;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Write the report as JUnit XML, a test case for each property.")
  private Path junit;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write the report as one HTML page that needs no network.")
  private Path html;

  /** The files, opened. */
  static final class Opened implements AutoCloseable {
    private final List<OutputFile> files = new ArrayList<>();
    private OutputFile json;
    private OutputFile junit;
    private OutputFile html;
    private OutputFile transcript;

    /** Writes the report to each. */
    void write(Report report) throws UnavailableException {
      if (json != null) {
        json.write(out -> out.write((Reports.toJson(report) + "\n").getBytes(UTF_8)));
      }
      if (junit != null) {
        junit.write(
            out -> {
              Writer writer = new BufferedWriter(new OutputStreamWriter(out, UTF_8));
              JunitReport.write(report, writer);
              writer.flush();
            });
      }
      if (html != null) {
        html.write(out -> out.write(HtmlReport.of(report).getBytes(UTF_8)));
      }
    }

    /** Where a transcript goes, or null. */
    OutputFile transcript() {
      return transcript;
    }

    /** Removes what is not whole; from any thread. */
    void discard() {
      files.forEach(OutputFile::close);
    }

    @Override
    public void close() {
      discard();
    }
  }

  /**
   * Prepares each file that was asked for.
   *
   * @param transcript one more, or null
   * @throws UnavailableException if one cannot be written; then none is left behind
   * @throws ParameterException if two are to go to the same place
   */
  Opened open(Path transcript, PrintStream out) throws UnavailableException {
    checkDifferent(transcript);
    Opened opened = new Opened();
    try {
      opened.json = open("--json", json, out, opened);
      opened.junit = open("--junit", junit, out, opened);
      opened.html = open("--html", html, out, opened);
      opened.transcript = open("--transcript", transcript, out, opened);
      return opened;
    } catch (UnavailableException e) {
      opened.discard();
      throw e;
    }
  }

  /** Whether standard output is one of the files, and so holds nothing else. */
  boolean takeStandardOutput(Path transcript) {
    return targets(transcript).stream().anyMatch(OutputFile::isStandardOutput);
  }

  /** Whether any file was asked for. */
  boolean any() {
    return !targets(null).isEmpty();
  }

  private static OutputFile open(String option, Path target, PrintStream out, Opened opened)
      throws UnavailableException {
    if (target == null) {
      return null;
    }
    OutputFile file = OutputFile.of(option, target, out);
    opened.files.add(file);
    return file;
  }

  private List<Path> targets(Path transcript) {
    List<Path> targets = new ArrayList<>();
    for (Path target : new Path[] {json, junit, html, transcript}) {
      if (target != null) {
        targets.add(target);
      }
    }
    return targets;
  }

  private void checkDifferent(Path transcript) {
    List<Path> seen = new ArrayList<>();
    for (Path target : targets(transcript)) {
      Path normal = target.toAbsolutePath().normalize();
      if (seen.contains(normal)) {
        throw new ParameterException(
            spec.commandLine(), "two options write to " + target + "; give each a file of its own");
      }
      seen.add(normal);
    }
  }
}
