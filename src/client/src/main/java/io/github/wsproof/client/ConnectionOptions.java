package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the handshake of each connection says, and through what it goes. Secrets are in here: {@link
 * #toString} and {@link #described} hold none.
 *
 * @param headers of the handshake, by name, in whatever case
 * @param subprotocols offered, the preferred first
 * @param proxy {@code http://host:port} without credentials, or null
 * @param proxyAuthorization the header for the proxy alone, or null
 * @param tls how to speak TLS
 */
public record ConnectionOptions(
    Map<String, List<String>> headers,
    List<String> subprotocols,
    URI proxy,
    String proxyAuthorization,
    TlsOptions tls) {
  /** Nothing beside what every handshake says. */
  public static final ConnectionOptions NONE = builder().build();

  private static final String REDACTED = "***";
  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /** What the handshake itself needs (RFC 6455 section 4.1). */
  private static final Set<String> OURS =
      Set.of(
          "connection",
          "upgrade",
          "sec-websocket-key",
          "sec-websocket-version",
          "sec-websocket-extensions",
          "sec-websocket-accept");

  private static final List<String> SECRET_WORDS =
      List.of("auth", "cookie", "token", "secret", "key", "password", "session", "credential");

  /** Copies the collections. */
  public ConnectionOptions {
    Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    headers = copy;
    subprotocols = List.copyOf(subprotocols);
  }

  /** Starts with nothing. */
  public static Builder builder() {
    return new Builder();
  }

  /** What differs from the defaults, by option, without secrets: for reports. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    if (!headers.isEmpty()) {
      List<String> lines = new ArrayList<>();
      headers.forEach(
          (name, values) -> values.forEach(v -> lines.add(name + ": " + shown(name, v))));
      described.put("header", lines);
    }
    if (!subprotocols.isEmpty()) {
      described.put("subprotocol", subprotocols);
    }
    if (proxy != null) {
      described.put("proxy", proxy.toString());
    }
    described.putAll(tls.described());
    return described;
  }

  private static String shown(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SECRET_WORDS.stream().anyMatch(lower::contains) ? REDACTED : value;
  }

  @Override
  public String toString() {
    return described().toString();
  }

  /** Collects what is wanted. Not thread-safe. */
  public static final class Builder {
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final List<String> subprotocols = new ArrayList<>();
    private URI proxy;
    private String proxyAuthorization;
    private TlsOptions tls = TlsOptions.SYSTEM;

    private Builder() {}

    /**
     * Adds a header; of the same name there may be several.
     *
     * @throws IllegalArgumentException if it is no header, or one that the handshake itself needs
     */
    public Builder header(String name, String value) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!name.matches(TOKEN)) {
        throw new IllegalArgumentException(
            "must be 'Name: value' with a name of letters, digits and -: header=" + name);
      }
      if (value.chars().anyMatch(c -> c < ' ' && c != '\t' || c == 127)) {
        throw new IllegalArgumentException(
            "must be one line without control characters: the value of header=" + name);
      }
      if (!ISO_8859_1.newEncoder().canEncode(value)) {
        throw new IllegalArgumentException(
            "must be of Latin-1 characters (others encoded): the value of header=" + name);
      }
      if (OURS.contains(lower)) {
        throw new IllegalArgumentException(
            "must not be one that the handshake itself needs: header=" + name);
      }
      if (lower.equals("sec-websocket-protocol")) {
        throw new IllegalArgumentException("must be set with --subprotocol: header=" + name);
      }
      headers.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
      return this;
    }

    /** Adds a line such as {@code Name: value}. */
    public Builder header(String line) {
      int colon = line.indexOf(':');
      if (colon < 1) {
        // A line without a name may be a secret alone: it is not repeated.
        throw new IllegalArgumentException(
            "must be 'Name: value': header=" + (colon < 0 ? "(no colon)" : "(no name)"));
      }
      return header(line.substring(0, colon), line.substring(colon + 1).strip());
    }

    /** A cookie, {@code name=value}; several become one header (RFC 6265 section 5.4). */
    public Builder cookie(String cookie) {
      if (cookie.indexOf('=') < 1) {
        throw new IllegalArgumentException("must be name=value: cookie=" + REDACTED);
      }
      List<String> before = headers.remove("Cookie");
      return header("Cookie", (before == null ? "" : before.get(0) + "; ") + cookie);
    }

    /** Credentials, {@code user:password}, sent with the handshake (RFC 7617). */
    public Builder basic(String userAndPassword) {
      return authorization(basicValue("user", userAndPassword));
    }

    /** A token, sent with the handshake (RFC 6750). */
    public Builder bearer(String token) {
      if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c > 126)) {
        throw new IllegalArgumentException(
            "must hold a token without spaces (RFC 6750): bearer=" + REDACTED);
      }
      return authorization("Bearer " + token);
    }

    private Builder authorization(String value) {
      if (headers.containsKey("Authorization")) {
        throw new IllegalArgumentException(
            "must be given once, as a user, a bearer token or a header: Authorization=" + REDACTED);
      }
      return header("Authorization", value);
    }

    private static String basicValue(String option, String userAndPassword) {
      if (userAndPassword.indexOf(':') < 0) {
        throw new IllegalArgumentException("must be user:password: " + option + "=" + REDACTED);
      }
      return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
    }

    /** Offers a subprotocol, after those before. */
    public Builder subprotocol(String name) {
      if (!name.matches(TOKEN) || subprotocols.contains(name)) {
        throw new IllegalArgumentException(
            "must be a name without spaces or commas, each once: subprotocol=" + name);
      }
      subprotocols.add(name);
      return this;
    }

    /**
     * Goes through a proxy that opens tunnels with CONNECT.
     *
     * @param url {@code http://host:port}, with {@code user:password@} or not
     */
    public Builder proxy(String url) {
      URI uri;
      try {
        uri = new URI(url.contains("://") ? url : "http://" + url);
      } catch (URISyntaxException e) {
        throw new IllegalArgumentException("must be http://host:port: proxy", e);
      }
      String path = uri.getRawPath() == null ? "" : uri.getRawPath();
      boolean bare = path.isEmpty() || path.equals("/");
      if (!"http".equals(uri.getScheme())
          || uri.getHost() == null
          || uri.getPort() == 0
          || uri.getPort() > 65_535
          || !bare
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null) {
        throw new IllegalArgumentException(
            "must be http://host:port, a proxy that knows CONNECT: proxy=" + withoutUser(url));
      }
      if (uri.getUserInfo() != null) {
        proxyUser(uri.getUserInfo());
      }
      String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
      proxy = URI.create("http://" + uri.getHost() + port);
      return this;
    }

    private static String withoutUser(String url) {
      return url.replaceFirst("//.*@", "//" + REDACTED + "@");
    }

    /** Credentials for the proxy, {@code user:password}. */
    public Builder proxyUser(String userAndPassword) {
      proxyAuthorization = basicValue("proxy-user", userAndPassword);
      return this;
    }

    /** How to speak TLS. */
    public Builder tls(TlsOptions value) {
      tls = value;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException with a sentence, where they contradict each other
     */
    public ConnectionOptions build() {
      if (proxyAuthorization != null && proxy == null) {
        throw new IllegalArgumentException("must come with a proxy: proxy-user=" + REDACTED);
      }
      return new ConnectionOptions(headers, subprotocols, proxy, proxyAuthorization, tls);
    }
  }
}
