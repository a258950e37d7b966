package io.github.wsproof.cli;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Report.Percentiles;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.io.PrintStream;
import java.util.Locale;

/** A report as people read it on a terminal: the reasons, and one line of account. */
final class AccountLine {
  private AccountLine() {}

  static void printReasons(Report report, PrintStream out) {
    Report.PathInfo path = report.path();
    if (report.verdict() != Verdict.PASS) {
      report.reasons().forEach(reason -> out.println("  " + reason));
    } else if (path != null && path.reopened() != null) {
      out.println("  " + path.reopened());
    }
    if (path != null && path.fanout() != null) {
      out.println("  " + path.fanout().sentence());
    }
    if (path != null && path.deflate() != null) {
      out.println("  " + path.deflate().sentence());
    }
  }

  static String of(Report report) {
    StringBuilder line = new StringBuilder(report.verdict().name()).append(' ');
    append(line, report.counts());
    append(line, report.path() == null ? 0 : report.path().ignored(), "ignored", false);
    if (report.run().seconds() > 0) {
      line.append(String.format(Locale.ROOT, "  in %.2f s", report.run().seconds()));
    }
    Percentiles latency =
        report.latencyMicros().due() == null
            ? report.latencyMicros().sent()
            : report.latencyMicros().due();
    if (latency != null) {
      line.append(
          String.format(
              Locale.ROOT,
              " (%,.0f/s, p50 %s, p99 %s)",
              report.rate().messagesPerSecond(),
              millis(latency.p50()),
              millis(latency.p99())));
    } else if (report.rate().messagesPerSecond() > 0) {
      line.append(String.format(Locale.ROOT, " (%,.0f/s)", report.rate().messagesPerSecond()));
    }
    if (report.client() != null && report.client().limited()) {
      line.append("  client-limited");
    }
    if (report.run().options() != null && report.run().options().containsKey("insecure")) {
      line.append("  INSECURE");
    }
    return line.toString();
  }

  /** The account of a run that goes on. */
  static String soFar(Counts counts, long inFlight, long nanos) {
    StringBuilder line = new StringBuilder("so far ");
    append(line, counts);
    append(line, inFlight, "in flight", false);
    return line.append(String.format(Locale.ROOT, "  in %.0f s", nanos / 1e9)).toString();
  }

  private static void append(StringBuilder line, Counts counts) {
    append(line, counts.sent(), "sent", true);
    append(line, counts.delivered(), "delivered", true);
    append(line, counts.recovered(), "recovered", false);
    append(line, counts.lost(), "lost", true);
    append(line, counts.duplicated(), "duplicated", true);
    append(line, counts.reordered(), "reordered", true);
    append(line, counts.corrupted(), "corrupted", true);
    append(line, counts.misdelivered(), "misdelivered", false);
    append(line, counts.unexpected(), "unexpected", false);
    append(line, counts.foreignRoom(), "foreign room", false);
    append(line, counts.inDoubt(), "in doubt", false);
    append(line, counts.gone(), "gone", false);
    append(line, counts.neverSent(), "never sent", false);
  }

  private static void append(StringBuilder line, long count, String word, boolean always) {
    if (always || count > 0) {
      line.append(word.equals("sent") ? " " : " · ")
          .append(String.format(Locale.ROOT, "%,d %s", count, word));
    }
  }

  private static String millis(double micros) {
    double millis = micros / 1000;
    String format = millis < 0.1 ? "%.3f ms" : millis < 10 ? "%.1f ms" : "%,.0f ms";
    return String.format(Locale.ROOT, format, millis);
  }
}
