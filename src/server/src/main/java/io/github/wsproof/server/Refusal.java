package io.github.wsproof.server;

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
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;

  /** The headers that go with the status. */
  public Map<String, String> headers() {
    return switch (status) {
      case UNAUTHORIZED -> Map.of("WWW-Authenticate", "Bearer realm=\"wsproof\"");
      case TOO_MANY_REQUESTS, UNAVAILABLE -> Map.of("Retry-After", "1");
      default -> Map.of();
    };
  }
}
