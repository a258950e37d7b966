package io.github.wsproof.benchmarks;

import io.github.wsproof.benchmarks.Contender.Kind;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/** What was measured, as Markdown. */
final class Tables {
  private final PrintStream out;

  Tables(PrintStream out) {
    this.out = out;
  }

  void print(Work work, Map<Contender, Series> measured) {
    out.printf("%n### %s%n%n", work.title);
    Series ours = of(measured, Contender.OURS);
    Series raw = of(measured, Contender.RAW);
    String unit = work.wholeProcess ? "seconds" : "messages/s";
    out.println(
        "| client | "
            + unit
            + ", median | min – max | CPU µs a message | "
            + (raw == null ? "" : "÷ raw TCP, selector | ")
            + "÷ wsproof |");
    out.println("|---|---:|---:|---:|" + (raw == null ? "" : "---:|") + "---:|");
    measured.forEach((contender, series) -> row(work, contender, series, ours, raw));
    receipts(work, measured);
  }

  private void row(Work work, Contender contender, Series series, Series ours, Series raw) {
    if (series.failed() && series.figures.isEmpty()) {
      out.printf(
          "| %s | failed | %s | | | %s%n",
          contender.name(), series.failure, raw == null ? "" : "|");
      return;
    }
    out.printf(
        "| %s | %s | %s – %s | %s |%s %s |%n",
        contender.name(),
        figure(work, series.median()),
        figure(work, series.min()),
        figure(work, series.max()),
        number("%.1f", series.cpuMicros()),
        raw == null ? "" : " " + number("%.2f", series.ratioTo(raw)) + " |",
        ours == null ? "" : number("%.2f", series.ratioTo(ours)));
    if (series.failed()) {
      out.printf(
          "%n%s failed after %d rounds: %s%n",
          contender.name(), series.figures.size(), series.failure);
    }
  }

  private void receipts(Work work, Map<Contender, Series> measured) {
    Series off = of(measured, Contender.OURS);
    Series on = of(measured, Contender.WITH_RECEIPTS);
    if (!work.wholeProcess && off != null && on != null) {
      out.printf(
          "%nReceipts cost %s %% of the rate.%n", number("%.0f", 100 * (1 - on.ratioTo(off))));
    }
  }

  /** The targets of this work that are ratios, and whether they are reached. */
  void targets(Work work, Map<Contender, Series> measured) {
    Series ours = of(measured, Contender.OURS);
    Series raw = of(measured, Contender.RAW);
    Map.Entry<Contender, Series> jvm = best(work, measured, Kind.JVM);
    if (ours == null || ours.figures.isEmpty()) {
      return;
    }
    switch (work) {
      case WINDOW_1 -> {
        target(work, "0.6 × raw TCP on a selector", ours.ratioTo(raw), 0.6);
        aheadOf(work, ours, jvm);
        aheadOf(work, ours, best(work, measured, Kind.OTHER));
      }
      case WINDOW_1024 -> {
        target(work, "1 million messages/s", ours.median() / 1e6, 1);
        if (jvm != null) {
          target(work, "3 × " + jvm.getKey().name(), ours.ratioTo(jvm.getValue()), 3);
        }
      }
      case CONNECTIONS_100 -> {
        if (jvm != null) {
          target(work, "2 × " + jvm.getKey().name(), ours.ratioTo(jvm.getValue()), 2);
        }
        aheadOf(work, ours, named(measured, "node ws"));
      }
      case PROCESS_1, PROCESS_64 -> {
        aheadOf(work, ours, named(measured, "node ws"));
        aheadOf(work, ours, named(measured, "python3-websockets"));
      }
      default -> {}
    }
  }

  private void aheadOf(Work work, Series ours, Map.Entry<Contender, Series> other) {
    if (other == null || other.getValue().figures.isEmpty()) {
      return;
    }
    Series theirs = other.getValue();
    double ahead = work.wholeProcess ? theirs.ratioTo(ours) : ours.ratioTo(theirs);
    target(work, "ahead of " + other.getKey().name(), ahead, 1);
  }

  private void target(Work work, String what, double reached, double wanted) {
    out.printf(
        "| %s | %s | %s | %s |%n",
        work.title, what, number("%.2f", reached), reached >= wanted ? "reached" : "**missed**");
  }

  private static Map.Entry<Contender, Series> best(
      Work work, Map<Contender, Series> measured, Kind kind) {
    Comparator<Map.Entry<Contender, Series>> byMedian =
        Comparator.comparingDouble(entry -> entry.getValue().median());
    return measured.entrySet().stream()
        .filter(entry -> entry.getKey().kind() == kind && !entry.getValue().figures.isEmpty())
        .max(work.wholeProcess ? byMedian.reversed() : byMedian)
        .orElse(null);
  }

  private static Map.Entry<Contender, Series> named(Map<Contender, Series> measured, String name) {
    return measured.entrySet().stream()
        .filter(entry -> entry.getKey().name().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static Series of(Map<Contender, Series> measured, String name) {
    Map.Entry<Contender, Series> entry = named(measured, name);
    return entry == null ? null : entry.getValue();
  }

  private static String figure(Work work, double value) {
    return work.wholeProcess ? number("%.2f", value) : number("%,.0f", value);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, format, value);
  }
}
