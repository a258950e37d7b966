package io.github.wsproof.client;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.glassfish.tyrus.client.auth.AuthenticationException;
import org.glassfish.tyrus.core.HandshakeException;

/** Says in a sentence why a connection could not be opened, and what to do. */
final class ConnectFailure {
  private ConnectFailure() {}

  static String explain(Throwable failure, URI url) {
    String address = url.getHost() + ":" + port(url);
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof HandshakeException refused && refused.getHttpStatusCode() > 0) {
        return refusedWith(refused.getHttpStatusCode(), url);
      }
      if (t instanceof AuthenticationException) {
        return refusedWith(401, url);
      }
      if (t instanceof UnknownHostException || t instanceof UnresolvedAddressException) {
        return "the host name " + url.getHost() + " does not resolve; check it for a typing error";
      }
      if (t instanceof NoRouteToHostException) {
        return "there is no route to " + address + "; check address, network and firewall";
      }
      if (t instanceof ConnectException) {
        return "nothing accepts connections at " + address + "; start the server or check the port";
      }
      if (t instanceof SSLException) {
        return "TLS with " + address + " failed: " + t.getMessage();
      }
      if (t instanceof SocketTimeoutException || t instanceof TimeoutException) {
        return noAnswer(address);
      }
    }
    return root(failure, address);
  }

  private static String root(Throwable failure, String address) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? root.toString() : root.getMessage();
    if (message.contains("Handshake response not received")) {
      return noAnswer(address);
    }
    return "the handshake with " + address + " failed: " + message;
  }

  private static String noAnswer(String address) {
    return address + " did not answer the handshake; is it a WebSocket server?";
  }

  private static String refusedWith(int status, URI url) {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    return "the handshake was refused with HTTP "
        + status
        + "; "
        + switch (status) {
          case 200, 400, 426 ->
              "no WebSocket endpoint answered at "
                  + path
                  + ", or a proxy on the way does not forward the Upgrade and Connection headers";
          case 401, 407 -> "credentials are wanted";
          case 403 -> "the server refuses this client or its Origin";
          case 404 -> "there is no WebSocket endpoint at " + path + "; check context path and path";
          case 301, 302, 303, 307, 308 -> "the endpoint has moved; use the new address";
          case 429, 503 -> "the server is overloaded, limits clients or is stopping; try later";
          case 502, 504 -> "a proxy answered for a server that did not; check the server behind it";
          default ->
              status >= 500
                  ? "the server failed; its log says why"
                  : "ask a WebSocket endpoint for its address";
        };
  }

  private static int port(URI url) {
    return url.getPort() > 0 ? url.getPort() : url.getScheme().equals("wss") ? 443 : 80;
  }
}
