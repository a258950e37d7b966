package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.StreamMessages;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Streams as programs that are not ours receive them. */
@Timeout(60)
class StreamTest {
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

  private JdkClient receive(String nameAndQuery) throws Exception {
    return JdkClient.connect(server.uri().resolve("/stream/" + nameAndQuery));
  }

  private static String message(long sequence) {
    return "\\[\\d{1,3}] Request Number \\[" + sequence + "] Waiting for next number\\.\\.\\.";
  }

  private static void expect(JdkClient client, long from, long to) throws Exception {
    for (long sequence = from; sequence < to; sequence++) {
      assertThat(client.next()).matches(message(sequence));
    }
  }

  private String http(String method, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private double figure(String name) throws Exception {
    Matcher matcher =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$")
            .matcher(http("GET", "/metrics"));
    assertThat(matcher.find()).as(name).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  private void await(String name, double value) throws Exception {
    while (figure(name) != value) {
      Thread.sleep(10);
    }
  }

  @Test
  void oneThatComesLateGetsEveryMessageFromTheFirst() throws Exception {
    start();
    server.push("requests", 500);
    try (JdkClient early = receive("requests")) {
      expect(early, 0, 200);
      try (JdkClient late = receive("requests")) {
        expect(late, 0, 300);
      }
    }
  }

  @Test
  void allGetTheSameMessages() throws Exception {
    start();
    try (JdkClient one = receive("a?rate=1000&n=100");
        JdkClient two = receive("a")) {
      for (int i = 0; i < 100; i++) {
        assertThat(one.next()).isEqualTo(two.next());
      }
      assertThat(one.next()).isEqualTo("closed 1000 all 100 messages were sent");
      assertThat(two.next()).isEqualTo("closed 1000 all 100 messages were sent");
    }
  }

  @Test
  void oneThatWasCutOffGoesOnWhereItWas() throws Exception {
    start();
    try (JdkClient first = receive("a")) {
      expect(first, 0, 50);
    }
    try (JdkClient second = receive("a?from=50")) {
      expect(second, 50, 100);
    }
  }

  @Test
  void whatTheBoundHasLetGoOfIsSaidFirst() throws Exception {
    start("stream-messages", "100");
    try (JdkClient first = receive("a?n=500")) {
      expect(first, 0, 500);
      assertThat(first.next()).isEqualTo("closed 1000 all 500 messages were sent");
    }
    try (JdkClient second = receive("a")) {
      assertThat(second.next()).isEqualTo("messages 0–399 are gone");
      expect(second, 400, 500);
    }
    try (JdkClient third = receive("a?from=399&receipt=1")) {
      assertThat(third.next()).matches("messages 399–399 are gone \\(a/.{8}/gone .{8}\\)");
      assertThat(third.next()).contains("Request Number [400]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a?from=5            | 1008 | there is no stream a yet: from=5",
        "b?from=999999999    | 1008 | from must be at most",
        "b?from=-1           | 1008 | from must be a message's number, 0 or more: from=-1",
        "b?from=1e3          | 1008 | from must be a message's number, 0 or more: from=1e3",
        "b?from=1&from=2     | 1008 | from must be given once: 2 times",
        "b?rate=7            | 1008 | the stream was started with rate=100: rate=7",
        "b?n=7               | 1008 | the stream was started without an end: n=7",
        "b?run=00000000      | 1008 | run 00000000 has ended; this is run ",
        "b?run=x             | 1008 | run must be 8 hex digits, as Wsproof-Stream tells: run=x",
        "c?rate=0            | 1008 | rate must be more than 0 and at most 1000: rate=0",
        "c?rate=1001         | 1008 | rate must be more than 0 and at most 1000: rate=1001",
        "c?n=0               | 1008 | n must be 1 or more messages: n=0",
        "c?receipt=2         | 1008 | receipt must be 0 or 1: receipt=2",
        "x!                  | 1008 | a stream's name must be 1..64 of A-Z a-z 0-9 . _ -: name=x!",
      })
  void whatMakesNoSenseClosesWithASentence(String path, int code, String reason) throws Exception {
    start("max-stream-rate", "1000");
    server.push("b", 100);
    try (JdkClient client = receive(path)) {
      assertThat(client.next()).startsWith("closed " + code + " " + reason);
    }
    assertThat(figure("wsproof_streams")).isEqualTo(1);
  }

  @Test
  void streamsAreLimited() throws Exception {
    start("max-streams", "1");
    try (JdkClient first = receive("a?rate=100");
        JdkClient second = receive("b");
        JdkClient third = receive("a")) {
      assertThat(second.next()).isEqualTo("closed 1013 the server has its 1 streams");
      expect(first, 0, 10);
      expect(third, 0, 10);
    }
    assertThat(figure("wsproof_refused_handshakes_total{cause=\"streams\"}")).isEqualTo(1);
  }

  @Test
  void aStreamThatNobodyReceivesEndsAndItsNextRunHasAnotherName() throws Exception {
    start("stream-idle", "1");
    String run;
    try (JdkClient first = receive("a?receipt=1&rate=10")) {
      run = first.next().replaceAll(".*\\(a/(.{8})/0 .*", "$1");
      assertThat(StreamMessages.isRun(run)).isTrue();
    }
    await("wsproof_streams", 0);
    try (JdkClient second = receive("a?from=5&run=" + run)) {
      assertThat(second.next()).startsWith("closed 1008 run " + run + " has ended; this is run ");
    }
  }

  @Test
  void aReceiverThatDoesNotReadHoldsUpNobodyAndIsClosed() throws Exception {
    start("stream-send-timeout", "1");
    try (RawClient deaf = new RawClient(server)) {
      deaf.send(
          ("GET /stream/a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
              .getBytes(US_ASCII));
      assertThat(deaf.head()).contains(" 101 ").contains("Wsproof-Stream: a/");
      try (JdkClient one = receive("a")) {
        expect(one, 0, 20_000);
      }
      await("wsproof_failed_sends_total", 1);
      await("wsproof_stream_receivers", 0);
      String next = deaf.next();
      while (next.matches(message(0).replace("[0", "[\\d+"))) {
        next = deaf.next();
      }
      assertThat(next).isEqualTo("closed 1013 no message was read for 1 s");
    }
  }

  @Test
  void drainingClosesReceiversBetweenTwoMessages() throws Exception {
    start();
    try (JdkClient busy = receive("a");
        JdkClient waiting = receive("b?rate=0.001")) {
      expect(waiting, 0, 1);
      assertThat(busy.next()).matches(message(0));
      assertThat(http("POST", "/drain"))
          .isEqualTo("drained: 2 closed, 0 messages unanswered, 0 still open\n");
      assertThat(waiting.next()).isEqualTo("closed 1001 the server is stopping");
      String next = busy.next();
      for (long sequence = 1; next.startsWith("["); sequence++) {
        assertThat(next).matches(message(sequence));
        next = busy.next();
      }
      assertThat(next).isEqualTo("closed 1001 the server is stopping");
    }
  }

  @Test
  void limitsOfConnectionsHoldForStreamsAsWell() throws Exception {
    start("max-messages-per-second", "20", "idle-timeout", "1");
    try (JdkClient talks = receive("a?rate=10");
        JdkClient idle = receive("b?rate=0.001")) {
      try {
        for (int i = 0; i < 30; i++) {
          talks.send("hello");
        }
      } catch (ExecutionException e) {
        // It was closed before it had said all.
        assertThat(e).hasRootCauseInstanceOf(IOException.class);
      }
      String next = talks.next();
      while (next.startsWith("[")) {
        next = talks.next();
      }
      assertThat(next).isEqualTo("closed 1008 more messages in a second than are allowed");
      expect(idle, 0, 1);
      assertThat(idle.next()).isEqualTo("closed 1001 no message for 1 s");
    }
  }
}
