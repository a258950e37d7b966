package io.github.wsproof.transport;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.glassfish.tyrus.spi.UpgradeRequest;

/** The two requests that are sent before there is a WebSocket. */
final class HttpRequests {

  private HttpRequests() {}

  /** {@code GET path?query} with the headers that Tyrus and the application have set. */
  static ByteBuffer upgrade(UpgradeRequest request, boolean deflate) {
    URI uri = request.getRequestURI();
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder head = new StringBuilder("GET ").append(path).append(query);
    head.append(" HTTP/1.1\r\n");
    request.getHeaders().forEach((name, values) -> appendHeader(head, name, values));
    if (deflate) {
      appendHeader(head, DeflateTerms.HEADER, List.of(DeflateTerms.OFFER));
    }
    return bytes(head);
  }

  /** {@code CONNECT host:port} (RFC 9110 §9.3.6). */
  static ByteBuffer connect(HostPort target, Map<String, String> proxyHeaders) {
    StringBuilder head = new StringBuilder("CONNECT ").append(target).append(" HTTP/1.1\r\n");
    appendHeader(head, "Host", List.of(target.toString()));
    proxyHeaders.forEach((name, value) -> appendHeader(head, name, List.of(value)));
    return bytes(head);
  }

  private static void appendHeader(StringBuilder head, String name, List<String> values) {
    for (String value : values) {
      if (name.matches(".*[\\s:].*") || value.contains("\r") || value.contains("\n")) {
        throw new IllegalArgumentException(
            "must be one line: header " + Text.printable(name + "=" + value, 200));
      }
      head.append(name).append(": ").append(value).append("\r\n");
    }
  }

  private static ByteBuffer bytes(StringBuilder head) {
    return ByteBuffer.wrap(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
  }
}
