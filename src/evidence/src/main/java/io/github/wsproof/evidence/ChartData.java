package io.github.wsproof.evidence;

import io.github.wsproof.client.Latency;
import io.github.wsproof.client.Report;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;

/** What the charts of a page show, as JSON. */
final class ChartData {
  private static final int MOST_POINTS = 100;
  private static final double STEP_NINES = 0.05;

  private record Point(double x, double y) {}

  private record Data(
      List<Point> latency, List<Point> rate, List<Point> longest, List<Point> anomalies) {}

  private ChartData() {}

  static String json(Report report) {
    List<Point> rate = new ArrayList<>();
    List<Point> longest = new ArrayList<>();
    List<Point> anomalies = new ArrayList<>();
    if (report.timeline() != null) {
      overTime(report.timeline(), rate, longest, anomalies);
    }
    return JsonMapper.shared()
        .writeValueAsString(new Data(latency(report), rate, longest, anomalies));
  }

  /** Milliseconds by the number of nines: 1 is 90 %, 2 is 99 %. */
  private static List<Point> latency(Report report) {
    List<Point> points = new ArrayList<>();
    if (report.histogram() == null) {
      return points;
    }
    Latency latency = new Latency();
    latency.add(report.histogram());
    if (latency.count() == 0) {
      return points;
    }
    double most = Math.log10(Math.max(10, latency.count()));
    for (double nines = 0; nines < most + STEP_NINES / 2; nines += STEP_NINES) {
      double percentile = 100 * (1 - Math.pow(10, -nines));
      points.add(new Point(round(nines), round(latency.microsAt(percentile) / 1000)));
    }
    return points;
  }

  private static void overTime(
      Report.Timeline timeline, List<Point> rate, List<Point> longest, List<Point> anomalies) {
    int size = timeline.replies().size();
    int step = (size + MOST_POINTS - 1) / MOST_POINTS;
    for (int from = 0; from < size; from += step) {
      int to = Math.min(size, from + step);
      double seconds = from * timeline.bucketMillis() / 1e3;
      double lengthSeconds = (to - from) * timeline.bucketMillis() / 1e3;
      long replies = sum(timeline.replies(), from, to);
      long wrong = sum(timeline.anomalies(), from, to);
      double micros =
          timeline.maxMicros().subList(from, to).stream()
              .mapToDouble(Double::doubleValue)
              .max()
              .orElse(0);
      rate.add(new Point(round(seconds), Math.round(replies / lengthSeconds)));
      if (replies > 0) {
        longest.add(new Point(round(seconds), round(micros / 1000)));
      }
      if (wrong > 0) {
        anomalies.add(new Point(round(seconds), wrong));
      }
    }
  }

  private static long sum(List<Long> values, int from, int to) {
    return values.subList(from, to).stream().mapToLong(Long::longValue).sum();
  }

  private static double round(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
