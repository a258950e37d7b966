package io.github.wsproof.survey;

import java.util.ArrayList;
import java.util.List;

/**
 * Settings that usually cause a limit: what servers and proxies do unless they are told otherwise.
 */
final class Causes {
  /** Beside a message, a limit may count what the server adds to it. */
  private static final int SLACK_BYTES = 96;

  private static final double SLACK_SECONDS = 2;

  private record Known(double value, String setting) {}

  private static final List<Known> SIZES =
      List.of(
          new Known(
              8192,
              "Tomcat: context parameters org.apache.tomcat.websocket.textBufferSize and"
                  + " binaryBufferSize (8192 unless set)"),
          new Known(
              32_768, "AWS API Gateway: 32 KB a frame; SignalR: MaximumReceiveMessageSize (32 KB)"),
          new Known(
              65_536,
              "Jetty: maxTextMessageSize and maxBinaryMessageSize (65,536 unless set); Spring:"
                  + " WebSocketContainerFactoryBean"),
          new Known(131_072, "AWS API Gateway: 128 KB a message"),
          new Known(
              1 << 20,
              "wsproof: max-message-bytes (1 MiB unless set); Python websockets: max_size"),
          new Known(1 << 22, "aiohttp: max_msg_size (4 MiB unless set)"),
          new Known(1 << 24, "uvicorn: ws_max_size (16 MiB unless set)"));

  private static final List<Known> SILENCES =
      List.of(
          new Known(
              30,
              "Jetty: idleTimeout (30 s); Google Cloud load balancer: timeout of the backend service (30 s)"),
          new Known(55, "Heroku's router (55 s)"),
          new Known(
              60,
              "nginx: proxy_read_timeout and proxy_send_timeout (60 s); Apache: Timeout or"
                  + " ProxyTimeout (60 s); varnish: pipe_timeout (60 s); lighttpd:"
                  + " server.max-read-idle (60 s); AWS load balancer: idle timeout (60 s)"),
          new Known(100, "Cloudflare (100 s)"),
          new Known(240, "Azure load balancer: idle timeout (4 minutes)"),
          new Known(350, "AWS network load balancer (350 s)"));

  private static final String ANY_SILENCE =
      "nginx: proxy_read_timeout; haproxy: timeout client, timeout server or timeout tunnel; Apache:"
          + " ProxyTimeout; the container's idle timeout; a load balancer's";

  private static final String ANY_SIZE =
      "the server's or a gateway's limit of a message or a frame (Tomcat: textBufferSize; Jetty:"
          + " maxTextMessageSize; wsproof: max-message-bytes; Spring: setMaxTextMessageBufferSize)";

  private Causes() {}

  static List<String> ofSize(int largestBytes) {
    return near(SIZES, largestBytes, SLACK_BYTES, ANY_SIZE);
  }

  static List<String> ofSilence(double seconds) {
    return near(SILENCES, seconds, SLACK_SECONDS, ANY_SILENCE);
  }

  private static List<String> near(List<Known> all, double value, double slack, String any) {
    List<String> near = new ArrayList<>();
    for (Known known : all) {
      if (Math.abs(known.value - value) <= slack) {
        near.add(known.setting);
      }
    }
    return near.isEmpty() ? List.of(any) : near;
  }
}
