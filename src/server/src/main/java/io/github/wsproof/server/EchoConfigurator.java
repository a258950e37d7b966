package io.github.wsproof.server;

import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;
import java.util.Map;

/**
 * Announces the form of the replies in the handshake response, and keeps what only the handshake
 * request tells: whether the client asked for receipts by header.
 *
 * <p>Thread-safe: one instance serves all handshakes.
 */
public final class EchoConfigurator extends ServerEndpointConfig.Configurator {
  private static final String RECEIPT_ASKED = "io.github.wsproof.receipt";

  @Override
  public void modifyHandshake(
      ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
    boolean receipt = "1".equals(first(request.getHeaders(), Receipt.REQUEST_HEADER));
    config.getUserProperties().put(RECEIPT_ASKED, receipt);
    if (receipt) {
      response.getHeaders().put(Receipt.ANNOUNCEMENT_HEADER, List.of(Receipt.ANNOUNCEMENT));
    }
    try {
      String announcement = EchoSettings.current().with(request.getParameterMap()).announcement();
      response.getHeaders().put(ReplyForm.ANNOUNCEMENT_HEADER, List.of(announcement));
    } catch (IllegalArgumentException e) {
      // Nothing to announce: the endpoint closes this connection and says why.
      response.getHeaders().remove(ReplyForm.ANNOUNCEMENT_HEADER);
    }
  }

  /**
   * Whether the client of a connection that is being opened asked for receipts by header.
   *
   * @param config as the container gives it to {@code onOpen}: its user properties are those of
   *     this connection's handshake, not shared (Jakarta WebSocket 2.1, EndpointConfig)
   */
  static boolean receiptAsked(EndpointConfig config) {
    return Boolean.TRUE.equals(config.getUserProperties().get(RECEIPT_ASKED));
  }

  private static String first(Map<String, List<String>> headers, String name) {
    for (Map.Entry<String, List<String>> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
        return header.getValue().get(0);
      }
    }
    return null;
  }
}
