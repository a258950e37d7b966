package io.github.wsproof.carriers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.http.HttpResponse;

/** An answer that is none of those that are wanted. */
final class Refused {
  private static final int LONGEST = 120;

  private Refused() {}

  static String sentence(String method, String path, HttpResponse<byte[]> answer) {
    String said =
        new String(answer.body(), UTF_8).lines().findFirst().orElse("").replaceAll("\\p{C}", " ");
    String shown = said.length() > LONGEST ? said.substring(0, LONGEST) + "…" : said;
    return method
        + " "
        + path
        + " was answered with HTTP "
        + answer.statusCode()
        + (shown.isEmpty() ? "" : ": " + shown);
  }
}
