package io.github.wsproof.client;

import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Sizes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What kind of messages are sent. Immutable.
 *
 * @param sizes what they are padded to
 * @param format text, binary or in turn
 * @param unicode whether the padding is made of characters of one to four bytes
 * @param fragments frames for each message; 1 = not fragmented
 * @param ping how often each connection is pinged; null = not
 * @param idle how long each connection is quiet before its last message; null = not
 * @param readPause how long nothing is read after each read; null = not
 * @param every how often there is an account of the run so far; null = never
 * @param deflate whether permessage-deflate is offered, and padding compressible in turn
 */
record Workload(
    Sizes sizes,
    Format format,
    boolean unicode,
    int fragments,
    Duration ping,
    Duration idle,
    Duration readPause,
    Duration every,
    boolean deflate) {
  private static final int MOST_FRAGMENTS = 1 << 16;

  Workload {
    if (fragments < 1 || fragments > MOST_FRAGMENTS) {
      throw new IllegalArgumentException(
          "must be 1.." + MOST_FRAGMENTS + ": fragments=" + fragments);
    }
    atLeastMillis(1, "ping", ping);
    atLeastMillis(1, "idle", idle);
    atLeastMillis(1, "read-pause", readPause);
    atLeastMillis(100, "every", every);
    if (unicode && sizes.largest() == 0) {
      throw new IllegalArgumentException("must come with a size to fill: unicode=true");
    }
  }

  static void atLeastMillis(long least, String name, Duration value) {
    if (value != null && (value.toMillis() < least || value.compareTo(Duration.ofDays(1)) > 0)) {
      throw new IllegalArgumentException(
          "must be " + least + "ms..1 day: " + name + "=" + value.toMillis() + "ms");
    }
  }

  /** What differs from the defaults and has no field of its own in a report, by option. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    if (!sizes.isFixed()) {
      described.put("size", sizes.toString());
    }
    if (format == Format.MIXED) {
      described.put("mix", true);
    }
    if (unicode) {
      described.put("unicode", true);
    }
    if (deflate) {
      described.put("deflate", true);
    }
    if (fragments > 1) {
      described.put("fragments", fragments);
    }
    if (ping != null) {
      described.put("pingMillis", ping.toMillis());
    }
    if (idle != null) {
      described.put("idleMillis", idle.toMillis());
    }
    if (readPause != null) {
      described.put("readPauseMillis", readPause.toMillis());
    }
    return described;
  }
}
