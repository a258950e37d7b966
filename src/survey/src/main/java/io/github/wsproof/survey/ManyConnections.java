package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How many connections at a time the path carries. */
final class ManyConnections implements Probe {
  private static final List<String> LIMITS =
      List.of(
          "a limit of connections, in all or per address, or of handshakes a second (nginx:"
              + " limit_conn, limit_req and worker_connections; haproxy: maxconn; Tomcat:"
              + " maxConnections; wsproof: max-connections); file descriptors (ulimit -n)");

  @Override
  public String name() {
    return "connections at a time";
  }

  @Override
  public Finding look(Target target) throws InterruptedException {
    int wanted = target.connections();
    target.progress().accept(wanted + " connections");
    Report report = target.run(target.plan().connections(wanted).messages(wanted).window(1));
    long answered = report.counts().delivered();
    int together = together(report.epochs());
    Map<String, Object> figures =
        Map.of("wanted", wanted, "answered", answered, "openTogether", together);
    if (Outcomes.passed(report) && together == wanted) {
      return new Finding(
          name(),
          Finding.Outcome.OK,
          wanted + ", the most that were tried, were open and answered",
          List.of(),
          figures);
    }
    if (Outcomes.passed(report)) {
      String found =
          "at most "
              + together
              + " of "
              + wanted
              + ": the others had to wait until these were closed";
      return new Finding(name(), Finding.Outcome.LIMIT, found, LIMITS, figures);
    }
    String why = report.reasons().isEmpty() ? Outcomes.how(report) : report.reasons().get(0);
    return new Finding(
        name(),
        Outcomes.of(report),
        answered + " of " + wanted + " were answered: " + why,
        LIMITS,
        figures);
  }

  /** The most connections whose lives overlap. */
  static int together(List<Report.Epoch> epochs) {
    TreeMap<Instant, Integer> changes = new TreeMap<>();
    for (Report.Epoch epoch : epochs) {
      Instant opened = Instant.parse(epoch.openedAt());
      changes.merge(opened, 1, Integer::sum);
      changes.merge(opened.plusNanos((long) (epoch.seconds() * 1e9)), -1, Integer::sum);
    }
    int open = 0;
    int most = 0;
    for (int change : changes.values()) {
      open += change;
      most = Math.max(most, open);
    }
    return most;
  }
}
