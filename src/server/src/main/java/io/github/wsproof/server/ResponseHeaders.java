package io.github.wsproof.server;

import java.util.LinkedHashMap;
import java.util.Map;

/** Headers of every response: what a browser may do with the page. */
public final class ResponseHeaders {
  private static final Map<String, String> ALL = new LinkedHashMap<>();

  static {
    // The page runs its own modules and no others; its socket's address is its user's choice.
    ALL.put(
        "Content-Security-Policy",
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self' ws: wss:; base-uri 'none';"
            + " form-action 'none'; frame-ancestors 'none'");
    ALL.put("X-Content-Type-Options", "nosniff");
    ALL.put("Referrer-Policy", "no-referrer");
    // Asked for anew, so that no page is made of the files of two versions.
    ALL.put("Cache-Control", "no-cache");
  }

  private ResponseHeaders() {}

  /** By name. */
  public static Map<String, String> all() {
    return ALL;
  }
}
