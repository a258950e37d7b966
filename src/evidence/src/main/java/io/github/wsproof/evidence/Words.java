package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Counts, messages and anomalies in words. */
final class Words {
  private static final char REPLACEMENT = '\uFFFD';

  private Words() {}

  /** The word of the command line and of pages: {@code in doubt}. */
  static String of(Kind kind) {
    return switch (kind) {
      case IN_DOUBT -> "in doubt";
      case NEVER_SENT -> "never sent";
      case FOREIGN_ROOM -> "foreign room";
      default -> kind.label();
    };
  }

  static String count(long count, Kind kind) {
    return number(count) + " " + of(kind);
  }

  static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Where those of a kind went wrong: {@code 3 outbound, 1 inbound}; empty where not known. */
  static String legs(Report report, Kind kind) {
    if (report.legs() == null) {
      return "";
    }
    List<String> parts = new ArrayList<>();
    for (Leg leg : Leg.values()) {
      long count = report.legs().getOrDefault(leg, Map.of()).getOrDefault(kind, 0L);
      if (count > 0) {
        parts.add(number(count) + (leg == Leg.UNKNOWN ? " on an unknown leg" : " " + leg.label()));
      }
    }
    return String.join(", ", parts);
  }

  /** An anomaly in one line. */
  static String example(Anomaly anomaly) {
    StringBuilder line = new StringBuilder(of(anomaly.kind())).append(' ').append(place(anomaly));
    if (anomaly.leg() != null && anomaly.leg() != Leg.UNKNOWN) {
      line.append(", ").append(anomaly.leg().label());
    }
    if (anomaly.detail() != null) {
      line.append(": ").append(anomaly.detail());
    }
    if (anomaly.expected() != null) {
      line.append("; expected \"").append(anomaly.expected()).append('"');
    }
    if (anomaly.actual() != null) {
      line.append("; got \"").append(anomaly.actual()).append('"');
    }
    return line.toString();
  }

  /** The message of an anomaly, or the connection where no message is known. */
  static String place(Anomaly anomaly) {
    return anomaly.sequence() == Anomaly.NO_SEQUENCE
        ? "on connection " + anomaly.connection()
        : anomaly.connection() + "/" + anomaly.sequence();
  }

  /** A text with what XML 1.0 forbids (section 2.2) replaced by U+FFFD. */
  static String xml10(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .map(
            c ->
                c == 9
                        || c == 10
                        || c == 13
                        || c >= 0x20 && c <= 0xD7FF
                        || c >= 0xE000 && c < 0xFFFE
                        || c >= 0x10000
                    ? c
                    : REPLACEMENT)
        .forEach(clean::appendCodePoint);
    return clean.toString();
  }

  /** As much of a text as a line shows, its control characters visible. */
  static String shortened(String text, int most) {
    String visible =
        text.codePoints()
            .limit(most + 1L)
            .map(c -> c < 0x20 ? 0x2400 + c : c == 0x7F ? 0x2421 : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return visible.length() > most ? visible.substring(0, most) + "…" : visible;
  }
}
