package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Judges what was recorded: a transcript, a browser's HAR export, or any log with a pattern. Files
 * are streamed.
 *
 * <p>What cannot be read is counted and shown, and never a PASS; nothing to judge is INCONCLUSIVE.
 */
public final class Auditor {
  private static final int SNIFFED_BYTES = 4096;

  private final AuditSettings settings;

  /** An auditor of files. */
  public Auditor(AuditSettings settings) {
    this.settings = settings;
  }

  /**
   * Judges a file.
   *
   * @return a report for each run in it, at least one
   * @throws IOException if it cannot be read
   */
  public List<Report> audit(Path file) throws IOException {
    String name = file.toString();
    if (isHar(file)) {
      return new HarAudit(file, settings).reports();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return List.of(settings.line() == null ? TranscriptAudit.of(in, name) : log(in, name));
    }
  }

  private Report log(InputStream in, String name) throws IOException {
    Problems problems = new Problems();
    Numbers numbers = new Numbers(settings, problems);
    Lines lines = new Lines(in, LinePattern.MOST_LINE_BYTES);
    for (String line = lines.next(); line != null; line = lines.next()) {
      if (lines.isCut()) {
        problems.malformed(
            lines.where(), "is longer than " + LinePattern.MOST_LINE_BYTES + " bytes", line);
      } else {
        numbers.line(line.stripTrailing(), lines.where());
      }
    }
    return numbers.report(name);
  }

  /** A HAR export is one object whose first property is {@code log}. */
  private static boolean isHar(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      String head =
          new String(in.readNBytes(SNIFFED_BYTES), java.nio.charset.StandardCharsets.UTF_8);
      return head.replaceFirst("^\uFEFF", "").stripLeading().matches("(?s)\\{\\s*\"log\"\\s*:.*");
    }
  }
}
