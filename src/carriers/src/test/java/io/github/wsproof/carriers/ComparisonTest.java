package io.github.wsproof.carriers;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.ServerIdentity;
import io.github.wsproof.client.TlsOptions;
import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.ledger.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class ComparisonTest {
  private static Plan plan(String url, ConnectionOptions connection, Duration drain) {
    return new Plan(
        URI.create(url), 10, 40, 4, 2, 100, Duration.ofMillis(20), drain, null, connection, 7);
  }

  private static Comparison compare(String url) throws Exception {
    Plan plan = plan(url, ConnectionOptions.NONE, Duration.ofSeconds(2));
    return Comparison.of(plan, progress -> {});
  }

  /** Each transport and round waits for what is lost. */
  private static Comparison compareBriefly(String url) throws Exception {
    Plan plan = plan(url, ConnectionOptions.NONE, Duration.ofMillis(300));
    return Comparison.of(plan, progress -> {});
  }

  private static Result of(Comparison comparison, String transport) {
    return comparison.results().stream()
        .filter(result -> result.transport().equals(transport))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyMessageOfEachTransportIsAccountedFor() throws Exception {
    try (DevServer server = DevServer.start("127.0.0.1", 0)) {
      Plan plan = plan(server.uri().toString(), ConnectionOptions.NONE, Duration.ofSeconds(20));
      Comparison comparison = Comparison.of(plan, progress -> {});

      assertThat(comparison.verdict()).as(() -> comparison.toJson()).isEqualTo(Verdict.PASS);
      assertThat(comparison.results())
          .extracting(Result::transport)
          .containsExactly(
              "websocket",
              "request and response",
              "short polling",
              "long polling",
              "server-sent events");
      for (Result result : comparison.results()) {
        // Two rounds, and one to warm up.
        assertThat(result.counts().delivered()).as(result.transport()).isEqualTo(150);
        assertThat(result.oneAtATime().messages()).isEqualTo(20);
        assertThat(result.oneAtATime().latencyMicros().p50()).isPositive();
        // A message of 100 bytes and its reply.
        assertThat(result.oneAtATime().inboundBytesPerMessage()).isBetween(104.0, 2000.0);
        assertThat(result.oneAtATime().outboundBytesPerMessage()).isBetween(104.0, 2000.0);
      }
      assertThat(of(comparison, "request and response").oneAtATime().pushMicros()).isNull();
      assertThat(of(comparison, "request and response").oneAtATime().requests()).isEqualTo(20);
      assertThat(of(comparison, "request and response").oneAtATime().connections()).isEqualTo(2);
      assertThat(of(comparison, "websocket").oneAtATime().connections()).isEqualTo(2);
      assertThat(of(comparison, "websocket").oneAtATime().bytesPerMessage())
          .isLessThan(of(comparison, "request and response").oneAtATime().bytesPerMessage());
      assertThat(Page.of(comparison)).contains("<svg", "long polling").doesNotContain("<script");
      assertThat(String.join("\n", Table.of(comparison))).contains("server-sent events");
    }
  }

  @Test
  void tlsIsCountedOnTheWire() throws Exception {
    ServerIdentity identity = ServerIdentity.selfSigned("localhost");
    try (DevServer server = DevServer.start("127.0.0.1", 0, identity.context())) {
      ConnectionOptions insecure =
          ConnectionOptions.builder().tls(TlsOptions.of(null, null, null, null, true)).build();
      Comparison comparison =
          Comparison.of(
              plan(server.uri().toString(), insecure, Duration.ofSeconds(20)), progress -> {});

      assertThat(comparison.verdict()).isEqualTo(Verdict.PASS);
      // The handshake of TLS alone is more than a thousand bytes.
      assertThat(of(comparison, "websocket").oneAtATime().bytesPerMessage()).isGreaterThan(400);
    }
  }

  /** Neither the JDK's class names, nor the bytes themselves. */
  @ParameterizedTest
  @CsvSource({
    "'',                       the connection was closed without an answer",
    "'\u0000\u001b[2J no HTTP', what answers speaks no HTTP/1.1",
  })
  void whatAnswersNoHttpIsToldInWords(String answer, String sentence) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      // It ends with the server's socket.
      Thread answering = new Thread(() -> answer(server, answer));
      answering.setDaemon(true);
      answering.start();

      Comparison comparison = compare("ws://127.0.0.1:" + server.getLocalPort() + "/echo");

      assertThat(comparison.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      for (String transport : List.of("request and response", "short polling")) {
        assertThat(of(comparison, transport).missing())
            .contains(sentence)
            .doesNotContain("Exception", "\u001b");
      }
    }
  }

  /** Reads a head and answers it, until the server is closed. */
  private static void answer(ServerSocket server, String answer) {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        for (String line = in.readLine(); line != null && !line.isEmpty(); ) {
          line = in.readLine();
        }
        socket
            .getOutputStream()
            .write((answer + (answer.isEmpty() ? "" : "\r\n\r\n")).getBytes(US_ASCII));
      } catch (IOException e) {
        // The client, or the test, has gone.
        continue;
      }
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsTold() throws Exception {
    ServerIdentity identity = ServerIdentity.selfSigned("localhost");
    try (DevServer server = DevServer.start("127.0.0.1", 0, identity.context())) {
      Comparison comparison = compare(server.uri().toString());

      assertThat(comparison.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(of(comparison, "request and response").missing())
          .startsWith("could not connect to 127.0.0.1:" + server.port() + ": ")
          .contains("certification path");
    }
  }

  @Test
  void whatTheServerHasNotIsToldAndDoesNotFail() throws Exception {
    try (PlainServer server = new PlainServer(false, (message, n) -> List.of(message + " - 5"))) {
      Comparison comparison = compare(server.url());

      assertThat(comparison.verdict()).as(comparison::toJson).isEqualTo(Verdict.PASS);
      assertThat(of(comparison, "websocket").missing()).contains("404");
      assertThat(of(comparison, "long polling").missing())
          .isEqualTo("POST /echo/sessions was answered with HTTP 404: there is nothing here");
      assertThat(of(comparison, "request and response").counts().delivered()).isEqualTo(150);
    }
  }

  @Test
  void aServerThatHasNoneOfThemProvesNothing() throws Exception {
    try (PlainServer server = new PlainServer(false, (message, n) -> List.of("hello"))) {
      Comparison comparison = compare(server.url());

      assertThat(comparison.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(of(comparison, "request and response").missing())
          .isEqualTo("POST /echo was answered, but not with the message");
    }
  }

  @Test
  void aChangedReplyIsCorruptedAndATwofoldOneADuplicate() throws Exception {
    try (PlainServer server =
        new PlainServer(
            true,
            (message, n) ->
                n % 10 == 3
                    ? List.of(message.replace("Request", "Rekuest") + " - 5", message + " - 5")
                    : List.of(message + " - 5"))) {
      Comparison comparison = compareBriefly(server.url());

      assertThat(comparison.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(of(comparison, "request and response").counts().corrupted()).isPositive();
      assertThat(of(comparison, "short polling").counts().corrupted()).isPositive();
      assertThat(of(comparison, "short polling").counts().duplicated()).isPositive();
    }
  }

  @Test
  void aSwallowedReplyIsLost() throws Exception {
    try (PlainServer server =
        new PlainServer(true, (message, n) -> n == 7 ? List.of("") : List.of(message + " - 5"))) {
      Comparison comparison = compareBriefly(server.url());

      assertThat(comparison.verdict()).isEqualTo(Verdict.FAIL);
      Result polling = of(comparison, "short polling");
      assertThat(polling.counts().lost() + polling.counts().corrupted()).isPositive();
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(
            () -> plan("http://localhost/", ConnectionOptions.NONE, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did you mean ws://localhost/?");
    ConnectionOptions proxied = ConnectionOptions.builder().proxy("http://proxy:1").build();
    assertThatThrownBy(() -> plan("ws://localhost/", proxied, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("proxy=http://proxy:1");
  }
}
