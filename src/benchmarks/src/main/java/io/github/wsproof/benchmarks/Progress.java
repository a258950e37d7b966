package io.github.wsproof.benchmarks;

import java.time.LocalTime;
import java.time.format.DateTimeFormatter;

/** What is going on, on standard error: standard output is the Markdown alone. */
final class Progress {
  private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss");

  private Progress() {}

  static void tell(String what) {
    System.err.println(LocalTime.now().format(CLOCK) + " " + what);
  }
}
