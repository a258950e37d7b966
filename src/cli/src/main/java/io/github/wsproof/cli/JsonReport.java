package io.github.wsproof.cli;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Reports;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The report as a file, written whole or not at all. */
final class JsonReport {
  private static final Path STANDARD_OUTPUT = Path.of("-");

  private final Path target;
  private final Path temporary;
  private final PrintStream out;

  private JsonReport(Path target, Path temporary, PrintStream out) {
    this.target = target;
    this.temporary = temporary;
    this.out = out;
  }

  /**
   * Prepares a report.
   *
   * @param target the file, or {@code -} for standard output
   * @throws UnavailableException if it cannot be written
   */
  static JsonReport to(Path target, PrintStream out) throws UnavailableException {
    if (target.equals(STANDARD_OUTPUT)) {
      return new JsonReport(target, null, out);
    }
    try {
      Path folder = target.toAbsolutePath().getParent();
      if (Files.isDirectory(target) || Files.exists(target) && !Files.isWritable(target)) {
        throw new IOException(Files.isDirectory(target) ? "it is a folder" : "not writable");
      }
      return new JsonReport(target, Files.createTempFile(folder, ".wsproof-", ".tmp"), out);
    } catch (IOException e) {
      throw new UnavailableException("cannot write --json " + target + ": " + e, e);
    }
  }

  boolean isStandardOutput() {
    return temporary == null;
  }

  void write(Report report) throws UnavailableException {
    String text = Reports.toJson(report);
    if (isStandardOutput()) {
      out.println(text);
      return;
    }
    try {
      Files.writeString(temporary, text + System.lineSeparator());
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UnavailableException("cannot write --json " + target + ": " + e, e);
    }
  }
}
