package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who may connect, and who may see and drain a deployment. Secrets are compared in constant time
 * and never logged.
 *
 * @param allowedOrigins origins beside the server's own whose pages may connect, as {@code
 *     https://example.org}; {@code *} allows all
 * @param token what a client must bear, or null
 * @param adminToken what must be borne for figures, draining and the admin socket, or null
 * @param requireRole whether the container must have given the role {@code wsproof-user} or {@code
 *     wsproof-admin}
 */
record Access(Set<String> allowedOrigins, String token, String adminToken, boolean requireRole) {
  static final String ROLE_BEGINS = "wsproof-";
  static final String USER_ROLE = "wsproof-user";
  static final String ADMIN_ROLE = "wsproof-admin";

  /** For browsers, which cannot set a header. */
  static final String TOKEN_PARAMETER = "access_token";

  private static final String BEARER = "bearer ";
  private static final Pattern LOOPBACK =
      Pattern.compile(
          "localhost|127(\\.\\d+){3}|\\[(::1|0:0:0:0:0:0:0:1)\\]|(::1|0:0:0:0:0:0:0:1)(%\\w+)?");
  private static final Pattern DEFAULT_PORT = Pattern.compile(":(80|443)$");

  static Access of(Settings settings) {
    Set<String> origins = settings.list("allowed-origins");
    for (String origin : origins) {
      if (!origin.matches("\\*|null|[a-z][a-z0-9+.-]*://[^/?#]+")) {
        throw new IllegalArgumentException(
            "allowed-origins must be origins such as https://example.org, or *: " + origin);
      }
    }
    return new Access(
        origins,
        secret(settings, "token"),
        secret(settings, "admin-token"),
        settings.flag("require-role"));
  }

  private static String secret(Settings settings, String name) {
    String secret = settings.text(name);
    if (secret != null && !secret.matches("[!-~]{8,}")) {
      throw new IllegalArgumentException(
          name + " must be at least 8 printable ASCII characters, without spaces");
    }
    return secret;
  }

  /** Whether a page of this origin may connect; a client that is no browser sends none. */
  boolean allowsOrigin(HandshakeRequestView request) {
    String origin = request.header("Origin");
    if (origin == null || allowedOrigins.contains("*") || allowedOrigins.contains(origin)) {
      return true;
    }
    String page = authority(origin);
    return page != null
        && (isSame(page, request.header("Host"))
            || isSame(page, request.header("X-Forwarded-Host")));
  }

  /** A page on this machine is its developer's own, whatever its port. */
  private static boolean isSame(String page, String host) {
    if (host == null) {
      return false;
    }
    String server = DEFAULT_PORT.matcher(host.trim().toLowerCase(Locale.ROOT)).replaceFirst("");
    return page.equals(server) || isLoopback(withoutPort(page)) && isLoopback(withoutPort(server));
  }

  private static String withoutPort(String authority) {
    return authority.replaceFirst(":\\d+$", "");
  }

  private static String authority(String origin) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority == null
          ? null
          : DEFAULT_PORT.matcher(authority.toLowerCase(Locale.ROOT)).replaceFirst("");
    } catch (IllegalArgumentException e) {
      // Not an origin: it is nobody's.
      return null;
    }
  }

  /** Why a client may not connect, or null: it needs the token, and the role, if they are set. */
  Refusal refuseUser(HandshakeRequestView request) {
    if (token != null && !bears(request, token) && !bears(request, adminToken)) {
      return Refusal.noToken();
    }
    if (!requireRole) {
      return null;
    }
    if (request.isChallenged()) {
      return Refusal.notLoggedIn();
    }
    boolean hasRole = request.isUserInRole(USER_ROLE) || request.isUserInRole(ADMIN_ROLE);
    return hasRole ? null : Refusal.noRole();
  }

  /**
   * Why a request is not an administrator's, or null: it is by token, by role, or, where neither is
   * set, because it comes from this machine and through no proxy.
   */
  Refusal refuseAdmin(HandshakeRequestView request) {
    if (bears(request, adminToken)) {
      return null;
    }
    if (requireRole && request.isChallenged()) {
      return Refusal.notLoggedIn();
    }
    if (request.isUserInRole(ADMIN_ROLE)) {
      return null;
    }
    if (requireRole) {
      return Refusal.noRole();
    }
    if (adminToken != null) {
      return Refusal.noToken();
    }
    return isLocal(request) ? null : Refusal.notLocal();
  }

  /**
   * Why a client may not be a member of a namespace's rooms, or null: it is an administrator, or
   * the container has given it the role {@code wsproof-<namespace>}.
   */
  Refusal refuseMember(String namespace, HandshakeRequestView request) {
    if (refuseAdmin(request) == null || request.isUserInRole(ROLE_BEGINS + namespace)) {
      return null;
    }
    return requireRole && request.isChallenged()
        ? Refusal.notLoggedIn()
        : Refusal.notMember(namespace);
  }

  /** A page of another site may name its own host as this machine: then Host is that name. */
  private static boolean isLocal(HandshakeRequestView request) {
    String host = request.header("Host");
    return isLoopback(request.address())
        && (host == null || isLoopback(withoutPort(host)))
        && request.header("Forwarded") == null
        && request.header("X-Forwarded-For") == null;
  }

  private static boolean bears(HandshakeRequestView request, String secret) {
    if (secret == null) {
      return false;
    }
    String header = request.header("Authorization");
    String borne =
        header != null && header.toLowerCase(Locale.ROOT).startsWith(BEARER)
            ? header.substring(BEARER.length()).trim()
            : request.parameter(TOKEN_PARAMETER);
    return borne != null && MessageDigest.isEqual(borne.getBytes(UTF_8), secret.getBytes(UTF_8));
  }

  static boolean isLoopback(String host) {
    return LOOPBACK.matcher(host).matches();
  }
}
