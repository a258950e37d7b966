package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.protocol.Receipt;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DevServerTest {
  private static final int LIMIT = 1 << 20;
  private static DevServer server;

  @BeforeAll
  static void start() throws Exception {
    server = DevServer.start(DevServer.LOOPBACK, 0);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static URI uri(String path) {
    return server.uri().resolve(path);
  }

  private static void assertReply(String reply, String message) {
    assertThat(reply).startsWith(message + " - ");
    assertThat(Integer.parseInt(reply.substring(message.length() + 3))).isBetween(1, 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/echo"})
  void tenThousandOneAtATime(String path) throws Exception {
    try (JdkClient client = JdkClient.connect(uri(path))) {
      for (int i = 0; i < 10_000; i++) {
        client.send("Request " + i);
        assertReply(client.next(), "Request " + i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/echo"})
  void tenThousandInRapidSuccession(String path) throws Exception {
    try (JdkClient client = JdkClient.connect(uri(path))) {
      for (int i = 0; i < 10_000; i++) {
        client.send("Request [" + i + "]");
      }
      for (int i = 0; i < 10_000; i++) {
        assertReply(client.next(), "Request [" + i + "]");
      }
    }
  }

  @Test
  void aBinaryMessageGetsABinaryReply() throws Exception {
    try (JdkClient client = JdkClient.connect(uri("/echo?min=7&max=7"))) {
      client.send(new byte[] {0, (byte) 200, 2});

      assertThat(client.next()).isEqualTo("binary \0È\2 - 7");
    }
  }

  @Test
  void aMessageMayHaveOneMebibyte() throws Exception {
    try (JdkClient client = JdkClient.connect(uri("/echo?min=7&max=7"))) {
      client.send("é".repeat(LIMIT / 2));
      assertThat(client.next()).isEqualTo("é".repeat(LIMIT / 2) + " - 7");
      client.send(new byte[LIMIT]);
      assertThat(client.next()).hasSize("binary ".length() + LIMIT + " - 7".length());
    }
  }

  @Test
  void aLongerTextIsRefusedWith1009() throws Exception {
    try (JdkClient client = JdkClient.connect(uri("/echo"))) {
      client.send("é".repeat(LIMIT / 2) + "x");

      assertThat(client.next()).isEqualTo("closed 1009 a message may have at most 1048576 bytes");
    }
  }

  @Test
  void aLongerBinaryMessageIsRefusedWith1009() throws Exception {
    try (JdkClient client = JdkClient.connect(uri("/echo"))) {
      client.send(new byte[LIMIT + 1]);

      assertThat(client.next()).isEqualTo("closed 1009 a message may have at most 1048576 bytes");
    }
  }

  @Test
  void aConnectionChoosesItsForm() throws Exception {
    String form = URLEncoder.encode("{message}: {random}", UTF_8);
    try (JdkClient client = JdkClient.connect(uri("/echo?min=3&max=3&form=" + form))) {
      client.send("hi");

      assertThat(client.next()).isEqualTo("hi: 3");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "min=abc, min must be a whole number: min=abc",
    "min=5&max=4, 'max must be min..9007199254740991: min=5, max=4'",
    "form=nothing, form must hold {message} exactly once: nothing",
    "receipt=2, receipt must be 0 or 1: receipt=2",
  })
  void aQueryThatMakesNoSenseIsRefusedWith1008(String query, String reason) throws Exception {
    try (JdkClient client = JdkClient.connect(uri("/echo?" + query))) {
      assertThat(client.next()).isEqualTo("closed 1008 " + reason);
    }
  }

  @Test
  void receiptsAreGivenWhereAskedFor() throws Exception {
    try (JdkClient header = JdkClient.connect(uri("/echo"), "Wsproof-Receipt", "1");
        JdkClient query = JdkClient.connect(uri("/echo?receipt=1"));
        JdkClient neither = JdkClient.connect(uri("/echo"))) {
      for (int i = 1; i <= 3; i++) {
        header.send("hi");
        query.send("hi");
        neither.send("hi");

        assertThat(Receipt.of(header.next().getBytes(UTF_8)))
            .matches(receipt -> receipt.crcMatches())
            .extracting(Receipt::count)
            .isEqualTo((long) i);
        assertThat(Receipt.of(query.next().getBytes(UTF_8)).crcMatches()).isTrue();
        assertReply(neither.next(), "hi");
      }
    }
  }

  @Test
  void receiptsNeverReachAConnectionThatDidNotAsk() {
    AtomicInteger right = new AtomicInteger();
    IntStream.range(0, 200)
        .parallel()
        .forEach(
            i -> {
              boolean asks = i % 2 == 0;
              try (JdkClient client =
                  asks
                      ? JdkClient.connect(uri("/echo"), "Wsproof-Receipt", "1")
                      : JdkClient.connect(uri("/echo"))) {
                client.send("hi");
                boolean given = Receipt.of(client.next().getBytes(UTF_8)) != null;
                right.addAndGet(given == asks ? 1 : 0);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });

    assertThat(right).hasValue(200);
  }

  @ParameterizedTest
  @CsvSource({"/, text/html", "/main.js, javascript", "/style.css, text/css"})
  void thePageIsServed(String path, String type) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type").orElse("")).contains(type);
    assertThat(response.body()).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/WEB-INF/web.xml", "/nothing", "/../EchoEndpoint.class"})
  void nothingElseIsServed(String path) throws Exception {
    HttpResponse<String> response = get(path);

    assertThat(response.statusCode()).isIn(400, 403, 404);
    assertThat(response.body()).hasSizeLessThan(100);
  }

  @Test
  void theSocketAnswersBesideThePage() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(get("/").statusCode()).isEqualTo(200);
      try (JdkClient client = JdkClient.connect(uri("/"))) {
        client.send("hi");
        assertReply(client.next(), "hi");
      }
    }
  }

  /** As curl --http2 and the JDK's client do. */
  @Test
  void anOfferToUpgradeToHttp2IsIgnored() throws Exception {
    HttpResponse<String> response = get("/", HttpClient.Version.HTTP_2);

    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html;charset=UTF-8");
    assertThat(response.body()).isEqualTo(get("/").body());
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return get(path, HttpClient.Version.HTTP_1_1);
  }

  private static HttpResponse<String> get(String path, HttpClient.Version version)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri).version(version).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void bothLoopbackAddressesListenAndNoOther() throws Exception {
    for (String host : server.hosts()) {
      new Socket(host, server.port()).close();
    }
    InetAddress own = InetAddress.getByName("127.0.0.2");
    assertThatThrownBy(() -> new Socket(own, server.port()).close())
        .isInstanceOf(java.net.ConnectException.class);
  }

  @Test
  void aTakenPortIsToldAsSuch() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> DevServer.start(DevServer.LOOPBACK, taken.getLocalPort()))
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void stoppingClosesConnectionsWith1001() throws Exception {
    DevServer other = DevServer.start("127.0.0.1", 0);
    try (JdkClient client = JdkClient.connect(other.uri())) {
      client.send("hi");
      assertReply(client.next(), "hi");

      other.close();

      assertThat(client.next()).isEqualTo("closed 1001 the server is stopping");
    }
  }
}
