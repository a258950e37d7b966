package io.github.wsproof.client;

import io.github.wsproof.transport.EventLoopClientContainer;
import java.net.URI;
import java.util.Map;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.SslEngineConfigurator;
import org.glassfish.tyrus.container.grizzly.client.GrizzlyClientContainer;

/** Tyrus clients on one transport or the other. */
final class Clients {
  private static final int FRAME_OVERHEAD_BYTES = 1 << 20;
  private static final int SMALLEST_BUFFER_BYTES = 4 << 20;

  private Clients() {}

  static ClientManager onLoop(SocketLoop loop, RunPlan plan) {
    ClientManager client = onLoop(loop, plan.url(), plan.connection(), plan.longestMessageBytes());
    client.getProperties().put(EventLoopClientContainer.DEFLATE, plan.workload().deflate());
    return client;
  }

  static ClientManager onLoop(
      SocketLoop loop, URI url, ConnectionOptions options, int longestMessageBytes) {
    ClientManager client = EventLoopClientContainer.createClient(loop.events);
    // A reply that is not UTF-8 is to be accounted for like any other.
    client.getProperties().put(EventLoopClientContainer.TEXT_AS_BYTES, true);
    return sized(client, url, options, longestMessageBytes);
  }

  static ClientManager onGrizzly(RunPlan plan) {
    ClientManager client = ClientManager.createClient(GrizzlyClientContainer.class.getName());
    client.getProperties().put(ClientProperties.SHARED_CONTAINER, true);
    // -1: with 0, Tyrus cancels and schedules a timer for every message.
    client.setDefaultMaxSessionIdleTimeout(-1);
    return sized(client, plan.url(), plan.connection(), plan.longestMessageBytes());
  }

  private static ClientManager sized(
      ClientManager client, URI url, ConnectionOptions options, int longestMessageBytes) {
    client
        .getProperties()
        .put(
            ClientProperties.INCOMING_BUFFER_SIZE,
            Math.max(SMALLEST_BUFFER_BYTES, 2 * longestMessageBytes + FRAME_OVERHEAD_BYTES));
    connected(client.getProperties(), url, options);
    return client;
  }

  private static void connected(
      Map<String, Object> properties, URI url, ConnectionOptions options) {
    if (options.proxy() != null) {
      properties.put(ClientProperties.PROXY_URI, options.proxy().toString());
      if (options.proxyAuthorization() != null) {
        properties.put(
            ClientProperties.PROXY_HEADERS,
            Map.of("Proxy-Authorization", options.proxyAuthorization()));
      }
    }
    if (url.getScheme().equals("wss")) {
      properties.put(
          ClientProperties.SSL_ENGINE_CONFIGURATOR,
          new SslEngineConfigurator(options.tls().contextOrSystem())
              .setHostVerificationEnabled(!options.tls().insecure()));
    }
  }
}
