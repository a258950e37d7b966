package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.util.HttpStatus;

/** An HTTP answer in words, behind which the connection ends, or the head of a 101. */
record HttpAnswer(int status, String sentence, Map<String, List<String>> headers) {
  HttpAnswer(int status, String sentence) {
    this(status, sentence, Map.of());
  }

  /** The head of an answer, to its empty line. */
  static String head(int status, Map<String, List<String>> headers) {
    StringBuilder head = new StringBuilder("HTTP/1.1 ").append(status).append(' ');
    head.append(reason(status)).append("\r\n");
    headers.forEach(
        (name, values) ->
            head.append(name).append(": ").append(String.join(", ", values)).append("\r\n"));
    return head.append("\r\n").toString();
  }

  static String reason(int status) {
    return switch (status) {
      // Grizzly's phrase is that of a draft, and it has none for the other.
      case 101 -> "Switching Protocols";
      case 426 -> "Upgrade Required";
      default -> HttpStatus.getHttpStatus(status).getReasonPhrase();
    };
  }

  /** Sends it, and lingers: the client may still be sending what is not wanted. */
  void send(Connection<?> connection, Wire wire, Sweep sweep, Bounds bounds) {
    byte[] body = (sentence + "\n").getBytes(UTF_8);
    Map<String, List<String>> all = new LinkedHashMap<>(headers);
    all.put("Connection", List.of("close"));
    all.put("Content-Type", List.of("text/plain;charset=utf-8"));
    all.put("Content-Length", List.of(String.valueOf(body.length)));
    byte[] bytes = (head(status, all) + new String(body, UTF_8)).getBytes(UTF_8);
    wire.write(
        connection,
        ByteBuffer.wrap(bytes),
        () -> Linger.begin(connection, wire, sweep, bounds),
        failure -> connection.terminateSilently());
  }
}
