package io.github.wsproof.client;

import java.io.EOFException;
import java.util.Locale;

/** Says in a sentence why TLS failed, and what to do. */
final class TlsFailure {
  private static final String ALERT = "received fatal alert: ";

  private TlsFailure() {}

  static String explain(Throwable failure, String address, ConnectionOptions options) {
    String message = String.valueOf(failure.getMessage());
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ExplainingTrustManager.Refused refused) {
        return "TLS with " + address + " failed: " + refused.getMessage();
      }
      if (t instanceof EOFException) {
        message = t.getMessage();
      }
    }
    String lower = message.toLowerCase(Locale.ROOT);
    int alert = lower.indexOf(ALERT);
    String why =
        alert >= 0
            ? alert(lower.substring(alert + ALERT.length()).strip(), options)
            : lower.contains("unrecognized ssl message") || lower.contains("not an ssl/tls record")
                ? "what answers there does not speak TLS; use ws:// or check the port"
                : message;
    return "TLS with " + address + " failed: " + why;
  }

  private static String alert(String alert, ConnectionOptions options) {
    boolean named = options.tls().cert() != null;
    return switch (alert) {
      case "certificate_required",
          "bad_certificate",
          "certificate_unknown",
          "unknown_ca",
          "certificate_expired",
          "access_denied" ->
          (named
                  ? "the server does not accept the client certificate of --cert; check its issuer"
                      + " and dates"
                  : "the server wants a client certificate (--cert, --key)")
              + " (alert "
              + alert
              + ")";
      case "handshake_failure" ->
          "the server has no cipher in common with this client"
              + (named ? ", or does not accept the certificate of --cert" : "")
              + (named ? "" : ", or wants a client certificate (--cert, --key)")
              + " (alert handshake_failure)";
      case "protocol_version" ->
          "the server speaks no TLS version that this Java allows (alert protocol_version)";
      case "unrecognized_name" ->
          "the server knows no host of that name; use a name that it serves (alert"
              + " unrecognized_name)";
      case "no_application_protocol" ->
          "the server wants another protocol than HTTP/1.1 (alert no_application_protocol)";
      default -> "the server ended it with alert " + alert;
    };
  }
}
