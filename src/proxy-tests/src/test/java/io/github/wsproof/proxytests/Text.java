package io.github.wsproof.proxytests;

import java.util.regex.Pattern;

/**
 * A configuration file on its way to a test: what is replaced must be there, so that the file that
 * is tested is the one that people get.
 */
record Text(String text) {

  /** In every place. */
  Text with(String part, Object replacement) {
    if (!text.contains(part)) {
      throw new IllegalStateException("must hold " + part + ":\n" + text);
    }
    return new Text(text.replace(part, replacement.toString()));
  }

  /** Without the lines that hold this part; comments stay. */
  Text withoutLines(String part) {
    Text without =
        new Text(
            Pattern.compile("(?m)^(?!\\s*#).*" + Pattern.quote(part) + ".*\\R")
                .matcher(text)
                .replaceAll(""));
    if (without.text.equals(text)) {
      throw new IllegalStateException("must hold a line with " + part + ":\n" + text);
    }
    return without;
  }
}
