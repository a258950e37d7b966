package io.github.wsproof.server;

import jakarta.websocket.CloseReason.CloseCodes;
import java.util.Map;

/**
 * Why a handshake is not taken.
 *
 * @param status the HTTP status where it can be given before the upgrade
 * @param closeCode the close code where the connection is open already
 * @param sentence the reason in words, at most 123 bytes
 * @param cause one word for it, for the figures
 */
public record Refusal(int status, int closeCode, String sentence, String cause) {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int VIOLATED_POLICY = CloseCodes.VIOLATED_POLICY.getCode();
  private static final String TOKEN_CAUSE = "token";

  static Refusal noToken() {
    return new Refusal(
        UNAUTHORIZED, VIOLATED_POLICY, "a valid bearer token is needed", TOKEN_CAUSE);
  }

  /** The container's challenge is in the response already. */
  static Refusal notLoggedIn() {
    return new Refusal(UNAUTHORIZED, VIOLATED_POLICY, "log in with a name and a password", "login");
  }

  static Refusal noRole() {
    return new Refusal(
        FORBIDDEN, VIOLATED_POLICY, "the client has not the role that is needed", "role");
  }

  /** Of a room whose namespace needs a role. */
  static Refusal notMember(String namespace) {
    String shown = namespace.length() > 40 ? namespace.substring(0, 40) + "..." : namespace;
    return new Refusal(
        FORBIDDEN,
        VIOLATED_POLICY,
        "rooms of " + shown + "/ need the role wsproof-" + shown + " or an administrator",
        "role");
  }

  /** Where nothing says who is an administrator. */
  static Refusal notLocal() {
    return new Refusal(
        FORBIDDEN,
        VIOLATED_POLICY,
        "only from this machine, unless wsproof.admin-token or wsproof.require-role is set",
        "role");
  }

  static Refusal otherOrigin() {
    return new Refusal(
        FORBIDDEN, VIOLATED_POLICY, "pages of this Origin may not connect", "origin");
  }

  /** The headers that go with the status. */
  public Map<String, String> headers() {
    return switch (status) {
      case UNAUTHORIZED ->
          cause.equals(TOKEN_CAUSE)
              ? Map.of("WWW-Authenticate", "Bearer realm=\"wsproof\"")
              : Map.of();
      case TOO_MANY_REQUESTS, UNAVAILABLE -> Map.of("Retry-After", "1");
      default -> Map.of();
    };
  }
}
