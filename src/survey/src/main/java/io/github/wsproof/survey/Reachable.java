package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One message: without an answer to it there is nothing to survey. */
final class Reachable implements Probe {
  private static final Duration HTTP_BOUND = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "one message";
  }

  @Override
  public Finding look(Target target) throws InterruptedException {
    Report report = target.run(target.plan().messages(1).window(1));
    if (!Outcomes.passed(report)) {
      String why =
          Stream.concat(report.reasons().stream(), Stream.of(Outcomes.how(report)))
              .distinct()
              .collect(Collectors.joining("; "));
      return new Finding(name(), Finding.Outcome.UNKNOWN, why);
    }
    double millis = report.latencyMicros().sent().p50() / 1000;
    String told = serverOf(target).map(name -> "; the server calls itself " + name).orElse("");
    return new Finding(
        name(),
        Finding.Outcome.OK,
        String.format(Locale.ROOT, "answered after %.1f ms%s", millis, told),
        List.of(),
        Map.of("latencyMillis", millis));
  }

  /** What answers a GET at the same address; a proxy puts its own name there. */
  private static Optional<String> serverOf(Target target) throws InterruptedException {
    if (target.connection().proxy() != null) {
      return Optional.empty();
    }
    URI http = URI.create(target.url().toString().replaceFirst("^ws", "http"));
    HttpClient.Builder client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(HTTP_BOUND);
    if (target.connection().tls().context() != null) {
      client.sslContext(target.connection().tls().context());
    }
    try {
      return client
          .build()
          .send(
              HttpRequest.newBuilder(http).timeout(HTTP_BOUND).build(),
              HttpResponse.BodyHandlers.discarding())
          .headers()
          .firstValue("Server")
          .map(name -> name.replaceAll("\\p{Cntrl}", "?"));
    } catch (IOException e) {
      // A server need not answer plain requests, nor say what it is.
      return Optional.empty();
    }
  }
}
