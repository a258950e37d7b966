package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;

/**
 * Finds or starts the stream that a handshake names, and tells in the response which run of it that
 * is.
 *
 * <p>Thread-safe: one instance serves all handshakes.
 */
public final class StreamConfigurator extends EchoConfigurator {
  private static final String SUBSCRIPTION = "io.github.wsproof.subscription";

  @Override
  void announce(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
    Handshaken handshaken = handshaken(config);
    config.getUserProperties().remove(SUBSCRIPTION);
    if (handshaken.refusal() != null) {
      return;
    }
    String path = request.getRequestURI().getPath();
    String name =
        path.substring(path.lastIndexOf(StreamMessages.PATH) + StreamMessages.PATH.length());
    Subscription subscription =
        deployment(config)
            .streams()
            .subscribe(name, request.getParameterMap(), handshaken.receiptAsked());
    config.getUserProperties().put(SUBSCRIPTION, subscription);
    if (subscription.stream() != null) {
      response
          .getHeaders()
          .put(StreamMessages.HEADER, List.of(subscription.stream().messages.toString()));
    }
  }

  /** What a connection that is being opened has asked for; null where it is refused anyway. */
  static Subscription subscription(EndpointConfig config) {
    return (Subscription) config.getUserProperties().get(SUBSCRIPTION);
  }
}
