package io.github.wsproof.server;

import java.util.List;
import java.util.Map;

/** What a handshake's query says, and sentences about what it must not say. */
final class Query {
  private static final int LONGEST_SHOWN = 40;

  /** As messages are numbered: 15 digits are enough for any of them. */
  private static final String NUMBER = "\\d{1,15}";

  private Query() {}

  /**
   * The value of a parameter that may be given once, or null.
   *
   * @throws IllegalArgumentException with a sentence, if it is given more than once
   */
  static String only(String name, Map<String, List<String>> query) {
    List<String> values = query.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new IllegalArgumentException(name + " must be given once: " + values.size() + " times");
    }
    return values.isEmpty() ? null : values.get(0);
  }

  /** Whether that is a message's number. */
  static boolean isNumber(String value) {
    return value.matches(NUMBER);
  }

  /**
   * The first message that is wanted.
   *
   * @param otherwise where the query says none
   * @throws IllegalArgumentException with a sentence, if it is none
   */
  static long from(String value, long otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (!isNumber(value)) {
      throw wrong("from must be a message's number, 0 or more", "from", value);
    }
    return Long.parseLong(value);
  }

  /** What to say of a value that makes no sense. */
  static IllegalArgumentException wrong(String rule, String name, String value) {
    String shown =
        value.length() > LONGEST_SHOWN ? value.substring(0, LONGEST_SHOWN) + "..." : value;
    return new IllegalArgumentException(rule + ": " + name + "=" + shown);
  }
}
