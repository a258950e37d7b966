package io.github.wsproof.transport;

import java.util.List;
import java.util.Map;
import org.glassfish.tyrus.core.TyrusUpgradeResponse;
import org.glassfish.tyrus.spi.UpgradeResponse;

/**
 * The head of an HTTP response.
 *
 * @param headers the values of each header in their order; names in any case
 */
record HttpHead(int status, String reason, Map<String, List<String>> headers) {

  private static final String CONNECTION = "Connection";

  /** The first value of a header, or null. */
  String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : values.get(0);
  }

  String statusLine() {
    return reason.isEmpty() ? String.valueOf(status) : status + " " + reason;
  }

  /** For Tyrus, which looks at the first Connection header only: all of them in one. */
  UpgradeResponse toUpgradeResponse() {
    UpgradeResponse response = new TyrusUpgradeResponse();
    response.setStatus(status);
    response.setReasonPhrase(reason);
    response.getHeaders().putAll(headers);
    response
        .getHeaders()
        .computeIfPresent(CONNECTION, (name, values) -> List.of(String.join(", ", values)));
    return response;
  }
}
