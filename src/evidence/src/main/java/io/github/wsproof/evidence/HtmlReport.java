package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * A report as one HTML file that needs nothing beside it: no request, no server, and, but for the
 * charts, no script.
 *
 * <p>Whatever a server sent stands in it as text alone; a content security policy lets the file's
 * own two scripts run, by their hashes, and nothing else.
 */
public final class HtmlReport {
  private static final int MOST_EPOCHS = 50;
  private static final String CHARTS =
      "/META-INF/resources/webjars/chart.js/%s/dist/chart.umd.min.js";

  private final Report report;
  private final Html html = new Html();

  private HtmlReport(Report report) {
    this.report = report;
  }

  /** The page. */
  public static String of(Report report) {
    return new HtmlReport(report).page();
  }

  private String page() {
    String library = library();
    String script = resource("report.js");
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ")
        .raw("style-src 'unsafe-inline'; script-src '" + hash(library) + "' '" + hash(script))
        .raw("'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .raw("<meta name=\"color-scheme\" content=\"light dark\">\n");
    html.element("title", "wsproof: " + report.verdict() + " " + report.run().url());
    html.raw("<style>\n" + resource("report.css") + "</style>\n</head>\n<body>\n<main>\n");
    header();
    counts();
    legs();
    charts();
    anomalies();
    epochs();
    facts();
    html.raw("</main>\n<script type=\"application/json\" id=\"data\">")
        .raw(ChartData.json(report).replace("<", "\\u003c"))
        .raw("</script>\n<script>" + library + "</script>\n<script>" + script)
        .raw("</script>\n</body>\n</html>\n");
    return html.toString();
  }

  private void header() {
    Verdict verdict = report.verdict();
    html.raw("<header class=\"" + verdict.name().toLowerCase(Locale.ROOT) + "\">\n");
    html.element("h1", verdict.name());
    html.element("p", sentence(report), "class=\"lead\"");
    html.element("p", report.run().url(), "class=\"url\"");
    html.raw("</header>\n");
    if (!report.reasons().isEmpty()) {
      html.raw("<section>\n<h2>").text(verdict == Verdict.PASS ? "Notes" : "Reasons");
      html.raw("</h2>\n<ul>\n");
      report.reasons().forEach(reason -> html.element("li", reason));
      html.raw("</ul>\n</section>\n");
    }
  }

  private static String sentence(Report report) {
    Counts counts = report.counts();
    String of = Words.number(counts.delivered()) + " of " + Words.number(counts.planned());
    return switch (report.verdict()) {
      case PASS -> of + " messages were answered exactly once, in order and intact.";
      case FAIL -> of + " messages were delivered; something is proved wrong.";
      case INCONCLUSIVE ->
          of + " messages were delivered; nothing is proved wrong, and not everything right.";
    };
  }

  private void counts() {
    Counts counts = report.counts();
    html.raw("<section>\n<h2>Account</h2>\n<dl class=\"tiles\">\n");
    tile("planned", counts.planned(), "");
    tile("sent", counts.sent(), "");
    tile("delivered", counts.delivered(), counts.delivered() > 0 ? "good" : "");
    for (Kind kind : Kind.values()) {
      long count = counts.of(kind);
      tile(Words.of(kind), count, count == 0 ? "zero" : kind.isFailure() ? "bad" : "doubtful");
    }
    html.raw("</dl>\n</section>\n");
  }

  private void tile(String name, long count, String style) {
    html.raw("<div class=\"" + style + "\">");
    html.element("dt", name).element("dd", Words.number(count)).raw("</div>\n");
  }

  private void legs() {
    boolean anyFailure =
        java.util.Arrays.stream(Kind.values())
            .anyMatch(k -> k.isFailure() && report.counts().of(k) > 0);
    if (!anyFailure) {
      return;
    }
    html.raw("<section>\n<h2>Legs</h2>\n");
    if (report.legs() == null) {
      html.element("p", "On which leg it happened is unknown: there were no receipts.");
    } else {
      html.table("Kind", "outbound: client to server", "inbound: server to client", "unknown");
      for (Kind kind : Kind.values()) {
        if (kind.isFailure() && report.counts().of(kind) > 0) {
          html.row(
              Words.of(kind),
              leg(Leg.OUTBOUND, kind),
              leg(Leg.INBOUND, kind),
              leg(Leg.UNKNOWN, kind));
        }
      }
      html.endTable();
    }
    html.raw("</section>\n");
  }

  private String leg(Leg leg, Kind kind) {
    return Words.number(report.legs().getOrDefault(leg, Map.of()).getOrDefault(kind, 0L));
  }

  private void charts() {
    Report.Percentiles latency = report.latencyMicros().sent();
    html.raw("<section>\n<h2>Latency and rate</h2>\n");
    html.element(
        "p",
        String.format(
            Locale.ROOT,
            "%,.0f messages and %,.0f bytes a second.",
            report.rate().messagesPerSecond(),
            report.rate().bytesPerSecond()));
    if (latency == null) {
      html.element(
          "p",
          report.run().receives()
              ? "What a server pushes has no latency: no clock is on both sides."
              : "No reply was timed.");
    } else {
      html.table("", "min", "50 %", "90 %", "99 %", "99.9 %", "max");
      boolean fanout = report.path() != null && report.path().fanout() != null;
      percentiles(fanout ? "published to last subscriber" : "since sent", latency);
      if (fanout) {
        percentiles("published to each subscriber", report.path().fanout().eachMicros());
      }
      if (report.latencyMicros().due() != null) {
        percentiles("since due", report.latencyMicros().due());
      }
      html.endTable();
    }
    if (report.histogram() != null && latency != null) {
      chart("latency", "Latency by percentile, as in the table");
    }
    if (report.timeline() != null && !report.timeline().replies().isEmpty()) {
      chart("rate", "Replies a second and the longest latency over the time of the run");
    }
    html.raw("</section>\n");
  }

  private void percentiles(String name, Report.Percentiles p) {
    html.row(
        name,
        Micros.text(p.min()),
        Micros.text(p.p50()),
        Micros.text(p.p90()),
        Micros.text(p.p99()),
        Micros.text(p.p999()),
        Micros.text(p.max()));
  }

  private void chart(String id, String label) {
    html.raw("<figure>\n<figcaption>").text(label.replace(", as in the table", ""));
    html.raw("</figcaption>\n<div class=\"chart\"><canvas id=\"" + id + "\" role=\"img\"");
    html.attribute("aria-label", label).raw("></canvas></div>\n</figure>\n");
  }

  private void anomalies() {
    if (report.anomalies().isEmpty()) {
      return;
    }
    html.raw("<section>\n<h2>Anomalies</h2>\n");
    html.element("p", sampled());
    html.table("Kind", "Message", "Leg", "What happened", "Expected and actual content");
    for (Anomaly anomaly : report.anomalies()) {
      html.raw("<tr><td>").text(Words.of(anomaly.kind())).raw("</td><td>");
      html.text(Words.place(anomaly)).raw("</td><td>");
      html.text(anomaly.leg() == null ? "" : anomaly.leg().label()).raw("</td><td>");
      html.text(anomaly.detail() == null ? "" : anomaly.detail()).raw("</td><td>");
      Difference.write(anomaly.expected(), anomaly.actual(), html);
      html.raw("</td></tr>\n");
    }
    html.endTable();
    html.raw("</section>\n");
  }

  private String sampled() {
    long all = 0;
    for (Kind kind : Kind.values()) {
      all += kind == Kind.NEVER_SENT ? 0 : report.counts().of(kind);
    }
    long shown = report.anomalies().size();
    return shown >= all
        ? "All of them; what differs is marked."
        : "Examples: "
            + Words.number(shown)
            + " of "
            + Words.number(all)
            + ", at most 100 of a kind; what differs is marked.";
  }

  private void epochs() {
    List<Report.Epoch> epochs = report.epochs();
    if (epochs.isEmpty()) {
      return;
    }
    html.raw("<section>\n<h2>Connections</h2>\n");
    if (epochs.size() > MOST_EPOCHS) {
      Map<String, Long> ends = new LinkedHashMap<>();
      epochs.forEach(
          e -> ends.merge("closed by " + e.closedBy() + " with " + e.closeCode(), 1L, Long::sum));
      html.raw("<ul>\n");
      ends.forEach((end, count) -> html.element("li", Words.number(count) + " " + end));
      html.raw("</ul>\n");
    } else {
      html.table(
          "Connection",
          "Opened",
          "Seconds",
          "Closed by",
          "Code",
          "Reason",
          "Unanswered",
          "Cut before");
      for (Report.Epoch epoch : epochs) {
        html.row(
            epoch.epoch() == 0
                ? String.valueOf(epoch.connection())
                : epoch.connection() + ", opened again (" + epoch.epoch() + ")",
            epoch.openedAt(),
            String.format(Locale.ROOT, "%.3f", epoch.seconds()),
            epoch.closedBy(),
            String.valueOf(epoch.closeCode()),
            epoch.reason(),
            Words.number(epoch.inFlight()),
            epoch.recoverSeconds() == null
                ? ""
                : String.format(Locale.ROOT, "for %.3f s", epoch.recoverSeconds()));
      }
      html.endTable();
    }
    html.raw("</section>\n");
  }

  private void facts() {
    html.raw("<section>\n<h2>Run</h2>\n<dl class=\"facts\">\n");
    run(report.run());
    if (report.path() != null && report.path().fanout() != null) {
      fact("rooms", report.path().fanout().sentence());
    }
    if (report.path() != null && report.path().deflate() != null) {
      fact("compression", report.path().deflate().sentence());
    }
    Report.ClientInfo client = report.client();
    if (client != null) {
      fact(
          "client",
          String.join(
              ", ",
              java.util.stream.Stream.of(
                      client.java(), client.tyrus() == null ? null : "Tyrus " + client.tyrus())
                  .filter(java.util.Objects::nonNull)
                  .toList()));
      fact(
          "client's limits",
          String.format(
              Locale.ROOT,
              "%s: %,d stalls of more than 50 ms, %,d ms in garbage collection, %.0f %% of a core",
              client.limited() ? "it may have been the limit" : "none seen",
              client.stalls(),
              client.gcPauseMillis(),
              client.cpuPercent()));
    }
    fact("wsproof", report.wsproof());
    html.raw("</dl>\n");
    if (report.merged() != null) {
      html.raw("<h3>Added up from</h3>\n");
      html.table("Run", "Started", "Seconds", "Messages", "Connections", "Window", "URL");
      for (Report.RunInfo run : report.merged()) {
        html.row(
            run.id(),
            run.startedAt(),
            String.format(Locale.ROOT, "%.3f", run.seconds()),
            Words.number(run.messages()),
            Words.number(run.connections()),
            Words.number(run.window()),
            run.url());
      }
      html.endTable();
    }
    html.raw("</section>\n");
  }

  private void run(Report.RunInfo run) {
    fact("run", run.id());
    fact("started", run.startedAt());
    fact("took", String.format(Locale.ROOT, "%.3f s, first message to last reply", run.seconds()));
    fact(
        "messages",
        Words.number(run.messages())
            + " of at most "
            + Words.number(run.size())
            + " bytes, "
            + (run.binary() ? "binary" : "text"));
    fact(
        "connections",
        Words.number(run.connections())
            + ", "
            + (run.receives()
                ? "each receives the whole stream"
                : run.window() == 0
                    ? "no fixed number of messages in flight"
                    : Words.number(run.window()) + " messages in flight on each"));
    fact((run.receives() ? "messages" : "replies") + " expected as", run.expect());
    fact("receipts", run.receipts() ? "yes" : "no");
    if (run.options() != null) {
      run.options().forEach((option, value) -> fact(option, String.valueOf(value)));
    }
    fact("seed", String.valueOf(run.seed()));
  }

  private void fact(String name, String value) {
    if (value != null && !value.isEmpty()) {
      html.raw("<div>").element("dt", name).element("dd", value).raw("</div>\n");
    }
  }

  private static String library() {
    Properties versions = new Properties();
    try (InputStream in = HtmlReport.class.getResourceAsStream("evidence.properties")) {
      versions.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return resource(String.format(CHARTS, versions.getProperty("chart.js")))
        .replaceAll("(?m)^//# sourceMappingURL=.*$", "");
  }

  private static String resource(String name) {
    try (InputStream in = HtmlReport.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("not in the program: " + name);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String script) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8));
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
