package io.github.wsproof.carriers;

import io.github.wsproof.client.Report.Percentiles;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/** A comparison as one HTML page that needs no network and no script. */
public final class Page {
  private static final int BAR_PIXELS = 420;
  private static final int NAME_PIXELS = 170;
  private static final int ROW_PIXELS = 26;
  private static final String STYLE =
      "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
          + "color:#1b1f24;background:#fff}svg text{font:13px system-ui,sans-serif;fill:currentColor}"
          + "rect{fill:#2f6feb}rect.tail{fill:#9ab8f5}pre{overflow:auto;background:#f4f6f8;padding:1rem}"
          + "@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#14171a}"
          + "rect{fill:#6ea0ff}rect.tail{fill:#34518c}pre{background:#20252b}}";

  private Page() {}

  /** The page. */
  public static String of(Comparison comparison) {
    StringBuilder page =
        new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
            .append("<title>Transports, compared by wsproof</title>\n<style>")
            .append(STYLE)
            .append("</style>\n</head>\n<body>\n<h1>")
            .append(escaped(comparison.verdict() + ": transports of " + comparison.url()))
            .append("</h1>\n<p>")
            .append(escaped(sentence(comparison)))
            .append("</p>\n");
    plot(
        page,
        comparison,
        "Latency one at a time, p50 and p99, ms (logarithmic)",
        measured -> micros(measured.latencyMicros(), false),
        measured -> micros(measured.latencyMicros(), true));
    plot(
        page,
        comparison,
        "Until the client knows what the server has, p50 and p99, ms (logarithmic)",
        measured -> micros(measured.pushMicros(), false),
        measured -> micros(measured.pushMicros(), true));
    plot(
        page,
        comparison,
        "Bytes on the wire for each message and its reply, headers included (logarithmic)",
        Measured::bytesPerMessage,
        measured -> null);
    page.append("<h2>All figures</h2>\n<pre>")
        .append(escaped(String.join("\n", Table.of(comparison))))
        .append("</pre>\n</body>\n</html>\n");
    return page.toString();
  }

  private static String sentence(Comparison comparison) {
    return String.format(
        Locale.ROOT,
        "%d rounds of %,d messages one at a time and %,d with %d in flight over each transport in"
            + " turn, through a relay on this machine that counts the bytes; short polling every"
            + " %d ms. %s, %.0f s, wsproof %s.",
        comparison.rounds(),
        comparison.messages(),
        comparison.burst(),
        comparison.window(),
        comparison.pollMillis(),
        comparison.startedAt(),
        comparison.seconds(),
        comparison.wsproof());
  }

  private static Double micros(Percentiles percentiles, boolean tail) {
    return percentiles == null ? null : (tail ? percentiles.p99() : percentiles.p50()) / 1000;
  }

  private static void plot(
      StringBuilder page,
      Comparison comparison,
      String title,
      Function<Measured, Double> value,
      Function<Measured, Double> tail) {
    List<Result> shown =
        comparison.results().stream()
            .filter(r -> r.oneAtATime() != null && value.apply(r.oneAtATime()) != null)
            .toList();
    if (shown.isEmpty()) {
      return;
    }
    double least = Double.MAX_VALUE;
    double most = 0;
    for (Result result : shown) {
      least = Math.min(least, value.apply(result.oneAtATime()));
      most =
          Math.max(
              most,
              Objects.requireNonNullElse(
                  tail.apply(result.oneAtATime()), value.apply(result.oneAtATime())));
    }
    // A bar's length is a logarithm, from half of the least value on.
    double from = Math.log(Math.max(least, 1e-6) / 2);
    double scale = BAR_PIXELS / Math.max(1e-9, Math.log(Math.max(most, 1e-6)) - from);
    int height = ROW_PIXELS * shown.size();
    page.append("<h2>")
        .append(escaped(title))
        .append("</h2>\n<svg viewBox=\"0 0 ")
        .append(NAME_PIXELS + BAR_PIXELS + 170)
        .append(' ')
        .append(height)
        .append("\" role=\"img\" aria-label=\"")
        .append(escaped(title))
        .append("\">\n");
    int y = 0;
    for (Result result : shown) {
      Double p50 = value.apply(result.oneAtATime());
      Double p99 = tail.apply(result.oneAtATime());
      text(page, 0, y, result.transport());
      if (p99 != null) {
        bar(page, "tail", y, (Math.log(Math.max(p99, 1e-6)) - from) * scale);
      }
      bar(page, "", y, (Math.log(Math.max(p50, 1e-6)) - from) * scale);
      text(
          page,
          NAME_PIXELS + BAR_PIXELS + 10,
          y,
          number(p50) + (p99 == null ? "" : " / " + number(p99)));
      y += ROW_PIXELS;
    }
    page.append("</svg>\n");
  }

  private static void bar(StringBuilder page, String kind, int y, double length) {
    page.append(
        String.format(
            Locale.ROOT,
            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>\n",
            kind,
            NAME_PIXELS,
            y + 4,
            Math.max(1, length),
            ROW_PIXELS - 8));
  }

  private static void text(StringBuilder page, int x, int y, String text) {
    page.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\">%s</text>\n",
            x,
            y + ROW_PIXELS - 9,
            escaped(text)));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.0f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
