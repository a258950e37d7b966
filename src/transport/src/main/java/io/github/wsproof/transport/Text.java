package io.github.wsproof.transport;

/** Foreign text in our messages. */
final class Text {

  private Text() {}

  /** At most {@code maxCharacters} of {@code text}, on one line, without control characters. */
  static String printable(String text, int maxCharacters) {
    String start = text.length() > maxCharacters ? text.substring(0, maxCharacters) + "…" : text;
    return start.replaceAll("\\p{Cntrl}+", " ").strip();
  }
}
