package org.glassfish.tyrus.container.grizzly.server;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.tyrus.core.TyrusWebSocketEngine;
import org.glassfish.tyrus.server.TyrusServerContainer;
import org.glassfish.tyrus.spi.WebSocketEngine;

/**
 * Tyrus on Grizzly, on loopback. In Tyrus's package, because its {@code Server} binds 0.0.0.0
 * whatever it is told, and {@link WebSocketAddOn} cannot be made elsewhere.
 */
public final class GrizzlyEchoServer implements AutoCloseable {

  private static final int MAX_FRAME_BYTES = 8 * 1024 * 1024;

  private final HttpServer http = new HttpServer();
  private final NetworkListener listener = new NetworkListener("test", "127.0.0.1", 0);

  /** Serves {@code endpoints} at the paths of their annotations. */
  public GrizzlyEchoServer(Class<?>... endpoints) throws Exception {
    Container container = new Container();
    listener.registerAddOn(new WebSocketAddOn(container, ""));
    http.addListener(listener);
    for (Class<?> endpoint : endpoints) {
      container.engine.register(endpoint, "");
    }
    http.start();
  }

  /** The port that the system has given. */
  public int port() {
    return listener.getPort();
  }

  @Override
  public void close() throws IOException {
    http.shutdownNow();
  }

  private static final class Container extends TyrusServerContainer {

    private final TyrusWebSocketEngine engine =
        TyrusWebSocketEngine.builder(this).incomingBufferSize(MAX_FRAME_BYTES).build();

    Container() {
      super((Set<Class<?>>) null);
      setDefaultMaxSessionIdleTimeout(-1);
    }

    @Override
    public void register(Class<?> endpointClass) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void register(jakarta.websocket.server.ServerEndpointConfig config) {
      throw new UnsupportedOperationException();
    }

    @Override
    public WebSocketEngine getWebSocketEngine() {
      return engine;
    }

    @Override
    public Map<String, Object> getProperties() {
      return Map.of();
    }
  }
}
