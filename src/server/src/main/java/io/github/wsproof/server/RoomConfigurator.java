package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;

/**
 * Keeps for which namespace a handshake was admitted.
 *
 * <p>Thread-safe: one instance serves all handshakes.
 */
public final class RoomConfigurator extends EchoConfigurator {
  private static final String SCOPE = "io.github.wsproof.scope";

  /** The address ends as the endpoint's path does, with names in place of the parameters. */
  @Override
  String judgedPath(ServerEndpointConfig config, HandshakeRequest request) {
    String path = request.getRequestURI().getPath();
    return path.substring(Math.max(0, path.lastIndexOf(RoomMessages.PATH)));
  }

  @Override
  void announce(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
    String admitted = Handshaken.header(request.getHeaders(), Deployment.ADMITTED_HEADER);
    String scope =
        Deployment.thatAdmitted(admitted) == null
            ? Admission.scope(judgedPath(config, request))
            : Deployment.admittedScope(admitted);
    config.getUserProperties().put(SCOPE, scope);
  }

  /** Where the client of a connection that is being opened was admitted to. */
  static String scope(EndpointConfig config) {
    return (String) config.getUserProperties().get(SCOPE);
  }
}
