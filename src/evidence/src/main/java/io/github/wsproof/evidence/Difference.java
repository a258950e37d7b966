package io.github.wsproof.evidence;

/** What was expected and what came, with the characters marked that differ. */
final class Difference {
  private static final int MOST_RUNS = 8;

  private Difference() {}

  static void write(String expected, String actual, Html html) {
    if (expected == null && actual == null) {
      return;
    }
    boolean[] differs = expected == null || actual == null ? null : differences(expected, actual);
    line("expected", expected, differs, html);
    line("actual", actual, differs, html);
  }

  /** By place, or, where too many places differ, everything from the first on. */
  private static boolean[] differences(String expected, String actual) {
    String shown = expected.endsWith("…") ? expected.substring(0, expected.length() - 1) : expected;
    boolean[] differs = new boolean[Math.max(expected.length(), actual.length())];
    int runs = 0;
    int first = -1;
    for (int i = 0; i < shown.length(); i++) {
      differs[i] = i >= actual.length() || shown.charAt(i) != actual.charAt(i);
      if (differs[i] && (i == 0 || !differs[i - 1])) {
        runs++;
        first = first < 0 ? i : first;
      }
    }
    if (runs > MOST_RUNS) {
      java.util.Arrays.fill(differs, first, differs.length, true);
    }
    return differs;
  }

  private static void line(String name, String text, boolean[] differs, Html html) {
    html.raw("<div class=\"content\"><span>" + name + "</span> ");
    if (text == null) {
      html.raw("<em>nothing</em></div>");
      return;
    }
    html.raw("<code><bdi>");
    int from = 0;
    while (from < text.length()) {
      int to = from + 1;
      while (to < text.length() && isMarked(differs, to) == isMarked(differs, from)) {
        to++;
      }
      if (isMarked(differs, from)) {
        html.raw("<mark>").text(text.substring(from, to)).raw("</mark>");
      } else {
        html.text(text.substring(from, to));
      }
      from = to;
    }
    html.raw("</bdi></code></div>");
  }

  private static boolean isMarked(boolean[] differs, int at) {
    return differs != null && at < differs.length && differs[at];
  }
}
