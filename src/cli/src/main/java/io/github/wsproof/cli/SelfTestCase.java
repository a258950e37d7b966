package io.github.wsproof.cli;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.relay.Fault;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.relay.Leg;
import io.github.wsproof.relay.Relay;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One run through a relay that lies, and what the client must say of it.
 *
 * @param name what is shown
 * @param faults what the relay does
 * @param connections how many connections share the messages
 * @param window messages in flight on each
 * @param binary whether the messages are binary, and padded to several frames' length forms
 */
record SelfTestCase(
    String name, List<Planned> faults, int connections, int window, boolean binary) {
  /**
   * Faults of one kind on one leg.
   *
   * @param from the first index on that leg, included
   * @param to the last index, excluded
   */
  record Planned(Fault fault, Leg leg, int count, long from, long to) {}

  /**
   * A line of the table.
   *
   * @param found what the client counted
   * @param problem what is not as it must be, or null
   */
  record Line(String fault, String planned, String found, String leg, String problem) {
    boolean ok() {
      return problem == null;
    }
  }

  static final Duration STALL = Duration.ofMillis(300);
  private static final Duration DRAIN = Duration.ofMillis(700);
  private static final int MESSAGES_PER_CONNECTION = 1000;
  private static final int PADDED_BYTES = 300;

  List<Line> run(URI server, long seed) throws IOException, InterruptedException {
    FaultPlan.Schedule schedule = new FaultPlan.Schedule(seed);
    faults.forEach(f -> schedule.add(f.fault, f.count, 0, f.leg, f.from, f.to));
    try (Relay relay =
        Relay.start(server, 0, schedule.build(), new Relay.Options(seed, STALL, fault -> {}))) {
      Report report = plan(relay.uri(), seed).run();
      return judge(report, relay);
    }
  }

  private RunPlan plan(URI url, long seed) {
    return RunPlan.to(url.toString())
        .messages((long) MESSAGES_PER_CONNECTION * connections)
        .connections(connections)
        .window(window)
        .binary(binary)
        .sizeBytes(binary ? PADDED_BYTES : 0)
        .drain(DRAIN)
        .seed(seed)
        .build();
  }

  private List<Line> judge(Report report, Relay relay) {
    List<Line> lines = new ArrayList<>();
    for (Planned planned : faults) {
      lines.add(judge(planned, report, relay));
    }
    String whole = wholeProblem(report);
    if (faults.isEmpty()) {
      lines.add(new Line(name, "none", found(report), "", whole));
    } else if (faults.size() > 1 || whole != null) {
      lines.add(new Line("  " + name + ", all counts", total(), found(report), "", whole));
    }
    return lines;
  }

  private String total() {
    return String.valueOf(faults.stream().mapToInt(Planned::count).sum());
  }

  private Line judge(Planned planned, Report report, Relay relay) {
    long done =
        relay.applied().stream()
            .filter(a -> a.fault() == planned.fault && a.leg() == planned.leg)
            .count();
    String problem = null;
    if (done != planned.count) {
      problem = "the relay did it " + done + " times";
    }
    Kind kind = kind(planned.fault);
    if (kind == null) {
      return ending(planned, report, relay, problem);
    }
    long expected = (long) planned.count * (planned.fault == Fault.MERGE ? 2 : 1);
    expected += othersOfKind(planned, kind);
    long found = report.legs() == null ? -1 : report.legs().get(ledgerLeg(planned.leg)).get(kind);
    if (problem == null && found != expected) {
      problem = "expected " + expected + " " + kind.label() + " on this leg";
    }
    return new Line(
        shown(planned.fault),
        String.valueOf(planned.count),
        found + " " + kind.label(),
        planned.leg.name().toLowerCase(Locale.ROOT),
        problem);
  }

  /** Other faults of this case that lead to the same kind on the same leg. */
  private long othersOfKind(Planned planned, Kind kind) {
    return faults.stream()
        .filter(f -> f != planned && f.leg == planned.leg && kind(f.fault) == kind)
        .mapToLong(f -> (long) f.count * (f.fault == Fault.MERGE ? 2 : 1))
        .sum();
  }

  /**
   * A stall, a reset or an early close: no message is wrong, but the run may end before its end.
   */
  private Line ending(Planned planned, Report report, Relay relay, String problem) {
    String found =
        switch (planned.fault) {
          case STALL -> stalls(report);
          case RESET -> epochs(report, "nobody", 1006);
          default -> epochs(report, "server", 1000);
        };
    String wrong = problem;
    if (wrong == null && !found.startsWith(planned.count + " ")) {
      wrong = "expected " + planned.count;
    }
    if (wrong == null && planned.fault == Fault.CLOSE) {
      long index = relay.applied().get(0).index();
      long delivered = index + (long) MESSAGES_PER_CONNECTION * (connections - 1);
      if (report.counts().delivered() != delivered) {
        wrong = "expected " + delivered + " delivered, not " + report.counts().delivered();
      }
    }
    return new Line(
        shown(planned.fault),
        String.valueOf(planned.count),
        found,
        planned.leg.name().toLowerCase(Locale.ROOT),
        wrong);
  }

  private static String stalls(Report report) {
    boolean seen =
        report.latencyMicros().sent() != null
            && report.latencyMicros().sent().max() >= STALL.toNanos() / 1e3;
    return (seen ? 1 : 0) + " stall";
  }

  private static String epochs(Report report, String closedBy, int code) {
    return report.epochs().stream()
            .filter(e -> e.closedBy().equals(closedBy) && e.closeCode() == code)
            .count()
        + " by "
        + closedBy
        + ", "
        + code;
  }

  /** What the counts as a whole must be: nothing but what was planned. */
  private String wholeProblem(Report report) {
    long planned = (long) MESSAGES_PER_CONNECTION * connections;
    boolean cut = faults.stream().anyMatch(f -> f.fault == Fault.RESET || f.fault == Fault.CLOSE);
    for (Kind kind : Kind.values()) {
      long expected =
          faults.stream()
              .filter(f -> kind(f.fault) == kind)
              .mapToLong(f -> (long) f.count * (f.fault == Fault.MERGE ? 2 : 1))
              .sum();
      boolean mayBe = cut && !kind.isFailure();
      if (report.counts().of(kind) != expected && !mayBe) {
        return "expected " + expected + " " + kind.label() + ", found " + report.counts().of(kind);
      }
    }
    long unknown =
        report.legs() == null
            ? 1
            : report.legs().get(io.github.wsproof.ledger.Leg.UNKNOWN).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    if (unknown > 0) {
      return "a leg is unknown";
    }
    long accounted =
        report.counts().delivered()
            + report.counts().lost()
            + report.counts().corrupted()
            + report.counts().misdelivered()
            + report.counts().inDoubt();
    if (accounted != report.counts().sent()
        || report.counts().sent() + report.counts().neverSent() != planned) {
      return "the sums do not hold: " + report.counts();
    }
    return report.verdict() == verdict(cut) ? null : "the verdict is " + report.verdict();
  }

  private Verdict verdict(boolean cut) {
    if (faults.stream().anyMatch(f -> kind(f.fault) != null)) {
      return Verdict.FAIL;
    }
    return cut ? Verdict.INCONCLUSIVE : Verdict.PASS;
  }

  private static String found(Report report) {
    List<String> found = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (report.counts().of(kind) > 0) {
        found.add(report.counts().of(kind) + " " + kind.label());
      }
    }
    return found.isEmpty() ? "none" : String.join(", ", found);
  }

  private static String shown(Fault fault) {
    return fault.name().toLowerCase(Locale.ROOT);
  }

  private static io.github.wsproof.ledger.Leg ledgerLeg(Leg leg) {
    return io.github.wsproof.ledger.Leg.valueOf(leg.name());
  }

  /** The kind that a fault leads to, or null where no message is wrong. */
  private static Kind kind(Fault fault) {
    return Map.of(
            Fault.DROP, Kind.LOST,
            Fault.DUPLICATE, Kind.DUPLICATED,
            Fault.SWAP, Kind.REORDERED,
            Fault.FLIP, Kind.CORRUPTED,
            Fault.TRUNCATE, Kind.CORRUPTED,
            Fault.MERGE, Kind.CORRUPTED,
            Fault.MISDELIVER, Kind.MISDELIVERED,
            Fault.COPY, Kind.DUPLICATED,
            Fault.PHANTOM, Kind.UNEXPECTED)
        .get(fault);
  }
}
