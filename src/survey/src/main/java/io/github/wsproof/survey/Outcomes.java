package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Verdict;
import java.util.Locale;

/** Reads reports. */
final class Outcomes {
  /** A close frame did not come (RFC 6455 section 7.1.5). */
  static final int NO_CLOSE_FRAME = 1006;

  private Outcomes() {}

  static boolean passed(Report report) {
    return report.verdict() == Verdict.PASS;
  }

  /** The first life of a connection that this side did not end; null if there is none. */
  static Report.Epoch cut(Report report) {
    return report.epochs().stream()
        .filter(epoch -> !epoch.closedBy().equals("client"))
        .findFirst()
        .orElse(null);
  }

  /** What a failed run met: a limit that says so, or a loss. */
  static Finding.Outcome of(Report report) {
    if (passed(report)) {
      return Finding.Outcome.OK;
    }
    return report.verdict() == Verdict.FAIL ? Finding.Outcome.FAILED : Finding.Outcome.LIMIT;
  }

  /** How a run ended that did not pass, as the end of a sentence. */
  static String how(Report report) {
    Report.Epoch cut = cut(report);
    if (report.verdict() != Verdict.FAIL && cut != null) {
      return ended(cut);
    }
    if (!report.anomalies().isEmpty()) {
      return anomalies(report);
    }
    if (cut != null) {
      return ended(cut);
    }
    return report.reasons().isEmpty() ? "no reply came" : report.reasons().get(0);
  }

  private static String ended(Report.Epoch cut) {
    if (cut.closedBy().equals("nobody")) {
      return "the connection broke without a close frame";
    }
    String reason =
        cut.reason() == null || cut.reason().isEmpty() ? "" : " \"" + cut.reason() + "\"";
    return "the connection was closed with " + cut.closeCode() + reason;
  }

  private static String anomalies(Report report) {
    var counts = report.counts();
    StringBuilder text = new StringBuilder();
    for (var kind : io.github.wsproof.ledger.Kind.values()) {
      if (counts.of(kind) > 0 && kind.isFailure()) {
        text.append(text.isEmpty() ? "" : ", ")
            .append(String.format(Locale.ROOT, "%,d %s", counts.of(kind), kind.label()));
      }
    }
    return text + " of " + String.format(Locale.ROOT, "%,d sent", counts.sent());
  }
}
