package io.github.wsproof.carriers;

import io.github.wsproof.client.Report.Percentiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A comparison in lines of text. */
public final class Table {
  private static final String ROW = "  %-22s %10s %10s %12s %10s %11s %12s %9s";

  private Table() {}

  /** The table, and what is to be said beside it. */
  public static List<String> of(Comparison comparison) {
    List<String> lines = new ArrayList<>();
    lines.add(
        row(
            "one at a time",
            "p50",
            "p99",
            "push p50",
            "messages/s",
            "bytes/msg",
            "connections",
            "requests"));
    List<Result> there =
        comparison.results().stream().filter(result -> result.missing() == null).toList();
    there.forEach(result -> lines.add(row(result.transport(), result.oneAtATime())));
    if (comparison.burst() > 0) {
      lines.add("");
      lines.add(
          row(
              comparison.window() + " in flight",
              "p50",
              "p99",
              "push p50",
              "messages/s",
              "bytes/msg",
              "connections",
              "requests"));
      there.forEach(result -> lines.add(row(result.transport(), result.burst())));
    }
    lines.add("");
    for (Result result : comparison.results()) {
      if (result.missing() != null) {
        lines.add("  " + result.transport() + " was not to be had: " + result.missing());
      }
      result.reasons().forEach(reason -> lines.add("  " + result.transport() + ": " + reason));
    }
    return lines;
  }

  private static String row(String name, Measured measured) {
    if (measured == null) {
      return row(name, "–", "–", "–", "–", "–", "–", "–");
    }
    return row(
        name,
        millis(measured.latencyMicros(), Percentiles::p50),
        millis(measured.latencyMicros(), Percentiles::p99),
        millis(measured.pushMicros(), Percentiles::p50),
        String.format(Locale.ROOT, "%,.0f", measured.messagesPerSecond()),
        String.format(Locale.ROOT, "%,.0f", measured.bytesPerMessage()),
        String.format(Locale.ROOT, "%,d", measured.connections()),
        String.format(Locale.ROOT, "%,d", measured.requests()));
  }

  private static String row(String... cells) {
    return String.format(ROW, (Object[]) cells);
  }

  static String millis(Percentiles micros, ToDoubleFunction<Percentiles> which) {
    if (micros == null) {
      return "–";
    }
    double millis = which.applyAsDouble(micros) / 1000;
    return String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%,.0f ms", millis);
  }
}
