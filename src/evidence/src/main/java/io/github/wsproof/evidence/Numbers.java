package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Judges messages of any program by the numbers in them: missing, repeated, out of order.
 *
 * <p>The words are those of a ledger, as far as numbers alone can tell: a missing number is lost if
 * a higher one came, else in doubt. Memory depends on the gaps, not on the number of lines.
 */
final class Numbers {
  private static final int GAPS_SHOWN = 20;

  /** One connection's numbers. */
  private static final class Connection {
    final int number;
    final String name;
    final Intervals sent = new Intervals();
    final Intervals received = new Intervals();

    Connection(int number, String name) {
      this.number = number;
      this.name = name;
    }

    String prefix() {
      return name.isEmpty() ? "" : "connection " + name + ": ";
    }
  }

  private final AuditSettings settings;
  private final Problems problems;
  private final Map<String, Connection> connections = new LinkedHashMap<>();
  private final Map<Kind, List<Anomaly>> samples = new LinkedHashMap<>();
  private final long[] counts = new long[Kind.values().length];
  private final List<String> reasons = new ArrayList<>();
  private final List<String> others = new ArrayList<>();
  private long otherLines;
  private long sent;
  private long delivered;

  Numbers(AuditSettings settings, Problems problems) {
    this.settings = settings;
    this.problems = problems;
  }

  /** A line that may be of either kind. */
  void line(String line, String where) {
    if (!received(line, "", where) && !sent(line, "", where)) {
      unmatched(line, where);
    }
  }

  /** A line, or a message of a HAR, that does not fit. */
  void unmatched(String line, String where) {
    if (line.isBlank()) {
      return;
    }
    if (settings.line().resembles(line)
        || settings.sentLine() != null && settings.sentLine().resembles(line)) {
      problems.malformed(where, "does not fit the pattern that it resembles", line);
      return;
    }
    otherLines++;
    if (others.size() < 3) {
      others.add(where + ": \"" + Words.shortened(line, 80) + "\"");
    }
  }

  /** Whether it is a reply of the pattern; then it is accounted for. */
  boolean received(String line, String socket, String where) {
    LinePattern.Match match = settings.line().match(line);
    if (match == null) {
      return false;
    }
    Connection c = connection(socket, match.connection());
    long number = match.sequence();
    boolean late = c.received.size() > 0 && number < c.received.last();
    if (!c.received.add(number)) {
      found(Kind.DUPLICATED, c, number, where + " repeats it", line);
    } else if (late) {
      found(Kind.REORDERED, c, number, where + ": after " + c.received.last(), line);
    }
    return true;
  }

  /** Whether it is a sent message of the pattern; then it is accounted for. */
  boolean sent(String line, String socket, String where) {
    LinePattern.Match match = settings.sentLine() == null ? null : settings.sentLine().match(line);
    if (match == null) {
      return false;
    }
    Connection c = connection(socket, match.connection());
    if (!c.sent.add(match.sequence())) {
      problems.malformed(where, "sends number " + match.sequence() + " again", line);
    }
    return true;
  }

  private Connection connection(String socket, String name) {
    String key = socket.isEmpty() ? name : name.isEmpty() ? socket : socket + " " + name;
    return connections.computeIfAbsent(key, k -> new Connection(connections.size(), k));
  }

  private void found(Kind kind, Connection c, long number, String detail, String actual) {
    counts[kind.ordinal()]++;
    List<Anomaly> kept = samples.computeIfAbsent(kind, k -> new ArrayList<>());
    if (kept.size() < Ledger.SAMPLE) {
      String shown = actual == null ? null : Words.shortened(actual, 200);
      kept.add(new Anomaly(kind, c.number, number, Leg.UNKNOWN, detail, null, shown));
    }
  }

  Report report(String name) {
    boolean any = connections.values().stream().anyMatch(c -> c.received.size() > 0);
    boolean whole = problems.count() == 0 && any;
    for (Connection c : connections.values()) {
      whole &= judge(c);
    }
    if (!any) {
      reasons.add("no line fits --line '" + settings.line() + "'");
    }
    reasons.addAll(problems.reasons());
    if (otherLines > 0) {
      reasons.add(
          (otherLines == 1 ? "1 other line" : Words.number(otherLines) + " other lines")
              + ", such as "
              + String.join(", ", others));
    }
    Counts all = counts();
    Verdict verdict = Verdict.of(all);
    if (verdict == Verdict.PASS && !whole) {
      verdict = Verdict.INCONCLUSIVE;
    }
    List<Anomaly> anomalies = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      anomalies.addAll(samples.getOrDefault(kind, List.of()));
    }
    return Judged.of(name, connections.size(), verdict, all, anomalies, reasons);
  }

  /** Adds up a connection; returns whether its numbers can be known to be all. */
  private boolean judge(Connection c) {
    Intervals expected = expected(c);
    Intervals missing = expected.without(c.received);
    long last = c.received.size() == 0 ? -1 : c.received.last();
    List<String> lost = new ArrayList<>();
    List<String> inDoubt = new ArrayList<>();
    missing.forEach(
        (from, to) -> {
          missing(Kind.LOST, c, from, Math.min(to, last), lost);
          missing(Kind.IN_DOUBT, c, Math.max(from, last + 1), to, inDoubt);
        });
    Intervals stray = c.received.without(expected);
    stray.forEach(
        (from, to) -> {
          for (long n = from; n <= to && n - from < Ledger.SAMPLE; n++) {
            found(Kind.UNEXPECTED, c, n, "received, and never sent", null);
          }
          counts[Kind.UNEXPECTED.ordinal()] += Math.max(0, to - from + 1 - Ledger.SAMPLE);
        });
    sent += expected.size();
    delivered += c.received.size() - stray.size();
    if (c.received.size() > 0) {
      reasons.add(
          String.format(
              "%snumbers %,d to %,d, %,d different ones",
              c.prefix(), c.received.first(), last, c.received.size()));
    }
    tell(c, "missing: ", lost);
    tell(c, "missing at the end, and so in doubt: ", inDoubt);
    return isWhole(c);
  }

  /** Whether a loss before the first or behind the last number would be seen. */
  private boolean isWhole(Connection c) {
    if (settings.sentLine() != null || settings.messages() > 0) {
      return true;
    }
    if (c.received.size() == 0) {
      return false;
    }
    reasons.add(
        c.prefix()
            + "what was sent behind the last number is not known; --sent-line or --messages tells");
    if (c.received.first() > 1) {
      reasons.add(
          c.prefix() + "it begins with " + c.received.first() + ": what came before is not known");
      return false;
    }
    return true;
  }

  private Intervals expected(Connection c) {
    if (settings.sentLine() != null) {
      return c.sent;
    }
    Intervals expected = new Intervals();
    if (c.received.size() == 0) {
      return expected;
    }
    long first = c.received.first();
    if (settings.messages() == 0) {
      expected.addAll(first, c.received.last());
      return expected;
    }
    long base = first == 0 ? 0 : first == 1 || c.received.last() >= settings.messages() ? 1 : 0;
    expected.addAll(base, base + settings.messages() - 1);
    return expected;
  }

  private void missing(Kind kind, Connection c, long from, long to, List<String> gaps) {
    if (from > to) {
      return;
    }
    String detail = kind == Kind.LOST ? "missing, and a later one came" : "missing at the end";
    long shown = Math.min(to - from + 1, Ledger.SAMPLE);
    for (long i = 0; i < shown; i++) {
      found(kind, c, from + i, detail, null);
    }
    counts[kind.ordinal()] += to - from + 1 - shown;
    gaps.add(from == to ? String.valueOf(from) : from + "–" + to);
  }

  private void tell(Connection c, String what, List<String> gaps) {
    if (!gaps.isEmpty()) {
      String more =
          gaps.size() > GAPS_SHOWN ? " and " + (gaps.size() - GAPS_SHOWN) + " gaps more" : "";
      List<String> shown = gaps.subList(0, Math.min(gaps.size(), GAPS_SHOWN));
      reasons.add(c.prefix() + what + String.join(", ", shown) + more);
    }
  }

  private Counts counts() {
    return new Counts(
        sent,
        sent,
        delivered,
        counts[Kind.LOST.ordinal()],
        counts[Kind.DUPLICATED.ordinal()],
        counts[Kind.REORDERED.ordinal()],
        0,
        0,
        counts[Kind.UNEXPECTED.ordinal()],
        counts[Kind.IN_DOUBT.ordinal()],
        0);
  }
}
