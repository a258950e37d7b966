package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Versions;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.util.List;
import java.util.zip.CRC32C;

/** Reports of what has no run behind it: logs, foreign messages, nothing. */
final class Judged {
  private Judged() {}

  /** A file in which nothing can be judged. */
  static Report nothing(String name, List<String> reasons) {
    Counts none = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return of(name, 0, Verdict.INCONCLUSIVE, none, List.of(), reasons);
  }

  static Report of(
      String name,
      int connections,
      Verdict verdict,
      Counts counts,
      List<Anomaly> anomalies,
      List<String> reasons) {
    return new Report(
        Versions.WSPROOF,
        verdict,
        reasons,
        info(name, counts.planned(), connections),
        counts,
        null,
        anomalies,
        new Report.Rate(0, 0),
        new Report.Latencies(null, null),
        null,
        List.of(),
        null,
        null,
        null);
  }

  private static Report.RunInfo info(String name, long messages, int connections) {
    return new Report.RunInfo(
        id(name), 0, name, null, 0, messages, connections, 0, 0, 0, false, false, null, false);
  }

  /** The same file is the same run. */
  static String id(String name) {
    CRC32C crc = new CRC32C();
    crc.update(name.getBytes(UTF_8));
    return String.format("file-%08x", (int) crc.getValue());
  }
}
