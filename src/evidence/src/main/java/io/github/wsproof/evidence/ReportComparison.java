package io.github.wsproof.evidence;

import io.github.wsproof.client.Latency;
import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;

/**
 * Two reports side by side, and which differences matter.
 *
 * <p>Counts come from identities: any difference in them matters. A rate or a percentile of a
 * single run moves from run to run, so the rule for them is:
 *
 * <ul>
 *   <li>less than 10 % apart, or, for a percentile, with overlapping 99 % confidence intervals: no
 *       difference that two runs can show. The interval is that of the order statistics, ranks
 *       {@code n·p ± 2.58·√(n·p·(1−p))}; a percentile with fewer than 10 replies beyond it is not
 *       compared;
 *   <li>less than 50 % apart: perhaps, repeat both;
 *   <li>else it differs.
 * </ul>
 *
 * <p>Where the plans differ in what decides speed (window, connections, size), or a client was the
 * limit, speed is shown and not judged.
 */
public final class ReportComparison {
  private static final double NOISE = 1.10;
  private static final double CLEAR = 1.50;
  private static final double Z_99 = 2.58;
  private static final int LEAST_BEYOND = 10;
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

  private final NamedReport a;
  private final NamedReport b;
  private final List<String> lines = new ArrayList<>();
  private final List<String> matters = new ArrayList<>();
  private final List<String> perhaps = new ArrayList<>();
  private final List<String> noise = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private ReportComparison(NamedReport a, NamedReport b) {
    this.a = a;
    this.b = b;
  }

  /** The comparison as lines of text. */
  public static List<String> of(NamedReport a, NamedReport b) {
    return new ReportComparison(a, b).compare();
  }

  private List<String> compare() {
    row("", "A", "B");
    both("report", NamedReport::name);
    run("url", run -> String.valueOf(run.url()));
    run("connections", run -> Words.number(run.connections()));
    run("window", run -> Words.number(run.window()));
    run("bytes a message", run -> Words.number(run.size()));
    both("verdict", n -> n.report().verdict().name());
    counts();
    plans();
    clients();
    speed();
    lines.add("");
    section("These differences matter:", matters);
    section("These may: repeat both runs to know.", perhaps);
    section("These do not, as far as two runs can tell:", noise);
    section("Mind:", warnings);
    if (matters.isEmpty() && perhaps.isEmpty()) {
      lines.add(
          isSpeedComparable()
              ? "No difference that matters; one run each cannot prove a small one."
              : "No difference in the account; the speed is not judged.");
    }
    return lines;
  }

  private void row(String name, String left, String right) {
    lines.add(String.format("%-18s %-30s %s", name, left, right).stripTrailing());
  }

  private void both(String name, Function<NamedReport, String> value) {
    row(name, value.apply(a), value.apply(b));
  }

  private void run(String name, Function<Report.RunInfo, String> value) {
    both(name, n -> value.apply(n.report().run()));
  }

  private void section(String title, List<String> sentences) {
    if (!sentences.isEmpty()) {
      lines.add(title);
      sentences.forEach(sentence -> lines.add("  " + sentence));
    }
  }

  private void counts() {
    both("planned", n -> Words.number(n.report().counts().planned()));
    both("delivered", n -> Words.number(n.report().counts().delivered()));
    if (a.report().verdict() != b.report().verdict()) {
      matters.add("the verdict: A is " + a.report().verdict() + ", B is " + b.report().verdict());
    }
    for (Kind kind : Kind.values()) {
      long left = a.report().counts().of(kind);
      long right = b.report().counts().of(kind);
      if (left > 0 || right > 0) {
        row(
            Words.of(kind),
            Words.number(left) + legs(a, kind),
            Words.number(right) + legs(b, kind));
      }
      if (left != right) {
        matters.add(
            Words.of(kind) + ": " + Words.number(left) + " in A, " + Words.number(right) + " in B");
      }
    }
  }

  private static String legs(NamedReport n, Kind kind) {
    String legs = Words.legs(n.report(), kind);
    return legs.isEmpty() ? "" : " (" + legs + ")";
  }

  private void plans() {
    differs("window", Report.RunInfo::window);
    differs("connections", Report.RunInfo::connections);
    differs("bytes a message", Report.RunInfo::size);
    differs("binary", Report.RunInfo::binary);
    differs("receipts", Report.RunInfo::receipts);
    differs("messages a connection", Report.RunInfo::perConnection);
    if (!a.report().wsproof().equals(b.report().wsproof())) {
      warnings.add("A is of wsproof " + a.report().wsproof() + ", B of " + b.report().wsproof());
    }
    if (a.report().run().id().equals(b.report().run().id())) {
      warnings.add("both are of the same run, " + a.report().run().id());
    }
  }

  private void differs(String name, Function<Report.RunInfo, Object> value) {
    Object left = value.apply(a.report().run());
    Object right = value.apply(b.report().run());
    if (!Objects.equals(left, right)) {
      warnings.add("the plans differ: " + name + " " + left + " in A, " + right + " in B");
    }
  }

  private boolean isPlanComparable() {
    Report.RunInfo left = a.report().run();
    Report.RunInfo right = b.report().run();
    return left.window() == right.window()
        && left.connections() == right.connections()
        && left.size() == right.size()
        && left.perConnection() == right.perConnection()
        && left.binary() == right.binary();
  }

  private void clients() {
    boolean aLimited = limited("A", a);
    boolean bLimited = limited("B", b);
    if (aLimited || bLimited) {
      warnings.add("speed is shown and not judged: it may be the client's own");
    }
    if (!isPlanComparable()) {
      warnings.add("speed is shown and not judged: another plan is another load");
    }
  }

  private boolean limited(String side, NamedReport n) {
    Report.ClientInfo client = n.report().client();
    if (client == null || !client.limited()) {
      return false;
    }
    warnings.add(
        String.format(
            Locale.ROOT,
            "the client of %s may have been the limit: %,d stalls, %.0f %% of a core",
            side,
            client.stalls(),
            client.cpuPercent()));
    return true;
  }

  private boolean isSpeedComparable() {
    return isPlanComparable() && isFree(a) && isFree(b);
  }

  private static boolean isFree(NamedReport n) {
    return n.report().client() == null || !n.report().client().limited();
  }

  private void speed() {
    double left = a.report().rate().messagesPerSecond();
    double right = b.report().rate().messagesPerSecond();
    row("messages a second", String.format("%,.0f", left), String.format("%,.0f", right));
    if (isSpeedComparable() && left > 0 && right > 0) {
      judge("messages a second", left, right, false);
    }
    Latency latencyA = latency(a);
    Latency latencyB = latency(b);
    for (double percentile : PERCENTILES) {
      percentile(percentile, latencyA, latencyB);
    }
  }

  private Latency latency(NamedReport n) {
    Latency latency = new Latency();
    if (n.report().histogram() != null) {
      try {
        latency.add(n.report().histogram());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(n.name() + " has a histogram that " + e.getMessage(), e);
      }
    }
    return latency;
  }

  private void percentile(double percentile, Latency left, Latency right) {
    if (left.count() == 0 || right.count() == 0) {
      return;
    }
    String name = "latency " + String.valueOf(percentile).replace(".0", "") + " %";
    double leftMicros = left.microsAt(percentile);
    double rightMicros = right.microsAt(percentile);
    row(name, Micros.text(leftMicros), Micros.text(rightMicros));
    double beyond = (1 - percentile / 100) * Math.min(left.count(), right.count());
    if (!isSpeedComparable()) {
      return;
    }
    if (beyond < LEAST_BEYOND - 1e-6) {
      noise.add(
          name + ": fewer than " + LEAST_BEYOND + " replies are beyond it, too few to compare");
      return;
    }
    judge(name, leftMicros, rightMicros, overlap(percentile, left, right));
  }

  private static boolean overlap(double percentile, Latency left, Latency right) {
    return at(left, percentile, -1) <= at(right, percentile, 1)
        && at(right, percentile, -1) <= at(left, percentile, 1);
  }

  /** An end of the 99 % confidence interval of a percentile. */
  private static double at(Latency latency, double percentile, int side) {
    double p = percentile / 100;
    double error = Z_99 * Math.sqrt(p * (1 - p) / latency.count());
    return latency.microsAt(100 * Math.max(0, Math.min(1, p + side * error)));
  }

  private void judge(String name, double left, double right, boolean overlap) {
    double ratio = Math.max(left, right) / Math.max(1e-9, Math.min(left, right));
    String sentence =
        String.format(
            Locale.ROOT,
            "%s: B is %.0f %% %s than A",
            name,
            100 * Math.abs(right - left) / Math.max(1e-9, left),
            right > left ? "more" : "less");
    if (overlap || ratio < NOISE) {
      noise.add(sentence + (overlap ? " (the intervals overlap)" : " (less than 10 %)"));
    } else if (ratio < CLEAR) {
      perhaps.add(sentence);
    } else {
      matters.add(sentence);
    }
  }
}
