package io.github.wsproof.benchmarks;

import java.util.Locale;

/** What a measured process prints last: its messages and the seconds they took. */
record Result(long messages, double seconds) {
  static void print(long messages, long nanos) {
    System.out.printf(Locale.ROOT, "{\"messages\":%d,\"seconds\":%.9f}%n", messages, nanos / 1e9);
  }

  double rate() {
    return messages / seconds;
  }
}
