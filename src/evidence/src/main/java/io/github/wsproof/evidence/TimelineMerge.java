package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.TimelineRecorder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Lays timelines over each other, by the times at which their runs started. */
final class TimelineMerge {
  private TimelineMerge() {}

  static Report.Timeline of(List<Report> reports) {
    List<Report> timed =
        reports.stream().filter(r -> r.timeline() != null && isWhole(r.timeline())).toList();
    if (timed.isEmpty()) {
      return null;
    }
    Instant first =
        timed.stream().map(TimelineMerge::start).min(Instant::compareTo).orElse(Instant.EPOCH);
    long bucketMillis = 1;
    long endMillis = 1;
    for (Report report : timed) {
      Report.Timeline timeline = report.timeline();
      bucketMillis = Math.max(bucketMillis, timeline.bucketMillis());
      long length = timeline.bucketMillis() * timeline.replies().size();
      endMillis = Math.max(endMillis, offsetMillis(report, first) + length);
    }
    while ((endMillis + bucketMillis - 1) / bucketMillis > TimelineRecorder.MOST_BUCKETS) {
      bucketMillis *= 2;
    }
    int buckets = (int) ((endMillis + bucketMillis - 1) / bucketMillis);
    long[] replies = new long[buckets];
    long[] anomalies = new long[buckets];
    double[] maxMicros = new double[buckets];
    for (Report report : timed) {
      Report.Timeline timeline = report.timeline();
      for (int i = 0; i < timeline.replies().size(); i++) {
        long millis = offsetMillis(report, first) + i * timeline.bucketMillis();
        int bucket = (int) (millis / bucketMillis);
        replies[bucket] += timeline.replies().get(i);
        anomalies[bucket] += timeline.anomalies().get(i);
        maxMicros[bucket] = Math.max(maxMicros[bucket], timeline.maxMicros().get(i));
      }
    }
    return new Report.Timeline(
        bucketMillis,
        Arrays.stream(replies).boxed().toList(),
        Arrays.stream(anomalies).boxed().toList(),
        Arrays.stream(maxMicros).boxed().toList());
  }

  private static boolean isWhole(Report.Timeline timeline) {
    return timeline.bucketMillis() > 0
        && timeline.replies() != null
        && timeline.anomalies() != null
        && timeline.maxMicros() != null
        && timeline.replies().size() == timeline.anomalies().size()
        && timeline.replies().size() == timeline.maxMicros().size();
  }

  private static Instant start(Report report) {
    Instant start = ReportMerge.instant(report.run().startedAt());
    return start == null ? Instant.EPOCH : start;
  }

  private static long offsetMillis(Report report, Instant first) {
    return Duration.between(first, start(report)).toMillis();
  }
}
