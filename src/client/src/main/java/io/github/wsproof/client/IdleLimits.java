package io.github.wsproof.client;

import java.util.List;

/** Settings that usually cut a connection for its silence. */
public final class IdleLimits {
  private static final double SLACK_SECONDS = 2;

  private record Known(double seconds, String setting) {}

  private static final List<Known> KNOWN =
      List.of(
          new Known(
              30,
              "Jetty: idleTimeout (30 s); Google Cloud load balancer: timeout of the backend service (30 s)"),
          new Known(55, "Heroku's router (55 s)"),
          new Known(
              60,
              "nginx: proxy_read_timeout and proxy_send_timeout (60 s); Apache: Timeout"
                  + " (60 s); varnish: pipe_timeout (60 s); lighttpd:"
                  + " server.max-read-idle (60 s); haproxy: timeout client and timeout server, where"
                  + " timeout tunnel is not set; AWS load balancer: idle timeout (60 s)"),
          new Known(100, "Cloudflare (100 s)"),
          new Known(240, "Azure load balancer: idle timeout (4 minutes)"),
          new Known(350, "AWS network load balancer (350 s)"));

  private static final String ANY =
      "nginx: proxy_read_timeout; haproxy: timeout tunnel, or timeout client and timeout server"
          + " without it; Apache: the longer of Timeout and timeout= on ProxyPass; varnish:"
          + " pipe_timeout; lighttpd: server.max-read-idle; the container's idle timeout; a load"
          + " balancer's";

  private IdleLimits() {}

  /**
   * What usually cuts a connection after so long a silence, the likeliest first.
   *
   * @param answeredBy what the answer to its handshake says of who answered ({@link
   *     Report.PathInfo#server}), or null
   */
  public static List<String> usually(double seconds, String answeredBy) {
    var proxy = KnownProxy.in(answeredBy);
    if (proxy.isPresent()) {
      return List.of(
          proxy.get().idleSetting + ", for " + answeredBy + " answered; or the server behind it");
    }
    List<String> near =
        KNOWN.stream()
            .filter(known -> Math.abs(known.seconds - seconds) <= SLACK_SECONDS)
            .map(Known::setting)
            .toList();
    return near.isEmpty() ? List.of(ANY) : near;
  }
}
