package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.CharConversionException;
import java.util.regex.Pattern;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.Protocol;
import org.glassfish.grizzly.http.util.RequestURIRef;

/**
 * A request for the page or another plain resource: Grizzly takes some that are none, and answers
 * them with 500 or a stack trace in the log.
 */
final class PageRequest {
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");

  /**
   * RFC 3986 §3.3, and what browsers leave as it is. Possessive: else a path of some thousand
   * characters takes a frame of the stack for each.
   */
  private static final Pattern PATH = Pattern.compile("/(?:[!-$&-~]|%[0-9A-Fa-f]{2})*+|\\*");

  private PageRequest() {}

  static void check(HttpRequestPacket request) throws RefusedException {
    Protocol protocol = request.getProtocol();
    if (protocol != Protocol.HTTP_1_1 && protocol != Protocol.HTTP_1_0) {
      throw new RefusedException(new HttpAnswer(505, "Only HTTP/1.1 and HTTP/1.0 are known here."));
    }
    RequestURIRef uri = request.getRequestURIRef();
    // Without the scheme and host of an absolute form (RFC 9112 §3.2.2).
    String path = uri.getRequestURIBC().toString(ISO_8859_1);
    if (!METHOD.matcher(request.getMethod().getMethodString()).matches()
        || !PATH.matcher(path).matches()) {
      throw new RefusedException(new HttpAnswer(400, "The request line is no HTTP/1.1."));
    }
    try {
      // As whoever serves it will: there it would be a 500 without a word (Grizzly 4.0.2).
      uri.getDecodedRequestURIBC(false);
    } catch (CharConversionException e) {
      throw new RefusedException(
          new HttpAnswer(
              400,
              "The path must be UTF-8, percent-encoded, without NUL, \\ or %2F, below the root."));
    }
  }
}
