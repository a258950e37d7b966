package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.github.wsproof.ledger.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a handshake says, through what it goes, and how its refusal is told. */
@Timeout(60)
class HandshakeTest {
  private static Report run(String url, ConnectionOptions options) throws Exception {
    return RunPlan.to(url).messages(5).connection(options).build().run();
  }

  @Test
  void headersCookiesCredentialsAndOriginAreSentAndNotShown() throws Exception {
    CompletableFuture<java.util.Map<String, List<String>>> seen = new CompletableFuture<>();
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          seen.complete(java.util.Map.copyOf(exchange.getRequestHeaders()));
          exchange.sendResponseHeaders(403, -1);
          exchange.close();
        });
    server.start();
    Report report;
    try {
      report =
          run(
              "ws://127.0.0.1:" + server.getAddress().getPort(),
              ConnectionOptions.builder()
                  .header("X-Team: blue")
                  .cookie("a=hidden1")
                  .cookie("b=hidden2")
                  .bearer("hidden3")
                  .header("Origin", "https://chat.example")
                  .subprotocol("v2.chat")
                  .subprotocol("v1.chat")
                  .build());
    } finally {
      server.stop(0);
    }
    assertThat(seen.get(10, TimeUnit.SECONDS))
        .containsEntry("X-team", List.of("blue"))
        .containsEntry("Cookie", List.of("a=hidden1; b=hidden2"))
        .containsEntry("Authorization", List.of("Bearer hidden3"))
        .containsEntry("Origin", List.of("https://chat.example"))
        .containsEntry("Sec-websocket-protocol", List.of("v2.chat, v1.chat"));
    assertThat(Reports.toJson(report)).contains("X-Team: blue", "Cookie: ***");
    assertThat(Reports.toJson(report)).doesNotContain("hidden");
  }

  private static InetAddress loopback() {
    return InetAddress.getLoopbackAddress();
  }

  @Test
  void aProxyWithCredentialsIsGoneThrough() throws Exception {
    String credentials = Base64.getEncoder().encodeToString("me:pass:word".getBytes(UTF_8));
    try (ConnectProxy proxy = new ConnectProxy(credentials);
        LyingServer server =
            LyingServer.start((client, message, n) -> client.send(LyingServer.honest(message)))) {
      Report report =
          run(
              server.url(),
              ConnectionOptions.builder().proxy(proxy.url()).proxyUser("me:pass:word").build());

      assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
      assertThat(proxy.requests.get(0)).startsWith("CONNECT 127.0.0.1:");
      assertThat(Reports.toJson(report)).contains(proxy.url()).doesNotContain(credentials);
      assertThat(
              run(server.url(), ConnectionOptions.builder().proxy(proxy.url()).build())
                  .reasons()
                  .get(0))
          .contains("refused by the proxy with HTTP 407", "--proxy-user");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "200 | ordinary page",
        "301 | wss://other.example/x",
        "302 | wss://other.example/x",
        "400 | headers Upgrade and Connection",
        "401 | Basic realm",
        "403 | Origin",
        "404 | context path",
        "404 | headers Upgrade and Connection",
        "426 | proxy_http_version 1.1",
        "429 | Retry-After: 7",
        "502 | restarting",
        "503 | Retry-After: 7",
        "504 | in vain",
      })
  void aRefusalIsToldWithStatusCauseAndTheStartOfItsBody(int status, String hint) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback(), 0), 0);
    String body = "<html>\n <b>Sorry</b>" + "x".repeat(300) + "END";
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "https://other.example/x");
          exchange.getResponseHeaders().add("Retry-After", "7");
          exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"x\"");
          exchange.sendResponseHeaders(status, body.length());
          exchange.getResponseBody().write(body.getBytes(UTF_8));
          exchange.close();
        });
    server.start();
    try {
      String reason =
          run("ws://127.0.0.1:" + server.getAddress().getPort() + "/x", ConnectionOptions.NONE)
              .reasons()
              .get(0);
      assertThat(reason)
          .contains("refused with HTTP " + status, hint, "begins \"<html> <b>Sorry</b>xxx")
          .doesNotContain("END");
      assertThat(reason.substring(reason.indexOf("<html>"))).hasSize(200 + "…\"".length());
    } finally {
      server.stop(0);
    }
  }

  /** Else they would have to know all of these by heart. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Server | nginx/1.22.1                 | proxy_set_header Upgrade",
        "Server | Apache/2.4.71 (Debian)       | upgrade=websocket",
        "Via    | 1.1 varnish (Varnish/7.1)    | return (pipe)",
        "Server | lighttpd/1.4.69              | proxy.header",
        "Server | Apache-Coyote/1.1            | nginx needs",
      })
  void theProxyThatAnsweredIsToldWithTheSettingThatItNeeds(
      String header, String name, String setting) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(loopback(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add(header, name);
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    server.start();
    try {
      assertThat(
              run("ws://127.0.0.1:" + server.getAddress().getPort(), ConnectionOptions.NONE)
                  .reasons()
                  .get(0))
          .contains(setting);
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"nothing", ": x", "Upgrade: x", "Sec-WebSocket-Protocol: x", "a b: c", "X: a\nb"})
  void aHeaderThatIsNoneIsRefused(String line) {
    assertThatThrownBy(() -> ConnectionOptions.builder().header(line))
        .hasMessageStartingWith("must ")
        .hasMessageContaining("header=");
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://h:1", "http://h:1/path", "http://", "http://h:99999"})
  void aProxyThatIsNoneIsRefused(String url) {
    assertThatThrownBy(() -> ConnectionOptions.builder().proxy(url))
        .hasMessageContaining("must be http://host:port");
  }
}
