package io.github.wsproof.client;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * Counts replies over time in a bounded number of buckets: when time runs past the last, each two
 * become one.
 *
 * <p>Not thread-safe: owned by the loop of a run, or by its reader.
 */
public final class TimelineRecorder {
  /** The most buckets. */
  public static final int MOST_BUCKETS = 600;

  private final long[] replies = new long[MOST_BUCKETS];
  private final long[] anomalies = new long[MOST_BUCKETS];
  private final long[] maxNanos = new long[MOST_BUCKETS];
  private long bucketMillis = 1;
  private int used;

  /** No reply yet. */
  public TimelineRecorder() {}

  /** A first reply came, {@code nanos} after the start. */
  public void answered(long nanos, long latencyNanos) {
    int bucket = bucket(nanos);
    replies[bucket]++;
    maxNanos[bucket] = Math.max(maxNanos[bucket], latencyNanos);
  }

  /** A reply came that is an anomaly. */
  public void anomaly(long nanos) {
    anomalies[bucket(nanos)]++;
  }

  /** What was recorded. */
  public Report.Timeline timeline() {
    return new Report.Timeline(
        bucketMillis,
        list(replies),
        list(anomalies),
        Arrays.stream(maxNanos, 0, used).mapToObj(nanos -> nanos / 1e3).toList());
  }

  private List<Long> list(long[] counts) {
    return LongStream.of(counts).limit(used).boxed().toList();
  }

  private int bucket(long nanos) {
    long millis = TimeUnit.NANOSECONDS.toMillis(Math.max(0, nanos));
    while (millis / bucketMillis >= MOST_BUCKETS) {
      halve();
    }
    int bucket = (int) (millis / bucketMillis);
    used = Math.max(used, bucket + 1);
    return bucket;
  }

  private void halve() {
    for (int i = 0; i < MOST_BUCKETS / 2; i++) {
      replies[i] = replies[2 * i] + replies[2 * i + 1];
      anomalies[i] = anomalies[2 * i] + anomalies[2 * i + 1];
      maxNanos[i] = Math.max(maxNanos[2 * i], maxNanos[2 * i + 1]);
    }
    for (long[] values : List.of(replies, anomalies, maxNanos)) {
      Arrays.fill(values, MOST_BUCKETS / 2, MOST_BUCKETS, 0);
    }
    used = (used + 1) / 2;
    bucketMillis *= 2;
  }
}
