package io.github.wsproof.client;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What is done when a connection dies. Immutable.
 *
 * @param reconnect whether it is opened again
 * @param limit for how long that is tried in vain
 * @param resend whether messages in doubt are sent again
 * @param acceptRecovered whether those then count as delivered
 */
record Disruption(boolean reconnect, Duration limit, boolean resend, boolean acceptRecovered) {
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 5000;
  private static final int MOST_DOUBLINGS = 6;

  Disruption {
    if (limit.isZero() || limit.isNegative() || limit.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          "must be more than 0 and at most 1 day: reconnect-limit=" + limit.toMillis() + "ms");
    }
    if (resend && !reconnect) {
      throw new IllegalArgumentException("must come with reconnect: resend=true");
    }
    if (acceptRecovered && !resend) {
      throw new IllegalArgumentException("must come with resend: accept-recovered=true");
    }
  }

  /** How long to wait before an attempt: longer each time, and for each connection otherwise. */
  static long backoffMillis(int attempt) {
    long most = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(attempt, MOST_DOUBLINGS));
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }

  /** What differs from the defaults, by option. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    if (reconnect) {
      described.put("reconnect", true);
      described.put("reconnectLimitMillis", limit.toMillis());
    }
    if (resend) {
      described.put("resend", true);
    }
    if (acceptRecovered) {
      described.put("acceptRecovered", true);
    }
    return described;
  }
}
