package io.github.wsproof.evidence;

/** Writes HTML; every text that is not ours goes through {@link #text}. */
final class Html {
  private final StringBuilder out = new StringBuilder(1 << 16);

  /** Markup of ours. */
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /**
   * Text, escaped. What cannot be seen is shown as a picture of it or by its number, so that two
   * texts that differ look different.
   */
  Html text(String text) {
    text.codePoints().forEach(this::character);
    return this;
  }

  private void character(int c) {
    switch (c) {
      case '<' -> out.append("&lt;");
      case '>' -> out.append("&gt;");
      case '&' -> out.append("&amp;");
      case '"' -> out.append("&quot;");
      case '\'' -> out.append("&#39;");
      default -> {
        if (c < 0x20) {
          out.appendCodePoint(0x2400 + c);
        } else if (c == 0x7F) {
          out.appendCodePoint(0x2421);
        } else if (isInvisible(c)) {
          out.append(String.format("\\u{%X}", c));
        } else {
          out.appendCodePoint(c);
        }
      }
    }
  }

  private static boolean isInvisible(int c) {
    int type = Character.getType(c);
    return type == Character.CONTROL
        || type == Character.FORMAT
        || type == Character.SURROGATE
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR;
  }

  Html attribute(String name, String value) {
    return raw(" " + name + "=\"").text(value).raw("\"");
  }

  Html element(String name, String text) {
    return element(name, text, "");
  }

  Html element(String name, String text, String attributes) {
    raw("<" + name + (attributes.isEmpty() ? "" : " " + attributes) + ">");
    return text(text == null ? "" : text).raw("</" + name + ">\n");
  }

  /** Begins a table that scrolls by itself where it is too wide, by keyboard too. */
  void table(String... headings) {
    raw("<div class=\"scroll\" tabindex=\"0\">\n<table>\n<thead><tr>");
    for (String heading : headings) {
      raw("<th scope=\"col\">").text(heading).raw("</th>");
    }
    raw("</tr></thead>\n<tbody>\n");
  }

  void row(String heading, String... cells) {
    raw("<tr><th scope=\"row\">").text(heading).raw("</th>");
    for (String cell : cells) {
      raw("<td>").text(cell == null ? "" : cell).raw("</td>");
    }
    raw("</tr>\n");
  }

  void endTable() {
    raw("</tbody>\n</table>\n</div>\n");
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
