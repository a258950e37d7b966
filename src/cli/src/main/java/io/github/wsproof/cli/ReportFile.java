package io.github.wsproof.cli;

import io.github.wsproof.client.Reports;
import io.github.wsproof.evidence.NamedReport;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads reports that were written before. */
final class ReportFile {
  private ReportFile() {}

  /**
   * A report.
   *
   * @throws UnavailableException if the file cannot be read, or holds none
   */
  static NamedReport read(Path file) throws UnavailableException {
    try {
      return new NamedReport(file.toString(), Reports.fromJson(Files.readString(file)));
    } catch (IOException e) {
      throw unreadable(file, e);
    } catch (IllegalArgumentException e) {
      throw new UnavailableException(
          file + " " + e.getMessage() + "; name a file that --json wrote", e);
    }
  }

  static UnavailableException unreadable(Path file, IOException e) {
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    if (e instanceof NoSuchFileException) {
      reason = "it does not exist";
    } else if (e instanceof AccessDeniedException) {
      reason = "it may not be read";
    } else if (e instanceof CharacterCodingException) {
      reason = "it is no text in UTF-8";
    } else if (Files.isDirectory(file)) {
      reason = "it is a folder";
    }
    return new UnavailableException("cannot read " + file + ": " + reason, e);
  }
}
