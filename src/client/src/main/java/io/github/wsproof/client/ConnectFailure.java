package io.github.wsproof.client;

import io.github.wsproof.transport.UnexpectedResponseException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.glassfish.tyrus.client.auth.AuthenticationException;
import org.glassfish.tyrus.core.HandshakeException;

/** Says in a sentence why a connection could not be opened, and what to do. */
final class ConnectFailure {
  private static final int BODY_CHARACTERS = 200;

  private ConnectFailure() {}

  static String explain(Throwable failure, RunPlan plan) {
    return explain(failure, plan.url(), plan.connection(), plan.workload().deflate());
  }

  /** Of a connection that asks for nothing beside the protocol. */
  static String explain(Throwable failure, URI url, ConnectionOptions options) {
    return explain(failure, url, options, false);
  }

  private static String explain(
      Throwable failure, URI url, ConnectionOptions options, boolean deflate) {
    URI proxy = options.proxy();
    String server = url.getHost() + ":" + port(url);
    String peer = proxy == null ? server : proxy.getAuthority() + " (the proxy)";
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof UnexpectedResponseException answer) {
        return refused(answer, url, options, deflate);
      }
      if (t instanceof HandshakeException refused && refused.getHttpStatusCode() > 0) {
        int status = refused.getHttpStatusCode();
        if (status == 500 && !refused.getMessage().startsWith("Response code was not ")) {
          // Tyrus's own status, of a 101 that is none (RFC 6455 §4.1).
          return "the handshake was accepted with HTTP 101, but not as RFC 6455 wants it: "
              + refused.getMessage().replaceFirst("\\.$", "")
              + "; the server is no WebSocket server, or a proxy has changed its answer";
        }
        return "the handshake was refused with HTTP "
            + status
            + "; "
            + cause(status, url, options, deflate, null);
      }
      if (t instanceof AuthenticationException) {
        return "the handshake was refused with HTTP 401; "
            + cause(401, url, options, deflate, null);
      }
      if (t instanceof UnknownHostException || t instanceof UnresolvedAddressException) {
        String host = proxy == null ? url.getHost() : proxy.getHost();
        return "the host name " + host + " does not resolve; check it for a typing error";
      }
      if (t instanceof NoRouteToHostException) {
        return "there is no route to " + peer + "; check address, network and firewall";
      }
      if (t instanceof ConnectException) {
        return "nothing accepts connections at " + peer + "; start the server or check the port";
      }
      if (t instanceof SSLException) {
        return TlsFailure.explain(t, server, options);
      }
      if (t instanceof SocketTimeoutException || t instanceof TimeoutException) {
        return noAnswer(server, url);
      }
    }
    return root(failure, server, url);
  }

  private static String root(Throwable failure, String address, URI url) {
    String message = failure.toString();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      // The deepest that says anything: the JDK's own are often without words.
      message = t.getMessage() == null ? message : t.getMessage();
    }
    if (message.endsWith("during the TLS handshake")) {
      return "TLS with " + address + " failed: " + message + "; does it speak TLS there?";
    }
    if (message.contains("Handshake response not received")) {
      return noAnswer(address, url);
    }
    return "the handshake with " + address + " failed: " + message;
  }

  private static String noAnswer(String address, URI url) {
    String tls = url.getScheme().equals("wss") ? " that speaks TLS" : "";
    return address + " did not answer the handshake; is it a WebSocket server" + tls + "?";
  }

  private static String refused(
      UnexpectedResponseException answer, URI url, ConnectionOptions options, boolean deflate) {
    String phrase = answer.reason().isEmpty() ? "" : " " + answer.reason();
    String who = answer.fromProxy() ? "the tunnel" : "the handshake";
    String hint =
        answer.fromProxy()
            ? proxyCause(answer.status())
            : cause(answer.status(), url, options, deflate, AnsweredBy.of(answer.headers()));
    String body = start(answer.body());
    return who
        + " was refused "
        + (answer.fromProxy() ? "by the proxy " : "")
        + "with HTTP "
        + answer.status()
        + phrase
        + "; "
        + hint
        + told(answer)
        + (body.isEmpty() ? "" : "; the answer begins \"" + body + "\"");
  }

  /** The first characters of a body, on one line. */
  private static String start(String body) {
    String line = body.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.codePointCount(0, line.length()) <= BODY_CHARACTERS
        ? line
        : line.substring(0, line.offsetByCodePoints(0, BODY_CHARACTERS)) + "…";
  }

  /** What the answer's own headers say to the case. */
  private static String told(UnexpectedResponseException answer) {
    return switch (answer.status()) {
      case 301, 302, 303, 307, 308 -> {
        String location = header(answer.headers(), "Location");
        String url = location.replaceFirst("^http(s?)://", "ws$1://");
        yield location.isEmpty() ? "" : ": " + url;
      }
      case 401 -> header(" (it asks for ", answer, "WWW-Authenticate");
      case 407 -> header(" (it asks for ", answer, "Proxy-Authenticate");
      case 426 -> header(" (it wants ", answer, "Sec-WebSocket-Version");
      case 429, 503 -> header(" (Retry-After: ", answer, "Retry-After");
      default -> "";
    };
  }

  private static String header(String before, UnexpectedResponseException answer, String name) {
    String value = header(answer.headers(), name);
    return value.isEmpty() ? "" : before + start(value) + ")";
  }

  private static String header(Map<String, List<String>> headers, String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .flatMap(header -> header.getValue().stream())
        .findFirst()
        .orElse("");
  }

  private static String proxyCause(int status) {
    return switch (status) {
      case 407 -> "the proxy wants credentials (--proxy-user), or refuses those it got";
      case 403, 405 -> "the proxy does not allow CONNECT to this host and port";
      case 502, 503, 504 -> "the proxy does not reach the server; check host and port from there";
      default -> "it may be no proxy that knows CONNECT";
    };
  }

  /** What usually causes a status. */
  private static String cause(
      int status, URI url, ConnectionOptions options, boolean deflate, String answeredBy) {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    boolean credentials = options.headers().containsKey("Authorization");
    return switch (status) {
      case 200 ->
          "an ordinary page answered: no WebSocket endpoint is at "
              + path
              + ", or "
              + noUpgrade(answeredBy);
      case 400 ->
          "no WebSocket endpoint answered at "
              + path
              + ", "
              + (deflate ? "it does not take the offer of --deflate, " : "")
              + "it speaks TLS there (wss), or "
              + noUpgrade(answeredBy);
      case 426 -> "it wants an upgrade that did not reach it: " + noUpgrade(answeredBy);
      case 401 ->
          credentials
              ? "it does not accept the credentials that it got"
              : "credentials are wanted (--user, --bearer, --cookie)";
      case 407 -> "a proxy on the way wants credentials (--proxy-user)";
      case 403 ->
          "the server refuses this client, its credentials or its Origin (--origin); a firewall or"
              + " an allow-list does so too";
      case 404 ->
          "there is no WebSocket endpoint at "
              + path
              + "; check context path and path, and whether a proxy changes it; or "
              + noUpgrade(answeredBy);
      case 301, 302, 303, 307, 308 ->
          "the endpoint has moved or wants a login; use the new address";
      case 405 -> "GET is not allowed at " + path + "; it is no WebSocket endpoint";
      case 421 -> "the server does not serve this host name; check host and TLS name";
      case 429 -> "too many connections or requests from here; slow down (--ramp) or try later";
      case 500 -> "the server failed; its log says why";
      case 501, 505 -> "the server, or a proxy on the way, knows no WebSocket";
      case 502 ->
          "a proxy answered for a server that is down, restarting or refused the connection; check"
              + " the server behind it";
      case 503 ->
          "the server is overloaded, stopping or not up yet, or a proxy has no server left; try"
              + " later";
      case 504 -> "a proxy waited in vain for the server behind it; check that it answers";
      default ->
          status >= 500
              ? "the server failed; its log says why"
              : "ask a WebSocket endpoint for its address";
    };
  }

  /** A server that is not told of the upgrade sees a request for a page. */
  private static String noUpgrade(String answeredBy) {
    return "a proxy on the way does not pass on the headers Upgrade and Connection ("
        + KnownProxy.in(answeredBy)
            .map(proxy -> answeredBy + " answered, which needs " + proxy.upgradeSetting)
            .orElse(
                "nginx needs "
                    + KnownProxy.NGINX.upgradeSetting
                    + "; Apache "
                    + KnownProxy.APACHE.upgradeSetting)
        + ")";
  }

  private static int port(URI url) {
    return url.getPort() > 0 ? url.getPort() : url.getScheme().equals("wss") ? 443 : 80;
  }
}
