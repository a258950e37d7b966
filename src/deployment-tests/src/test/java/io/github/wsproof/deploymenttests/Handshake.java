package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A server's answer to a handshake, read from a bare socket: the JDK's client does not show it.
 *
 * @param status its first line
 * @param headers by name, in lower case
 */
record Handshake(String status, Map<String, String> headers) {
  /** The key and what must answer it, from RFC 6455 section 1.3. */
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private static final int BOUND_MILLIS = 30_000;

  /** What a client asks for, with the key of RFC 6455 section 1.3. */
  static String request(URI uri, String... headerLines) {
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    StringBuilder request =
        new StringBuilder("GET " + uri.getRawPath() + query + " HTTP/1.1\r\n")
            .append("Host: " + uri.getAuthority() + "\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\n")
            .append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n");
    for (String line : headerLines) {
      request.append(line).append("\r\n");
    }
    return request.append("\r\n").toString();
  }

  static Handshake with(URI uri, String... headerLines) throws IOException {
    return answer(uri, request(uri, headerLines));
  }

  /** The answer to a request that may be any. */
  static Handshake answer(URI uri, String request) throws IOException {
    try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(BOUND_MILLIS);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      return read(new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)));
    }
  }

  private static Handshake read(BufferedReader reader) throws IOException {
    String status = reader.readLine();
    Map<String, String> headers = new TreeMap<>();
    for (String line = reader.readLine();
        line != null && !line.isEmpty();
        line = reader.readLine()) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    return new Handshake(status, headers);
  }
}
