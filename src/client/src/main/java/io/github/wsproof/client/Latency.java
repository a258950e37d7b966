package io.github.wsproof.client;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/**
 * Latencies in nanoseconds, none clamped or dropped, each to 3 digits.
 *
 * <p>Not thread-safe: owned by the loop of a run, or by its reader.
 */
public final class Latency {
  private static final int DIGITS = 3;

  private final Histogram histogram = new Histogram(DIGITS);

  /** No latency yet. */
  public Latency() {
    histogram.setAutoResize(true);
  }

  /**
   * Adds the latencies of a report's histogram.
   *
   * @param encoded as {@link #encoded} gives it
   * @throws IllegalArgumentException if it is no histogram
   */
  public void add(String encoded) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(Base64.getDecoder().decode(encoded));
      histogram.add(Histogram.decodeFromCompressedByteBuffer(buffer, 0));
    } catch (DataFormatException | RuntimeException e) {
      throw new IllegalArgumentException("is no HdrHistogram, compressed, in base64", e);
    }
  }

  /** How many there are. */
  public long count() {
    return histogram.getTotalCount();
  }

  /**
   * The latency in microseconds below which a share of them is.
   *
   * @param percentile 0..100
   */
  public double microsAt(double percentile) {
    return micros(histogram.getValueAtPercentile(percentile));
  }

  /** Adds one. */
  public void record(long nanos) {
    histogram.recordValue(Math.max(0, nanos));
  }

  /** Half of each. */
  public Latency half() {
    Latency half = new Latency();
    histogram
        .recordedValues()
        .forEach(
            value ->
                half.histogram.recordValueWithCount(
                    value.getValueIteratedTo() / 2, value.getCountAtValueIteratedTo()));
    return half;
  }

  /** Adds another's. */
  public void add(Latency other) {
    histogram.add(other.histogram);
  }

  /** In microseconds; null where nothing was recorded. */
  public Report.Percentiles percentiles() {
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

  /** As an HdrHistogram (V2), compressed, in base64. */
  public String encoded() {
    ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(buffer);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
  }

  private static double micros(long nanos) {
    return nanos / 1e3;
  }
}
