package io.github.wsproof.transport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.glassfish.tyrus.client.ClientProperties;

/**
 * A proxy that opens tunnels with CONNECT.
 *
 * @param headers to be sent to it, and to nobody else
 */
record HttpProxy(HostPort address, Map<String, String> headers) {

  private static final int PORT = 80;
  private static final String AUTHORIZATION = "Proxy-Authorization";

  /** What {@link ClientProperties#PROXY_URI} and PROXY_HEADERS say; null if there is no proxy. */
  static HttpProxy from(Map<String, Object> properties) {
    Object property = properties.get(ClientProperties.PROXY_URI);
    if (property == null) {
      return null;
    }
    URI uri = URI.create(property.toString());
    if (uri.getHost() == null) {
      throw new IllegalArgumentException(
          "must name a host, as http://host:port does: "
              + ClientProperties.PROXY_URI
              + "="
              + property);
    }
    int port = uri.getPort() < 0 ? PORT : uri.getPort();
    return new HttpProxy(new HostPort(uri.getHost(), port), headers(properties, uri));
  }

  private static Map<String, String> headers(Map<String, Object> properties, URI uri) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Map<?, ?> given =
        ConnectionSettings.property(
            properties, ClientProperties.PROXY_HEADERS, Map.class, Map.of());
    given.forEach((name, value) -> headers.put(String.valueOf(name), String.valueOf(value)));
    if (uri.getUserInfo() != null) {
      headers.putIfAbsent(AUTHORIZATION, "Basic " + base64(uri.getUserInfo()));
    }
    return headers;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
