package io.github.wsproof.survey;

import io.github.wsproof.client.IdleLimits;
import io.github.wsproof.client.Report;
import java.util.ArrayList;
import java.util.List;

/**
 * Settings that usually cause a limit: what servers and proxies do unless they are told otherwise.
 */
final class Causes {
  /** Beside a message, a limit may count what the server adds to it. */
  private static final int SLACK_BYTES = 96;

  private record Known(int bytes, String setting) {}

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

  /** Proxies cut without one. */
  private static final String OWN_LIMIT =
      "the server's own idle limit, for it closed with a close frame (wsproof: idle-timeout; Jetty:"
          + " idleTimeout)";

  private static final String ANY_SIZE =
      "the server's or a gateway's limit of a message or a frame (Tomcat: textBufferSize; Jetty:"
          + " maxTextMessageSize; wsproof: max-message-bytes; Spring: setMaxTextMessageBufferSize)";

  private Causes() {}

  static List<String> ofSize(int largestBytes) {
    List<String> near = new ArrayList<>();
    for (Known known : SIZES) {
      if (Math.abs(known.bytes - largestBytes) <= SLACK_BYTES) {
        near.add(known.setting);
      }
    }
    return near.isEmpty() ? List.of(ANY_SIZE) : near;
  }

  /** Of a connection that was cut after so long a silence. */
  static List<String> ofSilence(double seconds, Report report) {
    if (Outcomes.cut(report).closedBy().equals("server")) {
      return List.of(OWN_LIMIT);
    }
    return IdleLimits.usually(seconds, report.path().server());
  }
}
