package io.github.wsproof.client;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an HTTP answer says of who answered, and through whom (RFC 9110 sections 7.6.3, 10.2.4). */
final class AnsweredBy {
  private static final int LONGEST = 100;

  private AnsweredBy() {}

  /** The headers Server and Via, joined, without what is not to be printed; null without both. */
  static String of(Map<String, List<String>> headers) {
    String joined =
        Stream.of("Server", "Via")
            .flatMap(name -> values(headers, name))
            .map(value -> value.replaceAll("\\p{Cntrl}+", " ").strip())
            .filter(value -> !value.isEmpty())
            .collect(Collectors.joining(", via "));
    if (joined.isEmpty()) {
      return null;
    }
    return joined.length() <= LONGEST ? joined : joined.substring(0, LONGEST) + "…";
  }

  private static Stream<String> values(Map<String, List<String>> headers, String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> header.getValue().stream());
  }
}
