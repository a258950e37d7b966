package io.github.wsproof.carriers;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.protocol.Messages;
import java.net.URI;
import java.time.Duration;

/**
 * What is compared.
 *
 * @param url the socket's address; the other transports are at the same path, or at {@code echo}
 *     below it if it ends with a slash
 * @param messages sent over each transport in each round one at a time, 1 or more
 * @param burst messages sent over each transport in each round with {@code window} in flight; 0 =
 *     none
 * @param window messages in flight
 * @param rounds how often each transport has its turn
 * @param sizeBytes what each message is padded to
 * @param pollEvery the pause of short polling
 * @param drain how long an answer is waited for
 * @param expect what a reply looks like, or null for what the server announces
 * @param connection what requests and handshakes say, and how TLS is spoken
 * @param seed what the content of the messages is made from
 */
public record Plan(
    URI url,
    int messages,
    int burst,
    int window,
    int rounds,
    int sizeBytes,
    Duration pollEvery,
    Duration drain,
    String expect,
    ConnectionOptions connection,
    long seed) {
  private static final int MOST = 1_000_000;

  /** Checks each value. */
  public Plan {
    RunPlan.to(url.toString());
    check(messages, 1, MOST, "messages");
    check(burst, 0, MOST, "burst");
    check(window, 1, 1000, "window");
    check(rounds, 1, 999, "rounds");
    check(sizeBytes, 0, Messages.MAX_SIZE_BYTES, "size");
    check(pollEvery, Duration.ofMillis(1), Duration.ofMinutes(1), "1ms..1m", "poll-every");
    check(drain, Duration.ofMillis(100), Duration.ofHours(1), "100ms..1h", "drain");
    if (connection.proxy() != null) {
      throw new IllegalArgumentException(
          "must be left out, bytes are counted before the server itself: proxy="
              + connection.proxy());
    }
  }

  private static void check(long value, long least, long most, String name) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "must be " + least + ".." + most + ": " + name + "=" + value);
    }
  }

  private static void check(
      Duration value, Duration least, Duration most, String allowed, String name) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException("must be " + allowed + ": " + name + "=" + value);
    }
  }

  boolean isSecure() {
    return url.getScheme().equals("wss");
  }

  int port() {
    return url.getPort() > 0 ? url.getPort() : isSecure() ? 443 : 80;
  }

  /** The path of the other transports, with the query. */
  String httpPath() {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return path.endsWith("/") ? path + "echo" : path;
  }

  String query() {
    return url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
  }
}
