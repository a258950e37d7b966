package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Request lines that no honest client sends. */
@Timeout(60)
class PathsTest {
  private static final List<String> ODD =
      List.of(
          "%00%ff",
          "%00",
          "%zz",
          "%",
          "%2",
          "%2f",
          "%5c",
          "\\..\\",
          "%2e%2e%2f%2e%2e%2fetc/passwd",
          "../../../../etc/passwd",
          "..%2f",
          "%c0%af",
          "%c0%ae%c0%ae/",
          "%e0%80%af",
          "%ed%a0%80",
          "%ff",
          "\u00ff\u00fe",
          "\u0000",
          "\u0001",
          "%0d%0aX:y",
          ";x=y",
          "a/..",
          "a/.",
          ".",
          "a".repeat(3_000),
          "a".repeat(7_000),
          "a".repeat(100_000),
          "%41".repeat(2_000),
          "x?%zz",
          "x?from=%ff",
          "x?" + "a".repeat(7_000));

  private static DevServer server;

  @BeforeAll
  static void start() throws Exception {
    server = DevServer.start("127.0.0.1", 0);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static String answer(String method, String target) throws IOException {
    try (RawClient client = new RawClient(server)) {
      client.send(
          (method + " " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
              .getBytes(ISO_8859_1));
      return client.answer();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/echo/",
        "/echo/sessions/",
        "/echo/sessions/x/",
        "/health/",
        "/metrics/",
        "/rooms/",
        "/rooms/admin/",
        "/stream/",
        "/admin/"
      })
  void anOddPathIsRefusedInWords(String path) throws Exception {
    for (String odd : ODD) {
      for (String method : List.of("GET", "POST", "DELETE")) {
        String answer = answer(method, path + odd);

        String asked = method + " " + path + odd.substring(0, Math.min(60, odd.length()));
        // Of these, some are another way to write a path that exists.
        assertThat(answer).as(asked).matches("(?s)HTTP/1.1 (4\\d\\d|200|204) .*");
        assertThat(answer.split("\r\n\r\n", 2)[1]).as(asked).contains(" ");
      }
    }
  }

  @Test
  void whatIsNotUtf8OrLeadsOutOfTheRootIsTold() throws Exception {
    for (String path : List.of("/echo/sessions/%00%ff", "/%ff", "/../x", "/a%2fb", "/a\\b")) {
      assertThat(answer("GET", path))
          .startsWith("HTTP/1.1 400 ")
          .endsWith(
              "The path must be UTF-8, percent-encoded, without NUL, \\ or %2F, below the root.\n");
    }
  }

  /** A long one was once a stack overflow, and no answer. */
  @Test
  void aLongPathIsToldThatThereIsNothing() throws Exception {
    assertThat(answer("GET", "/health/" + "a".repeat(7_000))).startsWith("HTTP/1.1 404 ");
    assertThat(answer("GET", "/" + "a".repeat(100_000))).startsWith("HTTP/1.1 431 ");
  }

  /** RFC 9112 §3.2.2: a server takes both forms. */
  @Test
  void aTargetMayHaveSchemeAndHost() throws Exception {
    assertThat(answer("GET", "http://localhost/health")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void thePageSaysWhatItIsFor() throws Exception {
    assertThat(answer("POST", "/"))
        .startsWith("HTTP/1.1 405 ")
        .contains("\r\nAllow: GET\r\n")
        .endsWith("the page is for GET; messages go by POST to /echo\n");
  }
}
