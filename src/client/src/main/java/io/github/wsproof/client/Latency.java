package io.github.wsproof.client;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import org.HdrHistogram.Histogram;

/**
 * Latencies in nanoseconds, none clamped or dropped.
 *
 * <p>Not thread-safe: owned by the loop.
 */
final class Latency {
  private static final int DIGITS = 3;

  private final Histogram histogram = new Histogram(DIGITS);

  Latency() {
    histogram.setAutoResize(true);
  }

  void record(long nanos) {
    histogram.recordValue(Math.max(0, nanos));
  }

  /** In microseconds; null where nothing was recorded. */
  Report.Percentiles percentiles() {
    if (histogram.getTotalCount() == 0) {
      return null;
    }
    return new Report.Percentiles(
        micros(histogram.getMinValue()),
        micros(histogram.getValueAtPercentile(50)),
        micros(histogram.getValueAtPercentile(90)),
        micros(histogram.getValueAtPercentile(99)),
        micros(histogram.getValueAtPercentile(99.9)),
        micros(histogram.getMaxValue()));
  }

  String encoded() {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  private static double micros(long nanos) {
    return nanos / 1e3;
  }
}
