package io.github.wsproof.pagetests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How much of a page there is; {@code wsproof serve} compresses it, Tomcat does not. */
class PageSizeTest extends PageTests {

  @Test
  void thePageIsSmallAndSoonThere() {
    openEstablished("");
    openEstablished("");
    double millis =
        number("return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0");
    long bytes =
        (long)
            number(
                "return performance.getEntriesByType('navigation')"
                    + ".concat(performance.getEntriesByType('resource'))"
                    + ".reduce((sum, entry) => sum + entry.encodedBodySize, 0)");
    System.out.printf(
        "first paint after %.0f ms; %,d bytes on the wire, %,d of files%n",
        millis, bytes, pageBytes());
    assertThat(millis).as("a first paint").isPositive();
    assertThat(bytes).as("what is transferred").isLessThanOrEqualTo(150_000);
  }

  /** All files of the page, the worker's too, as a browser gets them. */
  @Test
  void allOfThePageIsAtMost150KilobytesOnTheWay() throws Exception {
    long bytes = 0;
    Path root = Path.of("..", "..", "webapp", "src", "main", "webapp");
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = root.relativize(file).toString().replace('\\', '/');
        if (!name.contains("-INF/")) {
          HttpRequest request =
              HttpRequest.newBuilder(URI.create(server.page() + name))
                  .header("Accept-Encoding", "gzip")
                  .build();
          HttpResponse<byte[]> response =
              HttpClient.newBuilder()
                  .version(HttpClient.Version.HTTP_1_1)
                  .build()
                  .send(request, HttpResponse.BodyHandlers.ofByteArray());
          assertThat(response.statusCode()).as(name).isEqualTo(200);
          bytes += response.body().length;
        }
      }
    }

    assertThat(bytes).isBetween(10_000L, 150_000L);
  }

  private static long pageBytes() {
    try (Stream<Path> files = Files.walk(Path.of("..", "..", "webapp", "src", "main", "webapp"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains("-INF"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
