package io.github.wsproof.deploymenttests;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Plain requests, each answered whole within 30 seconds. HTTP/1.1: offered an upgrade to HTTP/2 by
 * the JDK's client, Open Liberty 26.0.0.3 takes it and never answers.
 */
final class Http {
  private static final Duration BOUND = Duration.ofSeconds(30);
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Http() {}

  /** With headers as name, value, name, value. */
  static HttpResponse<String> get(URI uri, String... headers)
      throws IOException, InterruptedException {
    return send("GET", uri, headers);
  }

  static HttpResponse<String> post(URI uri) throws IOException, InterruptedException {
    return send("POST", uri);
  }

  private static HttpResponse<String> send(String method, URI uri, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      // A request's own timeout ends with the headers, whether a body follows or not.
      return CLIENT
          .sendAsync(request.build(), BodyHandlers.ofString())
          .get(BOUND.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(uri + " was not answered", e.getCause());
    } catch (TimeoutException e) {
      throw new IOException(uri + " was not answered whole within " + BOUND.toSeconds() + " s", e);
    }
  }
}
