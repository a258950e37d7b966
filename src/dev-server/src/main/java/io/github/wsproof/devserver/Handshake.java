package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.Protocol;
import org.glassfish.grizzly.http.util.DataChunk;
import org.glassfish.tyrus.core.RequestContext;
import org.glassfish.tyrus.core.Utils;

/** The request of a handshake: what RFC 6455 §4.2.1 wants of it, and as Tyrus wants it. */
final class Handshake {
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  /** RFC 3986 §3.3 and §3.4; what else a client sends is encoded, not refused. */
  private static final String LEGAL = "-._~!$&'()*+,;=:@/?%";

  private Handshake() {}

  static boolean isWanted(HttpRequestPacket request) {
    return request.getUpgrade() != null && hasToken(request.getUpgrade(), "websocket");
  }

  /** The request as Tyrus wants it. */
  static RequestContext of(HttpRequestPacket request) throws RefusedException {
    check(request);
    String query = text(request.getQueryStringDC());
    RequestContext context =
        RequestContext.Builder.create()
            .requestURI(path(text(request.getRequestURIRef().getOriginalRequestURIBC())))
            .queryString(query == null ? null : legal(query))
            .parameterMap(parameters(query))
            .secure(request.isSecure())
            .remoteAddr(request.getRemoteAddress())
            .build();
    for (String name : request.getHeaders().names()) {
      List<String> values = context.getHeaders().computeIfAbsent(name, unused -> new ArrayList<>());
      if (values.isEmpty()) {
        for (String value : request.getHeaders().values(name)) {
          values.addAll(Utils.parseHeaderValue(value.trim()));
        }
      }
    }
    return context;
  }

  private static void check(HttpRequestPacket request) throws RefusedException {
    if (request.getMethod() != Method.GET || request.getProtocol() != Protocol.HTTP_1_1) {
      throw refused(400, "A WebSocket handshake is a GET of HTTP/1.1.");
    }
    if (!hasToken(request.getHeader("Connection"), "upgrade")) {
      throw refused(400, "A WebSocket handshake has the header Connection: Upgrade.");
    }
    if (!VERSION.equals(request.getHeader("Sec-WebSocket-Version"))) {
      throw new RefusedException(
          new HttpAnswer(
              426,
              "Only version 13 of the WebSocket protocol is spoken here: Sec-WebSocket-Version: 13.",
              Map.of("Sec-WebSocket-Version", List.of(VERSION), "Upgrade", List.of("websocket"))));
    }
    if (!isKey(request.getHeader("Sec-WebSocket-Key"))) {
      throw refused(400, "Sec-WebSocket-Key must be 16 bytes in base64.");
    }
  }

  private static boolean isKey(String key) {
    try {
      return key != null && Base64.getDecoder().decode(key.trim()).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean hasToken(String header, String token) {
    return header != null
        && Arrays.stream(header.split(",")).anyMatch(part -> part.trim().equalsIgnoreCase(token));
  }

  private static URI path(String path) throws RefusedException {
    try {
      if (path.startsWith("/") && !path.startsWith("//")) {
        return URI.create(legal(path));
      }
    } catch (IllegalArgumentException e) {
      throw refused(400, "The path is no path of a URI: " + legal(path));
    }
    throw refused(400, "The path must begin with one slash.");
  }

  /** As they are in the address, decoded; raw bytes are UTF-8. */
  private static Map<String, String[]> parameters(String query) throws RefusedException {
    Map<String, String[]> parameters = new LinkedHashMap<>();
    if (query == null || query.isEmpty()) {
      return parameters;
    }
    try {
      for (String pair : legal(query).split("&")) {
        String[] parts = pair.split("=", 2);
        String value = parts.length == 1 ? "" : URLDecoder.decode(parts[1], UTF_8);
        parameters.merge(
            URLDecoder.decode(parts[0], UTF_8), new String[] {value}, Handshake::joined);
      }
    } catch (IllegalArgumentException e) {
      throw refused(
          400, "A % in the query must begin a byte in two hexadecimal digits, as in %20.");
    }
    return parameters;
  }

  private static String[] joined(String[] first, String[] second) {
    String[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** Encodes what a URI must not hold; a percent sign is the client's own affair. */
  private static String legal(String text) {
    StringBuilder legal = new StringBuilder();
    for (byte b : text.getBytes(ISO_8859_1)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || LEGAL.indexOf(c) >= 0);
      legal.append(plain ? String.valueOf(c) : String.format("%%%02X", (int) c));
    }
    return legal.toString();
  }

  private static String text(DataChunk chunk) {
    return chunk == null || chunk.isNull() ? null : chunk.toString(ISO_8859_1);
  }

  private static RefusedException refused(int status, String sentence) {
    return new RefusedException(new HttpAnswer(status, sentence));
  }
}
