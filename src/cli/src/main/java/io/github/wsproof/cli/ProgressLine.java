package io.github.wsproof.cli;

import java.io.PrintStream;

/** A line of progress on a terminal, written over and over; elsewhere it is not shown. */
final class ProgressLine {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream stream;
  private final boolean shown;

  ProgressLine(PrintStream stream, boolean quiet) {
    this.stream = stream;
    this.shown = !quiet && System.console() != null;
  }

  void show(String what) {
    if (shown) {
      stream.print(CLEAR_LINE + what);
      stream.flush();
    }
  }

  void clear() {
    show("");
  }
}
