package io.github.wsproof.evidence;

import java.util.Locale;

/** Microseconds as people read them. */
final class Micros {
  private Micros() {}

  static String text(double micros) {
    double millis = micros / 1000;
    if (millis < 1) {
      return String.format(Locale.ROOT, "%.0f µs", micros);
    }
    return millis < 1000
        ? String.format(Locale.ROOT, millis < 10 ? "%.2f ms" : "%.0f ms", millis)
        : String.format(Locale.ROOT, "%.2f s", millis / 1000);
  }
}
