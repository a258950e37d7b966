package io.github.wsproof.devserver;

import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.WebSocketEngine;

/** Tyrus's server container without a server of its own: the listeners are ours. */
final class TyrusContainer extends TyrusServerContainer {
  static final String CONTEXT_PATH = "/";

  private final TyrusWebSocketEngine engine;

  /**
   * @param maxPayloadBytes the longest payload of a frame
   */
  TyrusContainer(Set<Class<?>> endpoints, int maxPayloadBytes) {
    super(endpoints);
    // A frame, and what else a read has brought with its end.
    int mostBytes = maxPayloadBytes + 3 * ServerConnection.READ_BYTES;
    engine = TyrusWebSocketEngine.builder(this).incomingBufferSize(mostBytes).build();
  }

  void start() throws IOException, DeploymentException {
    start(CONTEXT_PATH, -1);
    doneDeployment();
  }

  @Override
  public void register(Class<?> endpointClass) throws DeploymentException {
    engine.register(endpointClass, CONTEXT_PATH);
  }

  @Override
  public void register(ServerEndpointConfig config) throws DeploymentException {
    engine.register(config, CONTEXT_PATH);
  }

  @Override
  public Map<String, Object> getProperties() {
    return Map.of();
  }

  @Override
  public WebSocketEngine getWebSocketEngine() {
    return engine;
  }
}
