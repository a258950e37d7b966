package io.github.wsproof.transport;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The first 8 KiB of the body of a response that refuses a handshake.
 *
 * <p>Not thread-safe: owned by the loop's thread.
 */
final class HttpBody {

  private static final int MAX_BYTES = 8 * 1024;
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;
  private static final int HEXADECIMAL = 16;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final boolean chunked;
  private final long lengthBytes;

  HttpBody(HttpHead head) {
    String coding = head.header("Transfer-Encoding");
    this.chunked = coding != null && coding.toLowerCase().endsWith("chunked");
    this.lengthBytes = hasNone(head.status()) ? 0 : length(head.header("Content-Length"));
  }

  private static boolean hasNone(int status) {
    return status < 200 || status == NO_CONTENT || status == NOT_MODIFIED;
  }

  /** Without a (sane) length, the body lasts to the end of the stream (RFC 9112 §6.3). */
  private static long length(String header) {
    return header != null && header.matches("[0-9]{1,18}")
        ? Long.parseLong(header)
        : Long.MAX_VALUE;
  }

  void add(ByteBuffer more) {
    byte[] kept = new byte[Math.min(more.remaining(), MAX_BYTES - bytes.size())];
    more.get(kept);
    bytes.writeBytes(kept);
  }

  /** Whether all of the body that is wanted is here. */
  boolean complete() {
    return bytes.size() >= Math.min(lengthBytes, MAX_BYTES)
        || chunked && raw().endsWith("0\r\n\r\n");
  }

  /** The body as UTF-8. */
  String text() {
    String raw = chunked ? unchunked(raw()) : raw();
    return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private String raw() {
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  /** {@code size CRLF bytes CRLF} … {@code 0 CRLF CRLF}; as far as it makes sense. */
  private static String unchunked(String raw) {
    StringBuilder body = new StringBuilder();
    int at = 0;
    for (int line = raw.indexOf("\r\n"); line > at; line = raw.indexOf("\r\n", at)) {
      int size = chunkSize(raw.substring(at, line));
      int start = line + 2;
      int end = Math.min(raw.length(), start + Math.max(0, size));
      body.append(raw, start, end);
      at = Math.min(raw.length(), end + 2);
    }
    return body.toString();
  }

  private static int chunkSize(String line) {
    String digits = line.split(";", 2)[0].trim();
    return digits.matches("[0-9a-fA-F]{1,6}") ? Integer.parseInt(digits, HEXADECIMAL) : 0;
  }
}
