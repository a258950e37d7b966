package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A timeline is bounded and forgets no reply. */
class TimelineRecorderTest {
  private final TimelineRecorder recorder = new TimelineRecorder();

  private void answered(long millis, long latencyMicros) {
    recorder.answered(
        TimeUnit.MILLISECONDS.toNanos(millis), TimeUnit.MICROSECONDS.toNanos(latencyMicros));
  }

  @Test
  void aBucketIsAMillisecondAtFirst() {
    answered(0, 5);
    answered(2, 7);
    answered(2, 6);
    recorder.anomaly(TimeUnit.MILLISECONDS.toNanos(3));

    assertThat(recorder.timeline().bucketMillis()).isEqualTo(1);
    assertThat(recorder.timeline().replies()).containsExactly(1L, 0L, 2L, 0L);
    assertThat(recorder.timeline().anomalies()).containsExactly(0L, 0L, 0L, 1L);
    assertThat(recorder.timeline().maxMicros()).containsExactly(5.0, 0.0, 7.0, 0.0);
  }

  @Test
  void itDoublesItsBucketsRatherThanGrow() {
    long millis = 100_000;
    for (long i = 0; i < millis; i++) {
      answered(i, i);
    }

    Report.Timeline timeline = recorder.timeline();
    assertThat(timeline.bucketMillis()).isEqualTo(256);
    assertThat(timeline.replies()).hasSize(391).startsWith(256L);
    assertThat(timeline.replies().stream().mapToLong(Long::longValue).sum()).isEqualTo(millis);
    assertThat(timeline.maxMicros().get(390)).isEqualTo(99_999);
  }

  @Test
  void aLongSilenceIsEmptyBuckets() {
    answered(0, 1);
    answered(86_400_000, 1);

    Report.Timeline timeline = recorder.timeline();
    assertThat(timeline.replies().size()).isLessThanOrEqualTo(TimelineRecorder.MOST_BUCKETS);
    assertThat(timeline.replies().get(0)).isEqualTo(1);
    assertThat(timeline.replies()).last().isEqualTo(1L);
  }
}
