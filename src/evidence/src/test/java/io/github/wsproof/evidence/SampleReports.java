package io.github.wsproof.evidence;

import io.github.wsproof.client.Latency;
import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Reports to write and to add up; the same each time. */
final class SampleReports {
  static final String HOSTILE = "</script><script>alert(1)</script>&amp;]]>\u0000\u202E\uFFFE'\"";

  private SampleReports() {}

  static Report passing(String id) {
    return report(id, new Counts(10_000, 10_000, 10_000, 0, 0, 0, 0, 0, 0, 0, 0), List.of());
  }

  static Report failing(String id) {
    String expected = "Request 0/17 7c1e09ab";
    return report(
        id,
        new Counts(10_000, 9_990, 9_984, 2, 1, 1, 2, 1, 1, 1, 10),
        List.of(
            new Anomaly(Kind.LOST, 0, 8, Leg.OUTBOUND, "unanswered", expected, null),
            new Anomaly(
                Kind.CORRUPTED,
                0,
                17,
                Leg.INBOUND,
                "differs",
                expected,
                "Request 0/17 7c1f09ab - 42"),
            new Anomaly(Kind.CORRUPTED, 0, 18, Leg.UNKNOWN, HOSTILE, expected, HOSTILE),
            new Anomaly(Kind.UNEXPECTED, 1, -1, Leg.INBOUND, "is like none", null, HOSTILE)));
  }

  static Report report(String id, Counts counts, List<Anomaly> anomalies) {
    Random random = new Random(7);
    Latency latency = new Latency();
    List<Long> replies = new ArrayList<>();
    List<Long> wrong = new ArrayList<>();
    List<Double> longest = new ArrayList<>();
    long left = counts.delivered();
    while (left > 0) {
      long some = Math.min(left, 20 + random.nextInt(30));
      double most = 0;
      for (int i = 0; i < some; i++) {
        double millis = 0.3 - 0.6 * Math.log(1 - random.nextDouble());
        latency.record((long) (millis * 1e6));
        most = Math.max(most, millis * 1e3);
      }
      replies.add(some);
      wrong.add(anomalies.isEmpty() || random.nextInt(60) > 0 ? 0L : 1L);
      longest.add(most);
      left -= some;
    }
    Verdict verdict = Verdict.of(counts);
    return new Report(
        "0.1.0",
        verdict,
        verdict == Verdict.PASS ? List.of() : List.of("connection 0 broke: " + HOSTILE),
        info(id),
        counts,
        legs(counts),
        anomalies,
        new Report.Rate(31_234, 2_345_678),
        new Report.Latencies(latency.percentiles(), null),
        latency.encoded(),
        List.of(
            new Report.Epoch(0, 0, "2026-01-02T03:04:05Z", 0.32, 1006, "nobody", HOSTILE, 1),
            new Report.Epoch(1, 0, "2026-01-02T03:04:05Z", 0.33, 1000, "client", "", 0)),
        new Report.ClientInfo(0, 3, 41.5, false, "OpenJDK 17", "2.2", 40.0, 0, 0),
        new Report.Timeline(1, replies, wrong, longest),
        null);
  }

  private static Map<Leg, Map<Kind, Long>> legs(Counts counts) {
    Map<Leg, Map<Kind, Long>> legs = new EnumMap<>(Leg.class);
    for (Leg leg : Leg.values()) {
      Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        if (kind.isFailure()) {
          kinds.put(kind, leg == Leg.INBOUND ? counts.of(kind) : 0L);
        }
      }
      legs.put(leg, kinds);
    }
    return legs;
  }

  static Report.RunInfo info(String id) {
    return new Report.RunInfo(
        id,
        7,
        "ws://localhost:8080/echo?" + HOSTILE,
        "2026-01-02T03:04:05.123Z",
        0.32,
        10_000,
        2,
        64,
        0,
        24,
        false,
        true,
        "{message} - {random}",
        false);
  }
}
