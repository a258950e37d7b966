package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The WAR's echo over plain HTTP. What it answers in detail is tested on the embedded server. */
@ExtendWith(ArquillianExtension.class)
@Timeout(60)
class HttpTransportsIT {
  private final HttpClient client = HttpClient.newHttpClient();

  @ArquillianResource private URL url;

  @Deployment(testable = false)
  static WebArchive war() {
    WebArchive war = Wars.built("transports.war");
    Wars.with(war, "wsproof.min", "7");
    Wars.with(war, "wsproof.max", "7");
    return Wars.with(war, "wsproof.max-message-bytes", "100000");
  }

  private HttpRequest request(String method, URI to, String body) {
    return HttpRequest.newBuilder(to).method(method, BodyPublishers.ofString(body)).build();
  }

  private HttpResponse<String> http(String method, URI to, String body) throws Exception {
    return client.send(request(method, to, body), BodyHandlers.ofString());
  }

  private URI echo() {
    return Address.of(url).page().resolve("echo");
  }

  private URI open() throws Exception {
    HttpResponse<String> opened = http("POST", URI.create(echo() + "/sessions"), "");
    assertThat(opened.statusCode()).isEqualTo(201);
    return opened.uri().resolve(opened.headers().firstValue("Location").orElseThrow());
  }

  @Test
  void aRequestIsAnsweredWithItsReply() throws Exception {
    assertThat(http("POST", echo(), "häß").body()).isEqualTo("häß - 7");
    String longest = "x".repeat(100_000);
    assertThat(http("POST", echo(), longest).body()).isEqualTo(longest + " - 7");
    assertThat(http("POST", echo(), longest + "x").statusCode()).isEqualTo(413);
    assertThat(http("GET", echo(), "").statusCode()).isEqualTo(426);
    assertThat(http("PUT", echo(), "").statusCode()).isEqualTo(405);
  }

  @Test
  void pollingFetchesReplies() throws Exception {
    URI session = open();
    assertThat(http("POST", session, "one").statusCode()).isEqualTo(202);
    assertThat(http("GET", session, "").body())
        .isEqualTo("{\"from\":0,\"next\":1,\"replies\":[\"one - 7\"]}\n");

    CompletableFuture<HttpResponse<String>> waiting =
        client.sendAsync(
            request("GET", URI.create(session + "?from=1&wait=50"), ""), BodyHandlers.ofString());
    assertThat(http("POST", session, "two").statusCode()).isEqualTo(202);
    assertThat(waiting.get(30, TimeUnit.SECONDS).body())
        .isEqualTo("{\"from\":1,\"next\":2,\"replies\":[\"two - 7\"]}\n");
    assertThat(http("GET", URI.create(session + "?from=2&wait=1"), "").body())
        .isEqualTo("{\"from\":2,\"next\":2,\"replies\":[]}\n");

    assertThat(http("DELETE", session, "").statusCode()).isEqualTo(204);
    assertThat(http("GET", session, "").statusCode()).isEqualTo(410);
  }

  @Test
  void repliesComeAsEvents() throws Exception {
    URI session = open();
    HttpResponse<InputStream> answer =
        client.send(
            request("GET", URI.create(session + "/events"), ""), BodyHandlers.ofInputStream());
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    try (BufferedReader events = new BufferedReader(new InputStreamReader(answer.body(), UTF_8))) {
      String longest = "x".repeat(90_000);
      for (int i = 0; i < 30; i++) {
        String message = i % 3 == 0 ? longest + i : "Request " + i;
        assertThat(http("POST", session, message).statusCode()).isEqualTo(202);
      }
      for (int i = 0; i < 30; i++) {
        String message = i % 3 == 0 ? longest + i : "Request " + i;
        assertThat(data(events)).isEqualTo(message + " - 7");
      }
      http("DELETE", session, "");
      assertThat(data(events)).isEqualTo("the session is gone: its client ended it");
      while (events.readLine() != null) {
        // To the end of the answer, which has to come.
        assertThat(answer.statusCode()).isEqualTo(200);
      }
    }
  }

  private static String data(BufferedReader events) throws Exception {
    String line = events.readLine();
    while (!line.startsWith("data: ")) {
      line = events.readLine();
    }
    return line.substring("data: ".length());
  }
}
