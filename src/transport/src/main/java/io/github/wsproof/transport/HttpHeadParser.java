package io.github.wsproof.transport;

import java.io.ByteArrayOutputStream;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the head of an HTTP/1 response (RFC 9112), wherever its bytes are split, and not a byte
 * more. Interim responses (1xx) are skipped, except 101.
 *
 * <p>Not thread-safe: owned by the loop's thread.
 */
final class HttpHeadParser {

  private static final int MAX_HEAD_BYTES = 64 * 1024;
  private static final int SWITCHING_PROTOCOLS = 101;
  private static final int QUOTED_CHARACTERS = 60;
  private static final byte[] START = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

  private final ByteArrayOutputStream head = new ByteArrayOutputStream(512);
  private int lineBytes;

  /**
   * Reads on, to the end of the head if it is in {@code bytes}.
   *
   * @return the head, or null if its end has not come yet
   * @throws ProtocolException if this is no HTTP response, or too large a one
   */
  HttpHead parse(ByteBuffer bytes) throws ProtocolException {
    while (bytes.hasRemaining()) {
      if (take(bytes.get())) {
        HttpHead complete = toHead(head.toString(StandardCharsets.ISO_8859_1));
        if (complete.status() >= 200 || complete.status() == SWITCHING_PROTOCOLS) {
          return complete;
        }
        head.reset();
      } else if (head.size() <= START.length) {
        checkStart(bytes);
      } else if (head.size() > MAX_HEAD_BYTES) {
        throw new ProtocolException("head of the response must be <= " + MAX_HEAD_BYTES + " bytes");
      }
    }
    return null;
  }

  /** Whether something of a response has come. */
  boolean started() {
    return head.size() > 0;
  }

  /** Returns whether the head ends with this byte: the line feed of an empty line. */
  private boolean take(byte next) {
    head.write(next);
    if (next != '\n') {
      lineBytes += next == '\r' ? 0 : 1;
      return false;
    }
    boolean empty = lineBytes == 0;
    lineBytes = 0;
    return empty;
  }

  private void checkStart(ByteBuffer rest) throws ProtocolException {
    byte[] got = head.toByteArray();
    for (int i = 0; i < Math.min(got.length, START.length); i++) {
      if (got[i] != START[i]) {
        byte[] more = new byte[Math.min(rest.remaining(), QUOTED_CHARACTERS)];
        rest.get(more);
        head.writeBytes(more);
        throw notHttp(head.toString(StandardCharsets.ISO_8859_1));
      }
    }
  }

  private static ProtocolException notHttp(String text) {
    return new ProtocolException(
        "must be an HTTP response: \"" + Text.printable(text, QUOTED_CHARACTERS) + "\"");
  }

  private static HttpHead toHead(String text) throws ProtocolException {
    String[] lines = text.split("\r?\n");
    String[] status = (lines.length == 0 ? "" : lines[0]).split(" ", 3);
    if (status.length < 2 || !status[1].matches("[1-9][0-9][0-9]")) {
      throw notHttp(text);
    }
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 1; i < lines.length; i++) {
      addHeader(headers, lines[i]);
    }
    String reason = status.length == 3 ? status[2].trim() : "";
    return new HttpHead(Integer.parseInt(status[1]), reason, headers);
  }

  private static void addHeader(Map<String, List<String>> headers, String line)
      throws ProtocolException {
    int colon = line.indexOf(':');
    if (colon <= 0) {
      throw new ProtocolException(
          "must be a header: \"" + Text.printable(line, QUOTED_CHARACTERS) + "\"");
    }
    headers
        .computeIfAbsent(line.substring(0, colon).trim(), name -> new ArrayList<>(1))
        .add(line.substring(colon + 1).trim());
  }
}
