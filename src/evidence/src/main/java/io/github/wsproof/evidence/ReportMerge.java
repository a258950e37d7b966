package io.github.wsproof.evidence;

import io.github.wsproof.client.Latency;
import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;

/**
 * Adds the reports of several clients up to one.
 *
 * <p>Counts, legs and histograms are added exactly; percentiles are those of the added histograms,
 * never averages. The verdict is the worst. What the runs do not share is joined ({@code url}), or
 * 0 ({@code seed}, {@code window}); {@code merged} lists every run. Rates are over the time from
 * the first start to the last end, as the clients' clocks tell it.
 */
public final class ReportMerge {
  private static final int MOST_REASONS = 200;

  private final List<Report> reports;
  private final List<Report.RunInfo> runs = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private ReportMerge(List<Report> reports) {
    this.reports = reports;
    reports.forEach(report -> runs.addAll(runs(report)));
  }

  /**
   * Adds up reports, one or more.
   *
   * @throws IllegalArgumentException with a sentence that names the report, if a run is in two of
   *     them or their versions differ
   */
  public static Report of(List<NamedReport> named) {
    Map<String, String> seen = new HashMap<>();
    NamedReport first = named.get(0);
    for (NamedReport next : named) {
      if (!next.report().wsproof().equals(first.report().wsproof())) {
        throw new IllegalArgumentException(
            next.name()
                + " is of wsproof "
                + next.report().wsproof()
                + ", "
                + first.name()
                + " of "
                + first.report().wsproof()
                + "; add up reports of one version");
      }
      for (Report.RunInfo run : runs(next.report())) {
        String before = seen.put(run.id(), next.name());
        if (before != null) {
          throw new IllegalArgumentException(
              "run "
                  + run.id()
                  + " is in "
                  + before
                  + " and in "
                  + next.name()
                  + "; name each run once");
        }
      }
    }
    List<Report> reports = named.stream().map(NamedReport::report).toList();
    return reports.size() == 1 ? reports.get(0) : new ReportMerge(reports).merge(named);
  }

  private static List<Report.RunInfo> runs(Report report) {
    return report.merged() == null ? List.of(report.run()) : report.merged();
  }

  private Report merge(List<NamedReport> named) {
    Counts counts = counts();
    double seconds = seconds();
    Latency latency = latency(named);
    Map<Leg, Map<Kind, Long>> legs = legs();
    if (reports.stream().anyMatch(r -> r.latencyMicros().due() != null)) {
      notes.add("latencies since messages were due cannot be added up: see the single reports");
    }
    return new Report(
        reports.get(0).wsproof(),
        verdict(counts),
        reasons(named),
        info(seconds),
        counts,
        legs,
        anomalies(),
        rate(seconds),
        new Report.Latencies(latency.percentiles(), null),
        latency.encoded(),
        reports.stream().flatMap(r -> r.epochs().stream()).toList(),
        client(),
        TimelineMerge.of(reports),
        runs);
  }

  private Verdict verdict(Counts counts) {
    boolean accepted = reports.stream().allMatch(r -> r.run().acceptsRecovered());
    Verdict worst = Verdict.of(counts, accepted);
    for (Report report : reports) {
      worst = report.verdict().compareTo(worst) > 0 ? report.verdict() : worst;
    }
    return worst;
  }

  private long sum(ToLongFunction<Report> value) {
    return reports.stream().mapToLong(value).sum();
  }

  private Counts counts() {
    return reports.stream().map(Report::counts).reduce(Counts::plus).orElseThrow();
  }

  /** What a run without receipts counted is on an unknown leg; null if no run had any. */
  private Map<Leg, Map<Kind, Long>> legs() {
    if (reports.stream().allMatch(r -> r.legs() == null)) {
      return null;
    }
    long without = reports.stream().filter(r -> r.legs() == null).count();
    if (without > 0) {
      notes.add(without + " of the reports tell no legs: what they count is on an unknown leg");
    }
    Map<Leg, Map<Kind, Long>> legs = new EnumMap<>(Leg.class);
    for (Leg leg : Leg.values()) {
      Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        if (kind.isFailure()) {
          kinds.put(kind, sum(r -> leg(r, leg, kind)));
        }
      }
      legs.put(leg, kinds);
    }
    return legs;
  }

  private static long leg(Report report, Leg leg, Kind kind) {
    if (report.legs() == null) {
      return leg == Leg.UNKNOWN ? report.counts().of(kind) : 0;
    }
    return report.legs().getOrDefault(leg, Map.of()).getOrDefault(kind, 0L);
  }

  private Latency latency(List<NamedReport> named) {
    Latency latency = new Latency();
    for (NamedReport next : named) {
      if (next.report().histogram() == null) {
        notes.add(next.name() + " has no histogram: its latencies are not in the percentiles");
        continue;
      }
      try {
        latency.add(next.report().histogram());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            next.name() + " has a histogram that " + e.getMessage(), e);
      }
    }
    return latency;
  }

  private List<String> reasons(List<NamedReport> named) {
    List<String> reasons = new ArrayList<>();
    for (NamedReport next : named) {
      for (String reason : next.report().reasons()) {
        reasons.add(
            next.report().merged() == null ? next.report().run().id() + ": " + reason : reason);
      }
    }
    if (reasons.size() > MOST_REASONS) {
      int more = reasons.size() - MOST_REASONS;
      reasons.subList(MOST_REASONS, reasons.size()).clear();
      reasons.add("and " + more + " reasons more");
    }
    reasons.addAll(notes);
    return reasons;
  }

  private List<Anomaly> anomalies() {
    List<Anomaly> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      reports.stream()
          .flatMap(r -> r.anomalies().stream().filter(a -> a.kind() == kind).map(a -> named(a, r)))
          .limit(Ledger.SAMPLE)
          .forEach(all::add);
    }
    return all;
  }

  /** Connections are numbered in each run: only with the run is a message one. */
  private static Anomaly named(Anomaly a, Report report) {
    if (report.merged() != null) {
      return a;
    }
    String detail = "run " + report.run().id() + (a.detail() == null ? "" : ": " + a.detail());
    return new Anomaly(
        a.kind(), a.connection(), a.sequence(), a.leg(), detail, a.expected(), a.actual());
  }

  /** From the first start to the last end. */
  private double seconds() {
    Instant from = Instant.MAX;
    Instant to = Instant.MIN;
    double longest = 0;
    for (Report report : reports) {
      Instant start = instant(report.run().startedAt());
      longest = Math.max(longest, report.run().seconds());
      if (start != null) {
        Instant end = start.plusNanos((long) (report.run().seconds() * 1e9));
        from = start.isBefore(from) ? start : from;
        to = end.isAfter(to) ? end : to;
      }
    }
    return from == Instant.MAX ? longest : Duration.between(from, to).toNanos() / 1e9;
  }

  static Instant instant(String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private Report.Rate rate(double seconds) {
    double messages = 0;
    double bytes = 0;
    for (Report report : reports) {
      messages += report.rate().messagesPerSecond() * report.run().seconds();
      bytes += report.rate().bytesPerSecond() * report.run().seconds();
    }
    return seconds == 0
        ? new Report.Rate(0, 0)
        : new Report.Rate(Math.round(messages / seconds), Math.round(bytes / seconds));
  }

  private Report.RunInfo info(double seconds) {
    List<Report.RunInfo> infos = reports.stream().map(Report::run).toList();
    return new Report.RunInfo(
        id(),
        shared(infos, Report.RunInfo::seed, 0L),
        joined(infos, Report.RunInfo::url),
        infos.stream()
            .map(Report.RunInfo::startedAt)
            .filter(start -> instant(start) != null)
            .min((a, b) -> instant(a).compareTo(instant(b)))
            .orElse(null),
        seconds,
        infos.stream().mapToLong(Report.RunInfo::messages).sum(),
        infos.stream().mapToInt(Report.RunInfo::connections).sum(),
        shared(infos, Report.RunInfo::window, 0),
        shared(infos, Report.RunInfo::perConnection, 0L),
        infos.stream().mapToInt(Report.RunInfo::size).max().orElse(0),
        infos.stream().anyMatch(Report.RunInfo::binary),
        infos.stream().allMatch(Report.RunInfo::receipts),
        joined(infos, Report.RunInfo::expect),
        infos.stream().anyMatch(Report.RunInfo::interrupted));
  }

  /** The same runs have the same id, in whatever order. */
  private String id() {
    CRC32C crc = new CRC32C();
    runs.stream().map(Report.RunInfo::id).sorted().forEach(id -> crc.update((id + " ").getBytes()));
    return String.format("merged-%08x", (int) crc.getValue());
  }

  private static <T, R> R shared(List<T> all, Function<T, R> value, R otherwise) {
    Set<R> values = all.stream().map(value).collect(Collectors.toSet());
    return values.size() == 1 ? values.iterator().next() : otherwise;
  }

  private static <T> String joined(List<T> all, Function<T, String> value) {
    Set<String> values =
        all.stream()
            .map(value)
            .filter(Objects::nonNull)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    return values.isEmpty() ? null : String.join(", ", values);
  }

  private Report.ClientInfo client() {
    List<Report.ClientInfo> clients =
        reports.stream().map(Report::client).filter(Objects::nonNull).toList();
    if (clients.isEmpty()) {
      return null;
    }
    return new Report.ClientInfo(
        clients.stream().mapToLong(Report.ClientInfo::stalls).sum(),
        clients.stream().mapToLong(Report.ClientInfo::gcPauseMillis).sum(),
        clients.stream().mapToDouble(Report.ClientInfo::cpuPercent).max().orElse(0),
        clients.stream().anyMatch(Report.ClientInfo::limited),
        joined(clients, Report.ClientInfo::java),
        joined(clients, Report.ClientInfo::tyrus),
        clients.stream()
            .map(Report.ClientInfo::loopBusyPercent)
            .filter(Objects::nonNull)
            .max(Double::compare)
            .orElse(null),
        clients.stream().mapToLong(Report.ClientInfo::unfinishedSends).sum(),
        clients.stream().mapToDouble(Report.ClientInfo::latestSendMillis).max().orElse(0));
  }
}
