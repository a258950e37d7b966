package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.deploymenttests.JdkConnection.End;
import io.github.wsproof.deploymenttests.JdkConnection.Reply;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The WAR as it is built: its page, its endpoint, and every message exactly once. */
@ExtendWith(ArquillianExtension.class)
class EchoWarIT {
  private static final int MESSAGES = 10_000;
  private static final int ONE_MEBIBYTE = 1 << 20;
  private static final String RECEIPT_HEADER = "Wsproof-Receipt";
  private static final Pattern NUMBER = Pattern.compile(" - (\\d+)");
  private static final Pattern RECEIPT = Pattern.compile("(.* \\(1 )([0-9a-f]{8})\\)");

  @ArquillianResource private URL url;
  private Address address;

  @Deployment(testable = false)
  static WebArchive war() {
    return Wars.built("wsproof.war");
  }

  @BeforeEach
  void locate() {
    address = Address.of(url);
  }

  @Test
  void thePageIsHeadedWebSocketClientAndItsFilesAnswer() throws Exception {
    HttpResponse<String> page = Http.get(address.page());
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<h1>WebSocket Client</h1>");

    assertThat(Http.get(address.page().resolve("main.js")).statusCode()).isEqualTo(200);
    assertThat(Http.get(address.page().resolve("style.css")).statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("src=\"main.js\"", "href=\"style.css\"");
    assertThat(Http.get(address.page().resolve("missing.js")).statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"1, false", "256, false", "1, true", "256, true"})
  void ourClientFindsEveryMessageDelivered(int window, boolean binary) throws Exception {
    Report report =
        RunPlan.to(address.echo().toString())
            .messages(MESSAGES)
            .window(window)
            .binary(binary)
            .build()
            .run();

    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(report.counts())
        .isEqualTo(new Counts(MESSAGES, MESSAGES, MESSAGES, 0, 0, 0, 0, 0, 0, 0, 0));
    assertThat(report.run().receipts()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, false", "256, false", "1, true", "256, true"})
  void theJdksClientGetsEachMessageBackInOrderWithANumber(int window, boolean binary)
      throws Exception {
    List<String> messages =
        IntStream.range(0, MESSAGES).mapToObj(i -> "Hello Server " + i).toList();
    List<Reply> replies;
    try (JdkConnection connection = JdkConnection.open(address.echo())) {
      replies = connection.exchange(messages, window, binary);
    }

    Set<Integer> numbers = new TreeSet<>();
    for (int i = 0; i < MESSAGES; i++) {
      Reply reply = replies.get(i);
      assertThat(reply.binary()).isEqualTo(binary);
      assertThat(reply.text()).startsWith(messages.get(i));
      numbers.add(number(reply.text().substring(messages.get(i).length())));
    }
    // Of 10,000 numbers of 1..100, one is missing once in 10^41 runs.
    assertThat(numbers).hasSize(100).contains(1, 100);
  }

  @Test
  void theHandshakeAnnouncesTheFormOfTheReplies() throws Exception {
    Handshake plain = Handshake.with(address.echo());
    assertThat(plain.status()).startsWith("HTTP/1.1 101");
    assertThat(plain.headers())
        .containsEntry("sec-websocket-accept", Handshake.ACCEPT)
        .containsEntry("wsproof-reply", "{message} - {random:1-100}")
        .doesNotContainKey("wsproof-receipt");

    assertThat(Handshake.with(address.echo("min=5&max=6")).headers())
        .containsEntry("wsproof-reply", "{message} - {random:5-6}");
    assertThat(Handshake.with(address.echo(), RECEIPT_HEADER + ": 1").headers())
        .containsEntry("wsproof-receipt", "k crc");
  }

  @ParameterizedTest
  @CsvSource({
    "min=7&max=7, hello - 7",
    "form=%7Bmessage%7D%3A+%7Brandom%7D&min=7&max=7, hello: 7",
    "form=%7Bmessage%7D+-+i+got+it, hello - i got it",
    "form=%7Brandom%7D%20%7Bmessage%7D&min=0&max=0, 0 hello",
    "min=9007199254740991&max=9007199254740991, hello - 9007199254740991"
  })
  void queryParametersSetTheFormAndTheRange(String query, String reply) throws Exception {
    try (JdkConnection connection = JdkConnection.open(address.echo(query))) {
      assertThat(connection.exchange("hello")).isEqualTo(reply);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "min=abc, min",
    "min=-1, min",
    "min=5&max=4, max",
    "max=9007199254740992, max",
    "min=1&min=2, min",
    "form=hello, form",
    "form=%7Bmessage%7D%7Bmessage%7D, form",
    "form=%7Bmessage%7D%C3%A9, form",
    "receipt=2, receipt"
  })
  void aQueryParameterThatMakesNoSenseClosesWith1008AndASentence(String query, String named)
      throws Exception {
    try (JdkConnection connection = JdkConnection.open(address.echo(query))) {
      End end = connection.end();
      assertThat(end.code()).isEqualTo(1008);
      assertThat(end.reason()).startsWith(named + " must ");
      assertThat(end.reason().getBytes(UTF_8)).hasSizeLessThanOrEqualTo(123);
    }
  }

  static Stream<String> textsOfUpToOneMebibyte() {
    return Stream.of(
        "",
        "a".repeat(8192),
        "a".repeat(8193),
        "a".repeat(65_536),
        "a".repeat(1_000_000),
        "a".repeat(ONE_MEBIBYTE),
        "é".repeat(8192),
        "€".repeat(65_536),
        "😀".repeat(8193),
        "é".repeat(ONE_MEBIBYTE / 2),
        "€".repeat(ONE_MEBIBYTE / 3) + "a",
        "😀".repeat(ONE_MEBIBYTE / 4));
  }

  @ParameterizedTest(name = "[{index}]")
  @MethodSource("textsOfUpToOneMebibyte")
  void aTextOfUpToOneMebibyteIsAnswered(String message) throws Exception {
    try (JdkConnection connection = JdkConnection.open(address.echo("min=7&max=7"))) {
      // Compared as a boolean: a mebibyte of difference helps nobody.
      assertThat(connection.exchange(message).equals(message + " - 7")).isTrue();
      assertThat(connection.exchange("hello")).isEqualTo("hello - 7");
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "8192", "8193", "65536", "1000000", "1048576"})
  void aBinaryMessageOfUpToOneMebibyteIsAnswered(int size) throws Exception {
    byte[] message = new byte[size];
    IntStream.range(0, size).forEach(i -> message[i] = (byte) (i * 31));
    try (JdkConnection connection = JdkConnection.open(address.echo("min=7&max=7"))) {
      connection.sendBinary(message);
      Reply reply = connection.reply();
      assertThat(reply.binary()).isTrue();
      byte[] expected = Arrays.copyOf(message, size + 4);
      System.arraycopy(" - 7".getBytes(UTF_8), 0, expected, size, 4);
      assertThat(Arrays.equals(reply.content(), expected)).isTrue();
    }
  }

  /** The JDK's client sends long messages in frames of 16 KiB, ours sends one frame. */
  @ParameterizedTest
  @CsvSource({
    "8192, false", "8193, false", "65536, false", "1000000, false", "1048576, false",
    "8192, true", "8193, true", "65536, true", "1000000, true", "1048576, true"
  })
  void longMessagesInOneFrameAreDelivered(int size, boolean binary) throws Exception {
    Report report =
        RunPlan.to(address.echo().toString())
            .messages(8)
            .window(4)
            .sizeBytes(size)
            .binary(binary)
            .build()
            .run();

    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(report.counts()).isEqualTo(new Counts(8, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  static Stream<String> textsOfOneByteMoreThanOneMebibyte() {
    return Stream.of(
        "a".repeat(ONE_MEBIBYTE + 1),
        "é".repeat(ONE_MEBIBYTE / 2) + "a",
        "€".repeat(ONE_MEBIBYTE / 3) + "é",
        "😀".repeat(ONE_MEBIBYTE / 4) + "a");
  }

  @ParameterizedTest(name = "[{index}]")
  @MethodSource("textsOfOneByteMoreThanOneMebibyte")
  void aTextOfOneByteMoreClosesWith1009(String message) throws Exception {
    assertThat(message.getBytes(UTF_8)).hasSize(ONE_MEBIBYTE + 1);
    try (JdkConnection connection = JdkConnection.open(address.echo())) {
      assertThat(connection.refusal(message))
          .isEqualTo(new End(1009, "a message may have at most 1048576 bytes"));
    }
  }

  @Test
  void aBinaryMessageOfOneByteMoreClosesWith1009() throws Exception {
    try (JdkConnection connection = JdkConnection.open(address.echo())) {
      assertThat(connection.refusal(new byte[ONE_MEBIBYTE + 1]))
          .isEqualTo(new End(1009, "a message may have at most 1048576 bytes"));
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aMessageOfOneByteMoreInOneFrameClosesWith1009(boolean binary) throws Exception {
    Report report =
        RunPlan.to(address.echo().toString())
            .messages(1)
            .sizeBytes(ONE_MEBIBYTE + 1)
            .binary(binary)
            .build()
            .run();

    assertThat(report.epochs()).as(report.reasons().toString()).hasSize(1);
    assertThat(report.epochs().get(0).closeCode()).as(report.reasons().toString()).isEqualTo(1009);
    assertThat(report.counts().delivered()).isZero();
  }

  @Test
  void aClientGetsReceiptsByHeaderOrByQueryParameter() throws Exception {
    try (JdkConnection byHeader = JdkConnection.open(address.echo(), RECEIPT_HEADER, "1");
        JdkConnection byParameter = JdkConnection.open(address.echo("receipt=1"));
        JdkConnection other = JdkConnection.open(address.echo("receipt=0"), RECEIPT_HEADER, "0")) {
      assertReceipt(byHeader.exchange("hello"));
      assertReceipt(byParameter.exchange("hello"));
      assertThat(other.exchange("hello")).matches("hello - \\d+");
    }
  }

  /** What a handshake asked for must reach its own connection, whatever else is being opened. */
  @Test
  void receiptsReachThoseConnectionsThatAskedForThemAndNoOther() throws Exception {
    int connections = 200;
    int threads = 20;
    CyclicBarrier together = new CyclicBarrier(threads);
    List<Callable<Void>> openers = new ArrayList<>();
    for (int thread = 0; thread < threads; thread++) {
      boolean askFirst = thread % 2 == 0;
      openers.add(
          () -> {
            together.await(30, TimeUnit.SECONDS);
            openAlternately(connections / threads, askFirst);
            return null;
          });
    }
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 5; round++) {
        for (Future<Void> opener : pool.invokeAll(openers, 60, TimeUnit.SECONDS)) {
          opener.get();
        }
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private void openAlternately(int count, boolean askFirst) throws Exception {
    List<JdkConnection> open = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean ask = askFirst == (i % 2 == 0);
      open.add(
          ask
              ? JdkConnection.open(address.echo(), RECEIPT_HEADER, "1")
              : JdkConnection.open(address.echo()));
    }
    for (int i = 0; i < count; i++) {
      boolean asked = askFirst == (i % 2 == 0);
      try (JdkConnection connection = open.get(i)) {
        String reply = connection.exchange("hello");
        if (asked) {
          assertReceipt(reply);
        } else {
          assertThat(reply).matches("hello - \\d+");
        }
      }
    }
  }

  /** The first receipt of a connection, its crc computed here: CRC-32C of all that precedes it. */
  private static void assertReceipt(String reply) {
    Matcher receipt = RECEIPT.matcher(reply);
    assertThat(receipt.matches()).as(reply).isTrue();
    CRC32C crc = new CRC32C();
    crc.update(receipt.group(1).getBytes(UTF_8));
    assertThat(receipt.group(2)).isEqualTo("%08x".formatted(crc.getValue()));
  }

  private static int number(String suffix) {
    Matcher number = NUMBER.matcher(suffix);
    assertThat(number.matches()).as(suffix).isTrue();
    return Integer.parseInt(number.group(1));
  }

  /** What a proxy makes of it that is not told to pass the header on. */
  @ParameterizedTest
  @ValueSource(strings = {"echo", "stream/a", "admin"})
  void aHandshakeThatLostItsUpgradeIsToldSo(String path) throws Exception {
    URI uri = address.page().resolve(path);
    assertThat(Http.get(uri).body()).contains("connect with ws://");

    HttpResponse<String> lost = Http.get(uri, "Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(lost.statusCode()).isEqualTo(426);
    assertThat(lost.body()).contains("without its header Upgrade", "a proxy on the way");
  }
}
