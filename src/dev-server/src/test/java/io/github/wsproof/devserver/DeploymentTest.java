package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits, access, figures and draining, from outside. */
@Timeout(60)
class DeploymentTest {
  private static final String TOKEN = "correct-horse";
  private static final String ADMIN_TOKEN = "battery-staple";

  private DevServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private void start(String... settings) throws Exception {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put("wsproof." + settings[i], settings[i + 1]);
    }
    server = DevServer.start("127.0.0.1", 0, map::get);
  }

  private URI uri(String path) {
    return server.uri().resolve(path);
  }

  private HttpResponse<String> http(String method, String path, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The status and the sentence with which a handshake is answered. */
  private String handshake(String path, String... headerLines) throws Exception {
    StringBuilder request =
        new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: example.org\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n")
            .append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    for (String line : headerLines) {
      request.append(line).append("\r\n");
    }
    try (RawClient client = new RawClient(server)) {
      client.send(request.append("\r\n").toString().getBytes(US_ASCII));
      return client.head().lines().findFirst().orElseThrow().split(" ")[1];
    }
  }

  private double figure(String name) throws Exception {
    String text = http("GET", "/metrics").body();
    Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(text);
    assertThat(matcher.find()).as(name + " in " + text).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.org,      101",
    "https://example.org,     101",
    "http://EXAMPLE.org:80,   101",
    "https://friend.example,  101",
    "http://friend.example,   403",
    "https://evil.example,    403",
    "http://example.org.evil, 403",
    "http://example.org:8080, 403",
    "http://localhost:1,      403",
    "null,                    403",
    "'',                      403",
    "http://[,                403",
  })
  void onlyPagesOfItsOwnOriginAndOfTheListMayConnect(String origin, String status)
      throws Exception {
    start("allowed-origins", "https://friend.example, https://other.example");

    assertThat(handshake("/echo", "Origin: " + origin)).isEqualTo(status);
    assertThat(handshake("/echo")).isEqualTo("101");
  }

  @Test
  void aPageBehindAProxyIsOfTheHostThatTheProxyNames() throws Exception {
    start();

    String origin = "Origin: https://public.example";
    assertThat(handshake("/echo", origin, "X-Forwarded-Host: public.example")).isEqualTo("101");
    assertThat(handshake("/echo", origin)).isEqualTo("403");
  }

  @Test
  void aTokenIsBorneInAHeaderOrTheQuery() throws Exception {
    start("token", TOKEN);

    assertThat(handshake("/echo")).isEqualTo("401");
    assertThat(handshake("/echo", "Authorization: Bearer wrong-token")).isEqualTo("401");
    assertThat(handshake("/echo?access_token=wrong-token")).isEqualTo("401");
    assertThat(handshake("/echo", "Authorization: bearer " + TOKEN)).isEqualTo("101");
    assertThat(handshake("/echo?access_token=" + TOKEN)).isEqualTo("101");
    assertThat(figure("wsproof_refused_handshakes_total{cause=\"token\"}")).isEqualTo(3);
  }

  @Test
  void figuresDrainingAndTheAdminSocketAreForAdministrators() throws Exception {
    start("admin-token", ADMIN_TOKEN);

    for (String path : new String[] {"/metrics", "/drain"}) {
      HttpResponse<String> refused = http("POST", path, "Authorization", "Bearer " + TOKEN);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
      assertThat(refused.body()).isEqualTo("a valid bearer token is needed\n");
    }
    assertThat(handshake("/admin")).isEqualTo("401");
    assertThat(http("GET", "/health").body()).isEqualTo("ok\n");
    assertThat(http("GET", "/metrics", "Authorization", "Bearer " + ADMIN_TOKEN).statusCode())
        .isEqualTo(200);
    assertThat(http("GET", "/drain", "Authorization", "Bearer " + ADMIN_TOKEN).statusCode())
        .isEqualTo(405);
    try (JdkClient echo = JdkClient.connect(uri("/echo"));
        JdkClient admin =
            JdkClient.connect(uri("/admin"), "Authorization", "Bearer " + ADMIN_TOKEN)) {
      echo.send("hello");
      echo.next();
      String told = admin.next();
      while (!told.contains("\"replies\":1,")) {
        told = admin.next();
      }
      assertThat(told).startsWith("{\"open\":2,").contains("\"path\":\"/echo\"");
    }
  }

  @Test
  void withoutATokenAProxyMakesNoAdministrator() throws Exception {
    start();

    assertThat(http("GET", "/metrics").statusCode()).isEqualTo(200);
    assertThat(http("GET", "/metrics", "X-Forwarded-For", "127.0.0.1").statusCode()).isEqualTo(403);
  }

  @Test
  void aPageOfAnotherSiteNeitherDrainsNorReadsFigures() throws Exception {
    start();

    assertThat(http("POST", "/drain", "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(http("GET", "/metrics", "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(http("GET", "/health").statusCode()).isEqualTo(200);
  }

  /** A site may let its own name lead to this machine, for its page in a browser here. */
  @Test
  void withoutATokenAnotherNameOfThisMachineMakesNoAdministrator() throws Exception {
    start();
    try (RawClient client = new RawClient(server)) {
      client.send("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n".getBytes(US_ASCII));
      assertThat(client.head()).startsWith("HTTP/1.1 403 ");
    }
  }

  @Test
  void connectionsOfAnAddressAreLimited() throws Exception {
    start("max-connections-per-address", "2");
    JdkClient first = JdkClient.connect(uri("/echo"));
    try (JdkClient second = JdkClient.connect(uri("/"))) {
      assertThat(handshake("/echo")).isEqualTo("503");
      second.send("still");
      assertThat(second.next()).startsWith("still - ");
      assertThat(figure("wsproof_refused_handshakes_total{cause=\"connections-per-address\"}"))
          .isEqualTo(1);
      first.close();
      while (figure("wsproof_connections") > 1) {
        Thread.sleep(10);
      }
      assertThat(handshake("/echo")).isEqualTo("101");
    }
  }

  @Test
  void connectionsHandshakesAndQueriesAreLimited() throws Exception {
    start("max-connections", "1", "max-query-bytes", "40");
    try (JdkClient only = JdkClient.connect(uri("/echo"))) {
      assertThat(handshake("/echo")).isEqualTo("503");
      assertThat(handshake("/echo?min=1&padding=" + "x".repeat(40))).isEqualTo("414");
      only.send("hello");
      assertThat(only.next()).startsWith("hello - ");
    }
  }

  @Test
  void handshakesOfASecondAreLimited() throws Exception {
    start("max-handshakes-per-second", "3");

    for (int i = 0; i < 3; i++) {
      assertThat(handshake("/echo")).isEqualTo("101");
    }
    assertThat(handshake("/echo")).isEqualTo("429");
  }

  @ParameterizedTest
  @CsvSource({"max-messages-per-second, 20, messages", "max-bytes-per-second, 120, bytes"})
  void messagesOfASecondAreLimited(String setting, String limit, String what) throws Exception {
    start(setting, limit);
    try (JdkClient honest = JdkClient.connect(uri("/echo"));
        JdkClient greedy = JdkClient.connect(uri("/echo"))) {
      int sent = greedy.sendUntilClosed("hello", 10_000);
      String last = greedy.next();
      int replies = 0;
      while (last.startsWith("hello - ")) {
        replies++;
        last = greedy.next();
      }
      assertThat(last).isEqualTo("closed 1008 more " + what + " in a second than are allowed");
      assertThat(replies).isBetween(20, sent);
      honest.send("hello");
      assertThat(honest.next()).startsWith("hello - ");
    }
  }

  @ParameterizedTest
  @CsvSource({"idle-timeout, no message for 1 s", "max-lifetime, open for 1 s"})
  void idleAndOldConnectionsAreClosed(String setting, String reason) throws Exception {
    start(setting, "1");
    try (JdkClient client = JdkClient.connect(uri("/echo"))) {
      assertThat(client.next()).isEqualTo("closed 1001 " + reason);
    }
    assertThat(figure("wsproof_closes_total{code=\"1001\"}")).isEqualTo(1);
  }

  @Test
  void figuresAreThoseOfTheMessages() throws Exception {
    start();
    long received = 0;
    try (JdkClient client = JdkClient.connect(uri("/echo?min=7&max=7"))) {
      for (int i = 0; i < 1000; i++) {
        client.send("häß" + i);
        received += client.next().getBytes(UTF_8).length;
      }
      assertThat(figure("wsproof_connections")).isEqualTo(1);
      assertThat(figure("wsproof_messages_received_total")).isEqualTo(1000);
      assertThat(figure("wsproof_replies_sent_total")).isEqualTo(1000);
      assertThat(figure("wsproof_bytes_sent_total")).isEqualTo(received);
      assertThat(figure("wsproof_bytes_received_total")).isEqualTo(received - 4000);
      assertThat(figure("wsproof_handling_seconds_count")).isBetween(62.0, 63.0);
    }
  }

  @Test
  void drainingAnswersWhatWasReceivedAndClosesWith1001() throws Exception {
    start();
    CompletableFuture<HttpResponse<String>> drained;
    try (JdkClient busy = JdkClient.connect(uri("/echo"));
        JdkClient idle = JdkClient.connect(uri("/echo"))) {
      for (int i = 0; i < 1000; i++) {
        busy.send("Request " + i);
      }
      drained =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return http("POST", "/drain");
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      for (int i = 0; i < 1000; i++) {
        assertThat(busy.next()).startsWith("Request " + i + " - ");
      }
      assertThat(busy.next()).isEqualTo("closed 1001 the server is stopping");
      assertThat(idle.next()).isEqualTo("closed 1001 the server is stopping");
      HttpResponse<String> answer = drained.get(20, TimeUnit.SECONDS);
      assertThat(answer.body())
          .isEqualTo("drained: 2 closed, 0 messages unanswered, 0 still open\n");
    }
    assertThat(http("GET", "/health").statusCode()).isEqualTo(503);
    assertThat(handshake("/echo")).isEqualTo("503");
  }

  @Test
  void thePageIsProtected() throws Exception {
    start();

    HttpResponse<String> page = http("GET", "/");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(page.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
  }

  @ParameterizedTest
  @CsvSource({"/", "/echo", "/admin", "/stream/a", "/rooms/a", "/rooms/a/b"})
  void aHandshakeThatLostItsUpgradeIsToldSo(String path) throws Exception {
    start();
    HttpResponse<String> lost = http("GET", path, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");

    assertThat(lost.statusCode()).isEqualTo(426);
    assertThat(lost.headers().firstValue("Upgrade")).hasValue("websocket");
    assertThat(lost.body()).contains("without its header Upgrade", "a proxy on the way");
  }

  /** Grizzly has no phrase for it. */
  @Test
  void aPlainRequestForASocketIsAnsweredInTheWordsOfItsStatus() throws Exception {
    start();
    try (RawClient client = new RawClient(server)) {
      client.send("GET /echo HTTP/1.1\r\nHost: example.org\r\n\r\n".getBytes(US_ASCII));
      assertThat(client.head()).startsWith("HTTP/1.1 426 Upgrade Required\r\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"/echo", "/admin", "/stream/a", "/rooms/a", "/rooms/a/b"})
  void whoAsksForASocketAsForAPageIsToldWhatItIs(String path) throws Exception {
    start();
    HttpResponse<String> page = http("GET", path);

    assertThat(page.statusCode()).isEqualTo(426);
    assertThat(page.body()).contains("connect with ws://");
    assertThat(http("GET", "/").statusCode()).isEqualTo(200);
  }
}
