package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.Receipt;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
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

/** The echo over plain HTTP, as programs that are not ours use it. */
@Timeout(60)
class HttpTransportsTest {
  private static final String SESSIONS = "/echo/sessions";

  private final HttpClient client = HttpClient.newHttpClient();
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

  private HttpRequest request(String method, String path, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .method(method, BodyPublishers.ofByteArray(body));
    return (headers.length > 0 ? request.headers(headers) : request).build();
  }

  private HttpResponse<String> http(String method, String path, String body, String... headers)
      throws Exception {
    return client.send(
        request(method, path, body.getBytes(UTF_8), headers), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http("GET", path, "");
  }

  /** Opens a session; its path. */
  private String open(String query, String... headers) throws Exception {
    HttpResponse<String> opened = http("POST", SESSIONS + query, "", headers);
    assertThat(opened.statusCode()).as(opened.body()).isEqualTo(201);
    return "/echo/" + opened.headers().firstValue("Location").orElseThrow();
  }

  private void send(String session, String message) throws Exception {
    HttpResponse<String> taken = http("POST", session, message);
    assertThat(taken.statusCode()).as(taken.body()).isEqualTo(202);
  }

  /** A server that stops waits for who has not read yet. */
  private void end(String session) throws Exception {
    assertThat(http("DELETE", session, "").statusCode()).isEqualTo(204);
  }

  private double figure(String name) throws Exception {
    String text = get("/metrics").body();
    Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(text);
    assertThat(matcher.find()).as(name + " in " + text).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  @Test
  void aRequestIsAnsweredWithItsReply() throws Exception {
    start();

    HttpResponse<String> reply = http("POST", "/echo", "Request häß");

    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.body()).matches("Request häß - \\d{1,3}");
    assertThat(reply.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
    assertThat(reply.headers().firstValue("Wsproof-Reply")).hasValue("{message} - {random:1-100}");
    assertThat(http("POST", "/echo?min=7&max=7&form=%7Bmessage%7D:%20%7Brandom%7D", "hi").body())
        .isEqualTo("hi: 7");
    assertThat(http("POST", "/echo", "").body()).matches(" - \\d{1,3}");
    assertThat(figure("wsproof_messages_received_total")).isEqualTo(3);
  }

  @Test
  void bytesComeBackAsBytes() throws Exception {
    start();
    byte[] message = {0, -1, -128, 13, 10};

    HttpResponse<byte[]> reply =
        client.send(
            request("POST", "/echo", message, "Content-Type", "application/octet-stream"),
            BodyHandlers.ofByteArray());

    assertThat(reply.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
    assertThat(new String(reply.body(), ISO_8859_1))
        .startsWith(new String(message, ISO_8859_1) + " - ");
    assertThat(
            client.send(request("POST", "/echo", message), BodyHandlers.discarding()).statusCode())
        .isEqualTo(400);
  }

  @Test
  void aMessageOfTheLongestLengthComesBackAndALongerOneIsRefused() throws Exception {
    start("max-message-bytes", "300000");

    String longest = "x".repeat(300_000);
    assertThat(http("POST", "/echo", longest).body()).startsWith(longest + " - ");
    HttpResponse<String> refused = http("POST", "/echo", longest + "x");
    assertThat(refused.statusCode()).isEqualTo(413);
    assertThat(refused.body()).isEqualTo("a message may have at most 300000 bytes\n");
    String session = open("");
    assertThat(http("POST", session, longest + "x").statusCode()).isEqualTo(413);
    send(session, longest);
    assertThat(get(session).body()).contains(longest);
  }

  /** A length that is not told beforehand is counted as it comes. */
  @Test
  void aBodyInChunksIsBoundedAsWell() throws Exception {
    start("max-message-bytes", "20000");
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/echo"))
            .POST(
                BodyPublishers.ofInputStream(
                    () -> new java.io.ByteArrayInputStream(new byte[40_000])))
            .build();

    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    assertThat(http("POST", "/echo", "still there").body()).startsWith("still there - ");
  }

  @Test
  void aBodyThatComesInPiecesIsOneMessage() throws Exception {
    start();
    try (RawClient raw = new RawClient(server)) {
      raw.send(
          "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345".getBytes(US_ASCII));
      // A request of another client has its turn between the two halves.
      assertThat(http("POST", "/echo", "other").body()).startsWith("other - ");
      raw.send("67890".getBytes(US_ASCII));
      assertThat(raw.head()).startsWith("HTTP/1.1 200 ");
    }
  }

  /** One that does not come at all, and one that stops halfway; the connection ends with it. */
  @Test
  void aBodyThatDoesNotComeIsNotWaitedForForEver() throws Exception {
    start("request-timeout", "1");
    String session = open("");
    for (String path : List.of("/echo", session)) {
      try (RawClient raw = new RawClient(server)) {
        String head = "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n";
        raw.send((path.equals("/echo") ? head : head + "12345").getBytes(US_ASCII));
        assertThat(raw.answer())
            .startsWith("HTTP/1.1 408 ")
            .endsWith("a request must be whole within 1 s\n");
      }
    }
    send(session, "still there");
  }

  @Test
  void shortPollingFetchesWhatIsThere() throws Exception {
    start("min", "7", "max", "7");
    String session = open("");
    assertThat(get(session + "?from=0").body())
        .isEqualTo("{\"from\":0,\"next\":0,\"replies\":[]}\n");

    send(session, "a \"b\" \\ \n\r\t ä");
    send(session, "c");

    assertThat(get(session + "?from=0").body())
        .isEqualTo(
            "{\"from\":0,\"next\":2,\"replies\":"
                + "[\"a \\\"b\\\" \\\\ \\u000a\\u000d\\u0009 ä - 7\",\"c - 7\"]}\n");
    assertThat(get(session + "?from=1").body())
        .isEqualTo("{\"from\":1,\"next\":2,\"replies\":[\"c - 7\"]}\n");
    assertThat(get(session).body()).isEqualTo("{\"from\":1,\"next\":2,\"replies\":[\"c - 7\"]}\n");
  }

  @Test
  void aSessionCarriesReceiptsAndAFormOfItsOwn() throws Exception {
    start();
    String session =
        open("?min=7&max=7&form=%7Bmessage%7D:%20%7Brandom%7D", Receipt.REQUEST_HEADER, "1");

    send(session, "one");
    send(session, "two");

    Matcher replies =
        Pattern.compile("\"(one: 7 [^\"]+)\",\"(two: 7 [^\"]+)\"").matcher(get(session).body());
    assertThat(replies.find()).isTrue();
    for (int i = 1; i <= 2; i++) {
      Receipt receipt = Receipt.of(replies.group(i).getBytes(UTF_8));
      assertThat(receipt.crcMatches()).isTrue();
      assertThat(receipt.count()).isEqualTo(i);
    }
  }

  @Test
  void longPollingWaitsForTheNextReply() throws Exception {
    start();
    String session = open("");
    CompletableFuture<HttpResponse<String>> poll =
        client.sendAsync(
            request("GET", session + "?from=0&wait=50", new byte[0]), BodyHandlers.ofString());
    await("wsproof_http_requests_total{status=\"201\"}", 1);

    send(session, "hello");

    assertThat(poll.get(20, TimeUnit.SECONDS).body()).contains("\"next\":1,", "hello - ");
    assertThat(get(session + "?from=1&wait=1").body())
        .isEqualTo("{\"from\":1,\"next\":1,\"replies\":[]}\n");
  }

  @Test
  void theLastReaderOfASessionIsTheReader() throws Exception {
    start();
    String session = open("");
    CompletableFuture<HttpResponse<String>> first = poll(session);
    // Whichever of the two comes last stays: one of them has to go.
    CompletableFuture<HttpResponse<String>> second = poll(session);

    CompletableFuture.anyOf(first, second).get(20, TimeUnit.SECONDS);
    CompletableFuture<HttpResponse<String>> gone = first.isDone() ? first : second;
    assertThat(gone.join().statusCode()).isEqualTo(409);
    send(session, "hello");
    HttpResponse<String> other = (gone == first ? second : first).get(20, TimeUnit.SECONDS);
    assertThat(other.body()).contains("hello - ");
  }

  private CompletableFuture<HttpResponse<String>> poll(String session) {
    return client.sendAsync(
        request("GET", session + "?from=0&wait=50", new byte[0]), BodyHandlers.ofString());
  }

  private void await(String figure, double value) throws Exception {
    while (figure(figure) != value) {
      Thread.sleep(10);
    }
  }

  /** The lines of an event stream. */
  private BufferedReader events(String path, String... headers) throws Exception {
    HttpResponse<InputStream> answer =
        client.send(request("GET", path, new byte[0], headers), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    return new BufferedReader(new InputStreamReader(answer.body(), UTF_8));
  }

  /** The next event, its lines joined; without the one that says when to come again. */
  private static String event(BufferedReader events) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line = events.readLine(); line != null; line = events.readLine()) {
      if (!line.isEmpty() && !line.startsWith("retry:") && !line.startsWith(":")) {
        lines.add(line);
      } else if (line.isEmpty() && !lines.isEmpty()) {
        return String.join("|", lines);
      }
    }
    return "end";
  }

  @Test
  void repliesComeAsEvents() throws Exception {
    start("min", "7", "max", "7");
    String session = open("");
    send(session, "early");
    try (BufferedReader events = events(session + "/events")) {
      assertThat(event(events)).isEqualTo("id: 0|data: early - 7");
      send(session, "two\nlines");
      assertThat(event(events)).isEqualTo("id: 1|data: two|data: lines - 7");
      send(session, "a\rreturn");
      assertThat(event(events)).isEqualTo("id: 2|event: json|data: \"a\\u000dreturn - 7\"");
      for (int i = 3; i < 500; i++) {
        send(session, "Request " + i);
      }
      for (int i = 3; i < 500; i++) {
        assertThat(event(events)).isEqualTo("id: " + i + "|data: Request " + i + " - 7");
      }
      assertThat(http("DELETE", session, "").statusCode()).isEqualTo(204);
      assertThat(event(events))
          .isEqualTo("event: end|data: the session is gone: its client ended it");
      assertThat(event(events)).isEqualTo("end");
    }
  }

  @Test
  void anEventStreamGoesOnBehindTheLastEvent() throws Exception {
    start("min", "7", "max", "7");
    String session = open("");
    for (int i = 0; i < 5; i++) {
      send(session, "Request " + i);
    }
    try (BufferedReader events = events(session + "/events")) {
      assertThat(event(events)).startsWith("id: 0");
    }
    try (BufferedReader events = events(session + "/events", "Last-Event-ID", "2")) {
      assertThat(event(events)).startsWith("id: 3");
    }
  }

  /** Grizzly's own limit for an idle connection is 10 s. */
  @Test
  void aQuietEventStreamStaysAndSaysSo() throws Exception {
    start("session-idle", "1");
    String session = open("");
    try (BufferedReader events = events(session + "/events")) {
      String line = events.readLine();
      while (!line.startsWith(":")) {
        line = events.readLine();
      }
      send(session, "hello");
      assertThat(event(events)).startsWith("id: 0|data: hello - ");
    }
  }

  @Test
  void whatTheBufferHasLetGoOfIsGone() throws Exception {
    start("session-replies", "10");
    String session = open("");
    for (int i = 0; i < 25; i++) {
      send(session, "Request " + i);
    }

    HttpResponse<String> gone = get(session + "?from=3");
    assertThat(gone.statusCode()).isEqualTo(410);
    assertThat(gone.body())
        .isEqualTo(
            "replies 3 to 14 are gone: they were taken, or more than 10 replies or 1048576 bytes"
                + " waited; go on with from=15\n");
    assertThat(
            client
                .send(
                    request("GET", session + "/events?from=3", new byte[0]),
                    BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(410);
    assertThat(get(session + "?from=15").body()).contains("\"next\":25,", "Request 24 - ");
    assertThat(get(session + "?from=26").statusCode()).isEqualTo(400);
  }

  @Test
  void repliesOfAllSessionsAreBounded() throws Exception {
    start("session-bytes", "1000", "max-session-bytes", "1500");
    String one = open("");
    String other = open("");
    send(one, "x".repeat(900));
    HttpResponse<String> refused = http("POST", other, "x".repeat(900));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(http("DELETE", one, "").statusCode()).isEqualTo(204);
    send(other, "x".repeat(900));
    assertThat(get(other).body()).contains("\"next\":1,");
    assertThat(get(other + "?from=1").statusCode()).isEqualTo(200);
    assertThat(figure("wsproof_session_bytes")).isZero();
  }

  @Test
  void aSessionThatHasEndedIsGoneAndOneThatNeverWasIsUnknown() throws Exception {
    start("session-idle", "1");
    String idle = open("");
    String ended = open("");
    assertThat(http("DELETE", ended, "").statusCode()).isEqualTo(204);
    await("wsproof_sessions", 0);

    for (String session : List.of(idle, ended)) {
      for (String method : List.of("GET", "POST", "DELETE")) {
        HttpResponse<String> gone = http(method, session, "");
        assertThat(gone.statusCode()).isEqualTo(410);
        assertThat(gone.body()).startsWith("the session is gone: ");
      }
      assertThat(get(session + "/events").statusCode()).isEqualTo(410);
    }
    String forged = idle.substring(0, idle.length() - 1) + (idle.endsWith("A") ? "B" : "A");
    for (String session : List.of(forged, SESSIONS + "/nosuch", SESSIONS + "/a/b")) {
      assertThat(get(session).statusCode()).as(session).isEqualTo(404);
      assertThat(http("POST", session, "hi").statusCode()).as(session).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "PUT,    /echo,                 405",
    "HEAD,   /echo,                 405",
    "GET,    /echo,                 426",
    "GET,    /echo/sessions,        405",
    "DELETE, /echo/sessions,        405",
    "POST,   /echo/nothing,         404",
    "POST,   /echo?min=x,           400",
    "POST,   /echo?form=%,          400",
    "POST,   /echo?receipt=1,       400",
    "POST,   /echo/sessions?min=x,  400",
    "POST,   /echo/sessions?receipt=2, 400",
    "OPTIONS, /echo,                204",
  })
  void whatMakesNoSenseIsRefused(String method, String path, int status) throws Exception {
    start();

    assertThat(RawAnswer.of(server, method, path)).startsWith("HTTP/1.1 " + status + " ");
    assertThat(http("POST", "/echo", "hi").statusCode()).isEqualTo(200);
  }

  /** What the JDK's client would refuse to send. */
  private static final class RawAnswer {
    static String of(DevServer server, String method, String path) throws IOException {
      try (RawClient raw = new RawClient(server)) {
        raw.send(
            (method + " " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                .getBytes(US_ASCII));
        return raw.head();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  ?from=x,          400",
    "GET,  ?from=-1,         400",
    "GET,  ?from=1,          400",
    "GET,  ?from=0&from=0,   400",
    "GET,  ?from=0&wait=61,  400",
    "GET,  ?wait=,           400",
    "PUT,  '',               405",
    "POST, /events,          405",
    "GET,  /nothing,         404",
  })
  void whatASessionCannotDoIsRefused(String method, String suffix, int status) throws Exception {
    start();
    String session = open("");

    assertThat(http(method, session + suffix, "").statusCode()).isEqualTo(status);
    send(session, "still there");
    end(session);
  }

  @Test
  void aHandshakeThatIsNoGetIsNotTakenForAMessage() throws Exception {
    start();
    try (RawClient raw = new RawClient(server)) {
      raw.send(
          ("POST /echo HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Content-Length: 0\r\n\r\n")
              .getBytes(US_ASCII));
      assertThat(raw.head()).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void aSessionCarriesTexts() throws Exception {
    start();
    String session = open("");

    assertThat(http("POST", session, "x", "Content-Type", "application/octet-stream").statusCode())
        .isEqualTo(415);
    assertThat(
            client
                .send(request("POST", session, new byte[] {-1}), BodyHandlers.discarding())
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void everyRequestNeedsTheToken() throws Exception {
    start("token", "correct-horse");
    String[] right = {"Authorization", "Bearer correct-horse"};
    String session = open("", right);

    for (String method : List.of("POST", "GET", "DELETE")) {
      String body = method.equals("POST") ? "hi" : "";
      assertThat(http(method, session, body).statusCode()).isEqualTo(401);
    }
    assertThat(http("POST", "/echo", "hi").statusCode()).isEqualTo(401);
    assertThat(http("POST", SESSIONS, "").statusCode()).isEqualTo(401);
    assertThat(http("POST", session, "hi", right).statusCode()).isEqualTo(202);
    assertThat(get(session + "?access_token=correct-horse").body()).contains("hi - ");
  }

  @Test
  void onlyPagesOfAllowedOriginsMaySend() throws Exception {
    start("allowed-origins", "https://friend.example");

    assertThat(http("POST", "/echo", "hi", "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(http("OPTIONS", "/echo", "", "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    HttpResponse<String> friend = http("POST", "/echo", "hi", "Origin", "https://friend.example");
    assertThat(friend.statusCode()).isEqualTo(200);
    assertThat(friend.headers().firstValue("Access-Control-Allow-Origin"))
        .hasValue("https://friend.example");
    HttpResponse<String> preflight =
        http("OPTIONS", SESSIONS + "/x", "", "Origin", "https://friend.example");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(preflight.headers().firstValue("Access-Control-Allow-Methods"))
        .hasValue("GET, POST, DELETE, OPTIONS");
  }

  @Test
  void sessionsAndTheirMessagesAreLimited() throws Exception {
    start("max-sessions", "2", "max-messages-per-second", "3");
    String session = open("");
    open("");

    assertThat(http("POST", SESSIONS, "").statusCode()).isEqualTo(503);
    int status = 202;
    for (int i = 0; status == 202 && i < 1000; i++) {
      status = http("POST", session, "Request " + i).statusCode();
    }
    assertThat(status).isEqualTo(429);
    assertThat(figure("wsproof_refused_handshakes_total{cause=\"sessions\"}")).isEqualTo(1);
    end(session);
  }

  @Test
  void drainingHandsOutWhatWasTakenAndRefusesMore() throws Exception {
    start();
    String session = open("");
    send(session, "hello");
    CompletableFuture<HttpResponse<String>> drained =
        client.sendAsync(request("POST", "/drain", new byte[0]), BodyHandlers.ofString());
    while (get("/health").statusCode() != 503) {
      Thread.sleep(10);
    }

    assertThat(http("POST", "/echo", "hi").statusCode()).isEqualTo(503);
    assertThat(http("POST", session, "hi").statusCode()).isEqualTo(503);
    assertThat(http("POST", SESSIONS, "").statusCode()).isEqualTo(503);
    assertThat(get(session + "?from=0").body()).contains("hello - ");
    assertThat(drained.get(20, TimeUnit.SECONDS).body()).startsWith("drained: 1 closed, ");
    assertThat(get(session).statusCode()).isEqualTo(410);
  }
}
