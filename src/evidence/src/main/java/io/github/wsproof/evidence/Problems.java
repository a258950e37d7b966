package io.github.wsproof.evidence;

import java.util.ArrayList;
import java.util.List;

/** What could not be read: counted, and the first few shown. */
final class Problems {
  private static final int SHOWN = 5;
  private static final int TEXT_CHARS = 100;

  private final List<String> first = new ArrayList<>();
  private long count;

  /**
   * A line that cannot be read.
   *
   * @param where such as {@code line 7}
   * @param what the rest of the sentence, such as {@code is no JSON}
   * @param text the line, or null
   */
  void malformed(String where, String what, String text) {
    malformed(where, what, text, 1);
  }

  /** As above, for a place where {@code lines} lines are missing. */
  void malformed(String where, String what, String text, long lines) {
    count += lines;
    if (first.size() < SHOWN) {
      String quoted = text == null ? "" : ": \"" + Words.shortened(text, TEXT_CHARS) + "\"";
      first.add(where + " " + what + quoted);
    }
  }

  long count() {
    return count;
  }

  /** Sentences. */
  List<String> reasons() {
    List<String> reasons = new ArrayList<>();
    if (count > 0) {
      String lines = count == 1 ? "1 line is" : Words.number(count) + " lines are";
      reasons.add(lines + " malformed or missing: what they held is not judged");
      reasons.addAll(first);
      if (count > first.size()) {
        reasons.add("and " + Words.number(count - first.size()) + " more of them");
      }
    }
    return reasons;
  }
}
