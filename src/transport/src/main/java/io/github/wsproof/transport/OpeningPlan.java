package io.github.wsproof.transport;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.Extension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.spi.UpgradeRequest;

/**
 * Where to connect to and how, for one request. Made on the connecting thread, since names are
 * resolved and key stores read.
 *
 * @param peer whom to connect to: the proxy or the server
 * @param proxy null if there is none
 * @param tls null for ws
 * @param localAddress to bind to, or null
 * @param leftToTyrus the statuses, besides 101, that Tyrus is to deal with
 */
record OpeningPlan(
    UpgradeRequest request,
    ClientEndpointConfig config,
    ConnectionSettings settings,
    HostPort server,
    HostPort peer,
    List<InetSocketAddress> addresses,
    HttpProxy proxy,
    Tls tls,
    InetAddress localAddress,
    Set<Integer> leftToTyrus) {

  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int UNAUTHORIZED = 401;
  private static final int UNAVAILABLE = 503;
  private static final Set<Integer> REDIRECTS = Set.of(300, 301, 302, 303, 307, 308);

  static OpeningPlan of(
      UpgradeRequest request, ClientEndpointConfig config, Map<String, Object> properties)
      throws UnknownHostException, NoSuchAlgorithmException {
    URI uri = request.getRequestURI();
    HostPort server = HostPort.of(uri);
    HttpProxy proxy = HttpProxy.from(properties);
    HostPort peer = proxy == null ? server : proxy.address();
    return new OpeningPlan(
        request,
        config,
        ConnectionSettings.from(properties),
        server,
        peer,
        peer.resolve(),
        proxy,
        HostPort.isSecure(uri) ? Tls.with(server, config, properties) : null,
        ConnectionSettings.property(
            properties, ClientProperties.SOCKET_BINDING, InetAddress.class, null),
        leftToTyrus(request, properties));
  }

  /** Tyrus's own errors say no more than the status: it gets only what it is asked to deal with. */
  private static Set<Integer> leftToTyrus(UpgradeRequest request, Map<String, Object> properties) {
    Set<Integer> statuses = new HashSet<>();
    if (isTrue(properties, ClientProperties.REDIRECT_ENABLED)) {
      statuses.addAll(REDIRECTS);
    }
    if (isTrue(properties, ClientProperties.RETRY_AFTER_SERVICE_UNAVAILABLE)) {
      statuses.add(UNAVAILABLE);
    }
    boolean canAuthenticate =
        properties.containsKey(ClientProperties.CREDENTIALS)
            || properties.containsKey(ClientProperties.AUTH_CONFIG);
    if (canAuthenticate && request.getHeader(UpgradeRequest.AUTHORIZATION) == null) {
      statuses.add(UNAUTHORIZED);
    }
    return statuses;
  }

  private static boolean isTrue(Map<String, Object> properties, String key) {
    return ConnectionSettings.property(properties, key, Boolean.class, false);
  }

  /**
   * What is agreed on about compression, or null.
   *
   * @throws IOException if the handshake must fail
   */
  DeflateTerms deflate(HttpHead head) throws IOException {
    if (head.status() != SWITCHING_PROTOCOLS) {
      return null;
    }
    Set<String> others =
        config.getExtensions().stream().map(Extension::getName).collect(Collectors.toSet());
    return DeflateTerms.agreed(head.headers().get(DeflateTerms.HEADER), settings.deflate(), others);
  }

  boolean tyrusHandles(int status) {
    return status == SWITCHING_PROTOCOLS || leftToTyrus.contains(status);
  }
}
