package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The parameters of a query, and sentences about what they must not say. */
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

  /**
   * All of them, by name.
   *
   * @param query as it was sent, or null
   * @throws IllegalArgumentException with a sentence, if it cannot be decoded
   */
  static Map<String, List<String>> of(String query) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String pair : query == null || query.isEmpty() ? new String[0] : query.split("&")) {
      String[] parts = pair.split("=", 2);
      all.computeIfAbsent(decoded(parts[0]), name -> new ArrayList<>())
          .add(parts.length == 1 ? "" : decoded(parts[1]));
    }
    return all;
  }

  /** A parameter's first value in a query, decoded; null if there is none that makes sense. */
  static String first(String query, String name) {
    for (String pair : query == null ? new String[0] : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        try {
          return URLDecoder.decode(pair.substring(name.length() + 1), UTF_8);
        } catch (IllegalArgumentException e) {
          // A percent sign that begins nothing: no value.
          return null;
        }
      }
    }
    return null;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "a % in the query must begin a byte in two hexadecimal digits, as in %20", e);
    }
  }
}
