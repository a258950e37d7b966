package io.github.wsproof.carriers;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** The JDK's client, HTTP/1.1, that says what the plan's connections say. Thread-safe. */
final class Http {
  /** The client sets these itself; but the server's own name has to go to it past the meter. */
  private static final Set<String> ITS_OWN =
      Set.of("connection", "content-length", "expect", "upgrade", "host");

  static {
    // Read once, when the JDK's client is first used. Where that was before, Host is the meter's.
    if (System.getProperty("jdk.httpclient.allowRestrictedHeaders") == null) {
      System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }
  }

  private final Plan plan;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  Http(Plan plan) {
    this.plan = plan;
  }

  /** Sends a request through the meter of a turn. */
  <T> HttpResponse<T> send(
      Turn turn, String method, String path, BodyPublisher body, BodyHandler<T> into)
      throws IOException, InterruptedException {
    // A poll may take the server its time, which a drain must not cut.
    Duration bound = plan.drain().plusSeconds(SessionCarrier.WAIT_SECONDS);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + turn.meter().getAuthority() + path))
            .method(method, body)
            .timeout(bound);
    plan.connection()
        .headers()
        .forEach(
            (name, values) -> {
              if (!ITS_OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      request.setHeader("Host", plan.url().getRawAuthority());
    } catch (IllegalArgumentException e) {
      // The JDK's client was in use before this class was: see above.
      return client.send(request.build(), into);
    }
    return client.send(request.build(), into);
  }
}
