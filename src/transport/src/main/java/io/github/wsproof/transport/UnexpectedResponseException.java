package io.github.wsproof.transport;

import java.util.List;
import java.util.Map;
import org.glassfish.tyrus.client.exception.DeploymentHandshakeException;
import org.glassfish.tyrus.core.HandshakeException;

/**
 * A server, or a proxy on the way to it, has answered the handshake with something else than its
 * acceptance. {@code connectToServer} throws it as it is; its message names the peer, the status
 * and the first 200 characters of the body.
 */
public final class UnexpectedResponseException extends DeploymentHandshakeException {

  private static final long serialVersionUID = 1;
  private static final int BODY_CHARACTERS_TOLD = 200;

  private final int status;
  private final String reason;
  private final transient Map<String, List<String>> headers;
  private final String body;
  private final boolean fromProxy;

  private UnexpectedResponseException(
      String message, HttpHead head, String body, boolean fromProxy) {
    super(message, new HandshakeException(head.status(), message));
    this.status = head.status();
    this.reason = head.reason();
    this.headers = head.headers();
    this.body = body;
    this.fromProxy = fromProxy;
  }

  static UnexpectedResponseException of(String who, HttpHead head, String body, boolean fromProxy) {
    return new UnexpectedResponseException(message(who, head, body), head, body, fromProxy);
  }

  private static String message(String who, HttpHead head, String body) {
    String start = Text.printable(body, BODY_CHARACTERS_TOLD);
    return who + " has answered " + head.statusLine() + (start.isEmpty() ? "" : ": " + start);
  }

  /** The HTTP status, 404 for example. */
  public int status() {
    return status;
  }

  /** The phrase behind the status; "" if there is none. */
  public String reason() {
    return reason;
  }

  /** The headers, each with its values in their order; empty after deserialization. */
  public Map<String, List<String>> headers() {
    return headers == null ? Map.of() : headers;
  }

  /** The body as UTF-8 text: its first 8 KiB, or what of it has come within a second. */
  public String body() {
    return body;
  }

  /** Whether it was the proxy that answered, to CONNECT, and not the server. */
  public boolean fromProxy() {
    return fromProxy;
  }
}
