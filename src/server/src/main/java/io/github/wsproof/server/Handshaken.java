package io.github.wsproof.server;

import jakarta.websocket.server.HandshakeRequest;
import java.util.List;
import java.util.Map;

/**
 * What only the handshake of a connection tells.
 *
 * @param run the client's name for its run and connection, "-" if it gave none
 * @param address the remote address, "-" if the container does not tell
 * @param receiptAsked whether receipts were asked for by header
 * @param refusal why the connection is to be closed at once, or null
 */
record Handshaken(String run, String address, boolean receiptAsked, Refusal refusal) {
  static final String UNKNOWN = "-";

  static String run(String header) {
    return header != null && header.matches("[A-Za-z0-9._:/-]{1,80}") ? header : UNKNOWN;
  }

  /** A header's first value, or null: containers differ in whether names have a case. */
  static String header(Map<String, List<String>> headers, String name) {
    List<String> values = headers.get(name);
    if (values == null) {
      for (Map.Entry<String, List<String>> header : headers.entrySet()) {
        if (header.getKey().equalsIgnoreCase(name)) {
          values = header.getValue();
        }
      }
    }
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  /** A handshake to an endpoint as a configurator sees it: after the upgrade, or all but. */
  static HandshakeRequestView view(HandshakeRequest request, String endpointPath) {
    return new HandshakeRequestView() {
      @Override
      public String path() {
        return endpointPath;
      }

      @Override
      public String query() {
        return request.getQueryString();
      }

      @Override
      public String parameter(String name) {
        List<String> values = request.getParameterMap().get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
      }

      @Override
      public String header(String name) {
        return Handshaken.header(request.getHeaders(), name);
      }

      @Override
      public String address() {
        return UNKNOWN;
      }

      @Override
      public boolean isUserInRole(String role) {
        return request.isUserInRole(role);
      }
    };
  }
}
