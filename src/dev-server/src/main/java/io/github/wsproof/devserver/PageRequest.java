package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Pattern;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.Protocol;

/** A request for the page: Grizzly takes some that are none, and logs a stack trace for each. */
final class PageRequest {
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");

  /** RFC 3986 §3.3, and what browsers leave as it is. */
  private static final Pattern PATH = Pattern.compile("/(?:[!-$&-~]|%[0-9A-Fa-f]{2})*|\\*");

  private PageRequest() {}

  static void check(HttpRequestPacket request) throws RefusedException {
    Protocol protocol = request.getProtocol();
    if (protocol != Protocol.HTTP_1_1 && protocol != Protocol.HTTP_1_0) {
      throw new RefusedException(new HttpAnswer(505, "Only HTTP/1.1 and HTTP/1.0 are known here."));
    }
    String path = request.getRequestURIRef().getOriginalRequestURIBC().toString(ISO_8859_1);
    if (!METHOD.matcher(request.getMethod().getMethodString()).matches()
        || !PATH.matcher(path).matches()) {
      throw new RefusedException(new HttpAnswer(400, "The request line is no HTTP/1.1."));
    }
  }
}
