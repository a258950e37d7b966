package io.github.wsproof.server;

import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.List;

/**
 * Announces the form of the replies in the handshake response, and keeps what only the handshake
 * request tells: whether the client asked for receipts by header.
 *
 * <p>Thread-safe: one instance serves all handshakes.
 */
public class EchoConfigurator extends ServerEndpointConfig.Configurator {
  static final String RUN_HEADER = "Wsproof-Run";
  private static final String HANDSHAKEN = "io.github.wsproof.handshaken";
  private static final String DEPLOYMENT = "io.github.wsproof.deployment";

  @Override
  public void modifyHandshake(
      ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
    String admitted = Handshaken.header(request.getHeaders(), Deployment.ADMITTED_HEADER);
    Deployment deployment = Deployment.thatAdmitted(admitted);
    String address = Handshaken.UNKNOWN;
    Refusal refusal = null;
    if (deployment == null) {
      deployment = Deployment.ofApplication();
      refusal = deployment.check(Handshaken.view(request, judgedPath(config, request)));
    } else {
      address = Deployment.admittedAddress(admitted);
      // Whatever path was judged, the container knows where it leads.
      if (config.getPath().equals(AdminEndpoint.PATH)
          && !Deployment.admittedScope(admitted).equals(Admission.ADMIN_SCOPE)) {
        refusal = Refusal.noRole();
      }
    }
    boolean receipt = "1".equals(Handshaken.header(request.getHeaders(), Receipt.REQUEST_HEADER));
    String run = Handshaken.run(Handshaken.header(request.getHeaders(), RUN_HEADER));
    Handshaken handshaken = new Handshaken(run, address, receipt, refusal);
    config.getUserProperties().put(DEPLOYMENT, deployment);
    config.getUserProperties().put(HANDSHAKEN, handshaken);
    announce(config, request, response);
  }

  /** The path within the deployment, for connections that no filter has admitted. */
  String judgedPath(ServerEndpointConfig config, HandshakeRequest request) {
    return config.getPath();
  }

  /** Says in the response what the client is to expect. */
  void announce(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
    if (handshaken(config).receiptAsked()) {
      response.getHeaders().put(Receipt.ANNOUNCEMENT_HEADER, List.of(Receipt.ANNOUNCEMENT));
    }
    try {
      String announcement =
          deployment(config).settings().with(request.getParameterMap()).announcement();
      response.getHeaders().put(ReplyForm.ANNOUNCEMENT_HEADER, List.of(announcement));
    } catch (IllegalArgumentException e) {
      // Nothing to announce: the endpoint closes this connection and says why.
      response.getHeaders().remove(ReplyForm.ANNOUNCEMENT_HEADER);
    }
  }

  /** An Origin is judged with the rest of the handshake, see {@link Admission}. */
  @Override
  public boolean checkOrigin(String origin) {
    return true;
  }

  /**
   * What the handshake of a connection that is being opened has told.
   *
   * @param config as the container gives it to {@code onOpen}: its user properties are those of
   *     this connection's handshake, not shared (Jakarta WebSocket 2.1, EndpointConfig)
   */
  static Handshaken handshaken(EndpointConfig config) {
    return (Handshaken) config.getUserProperties().get(HANDSHAKEN);
  }

  /** The deployment of a connection that is being opened. */
  static Deployment deployment(EndpointConfig config) {
    return (Deployment) config.getUserProperties().get(DEPLOYMENT);
  }
}
