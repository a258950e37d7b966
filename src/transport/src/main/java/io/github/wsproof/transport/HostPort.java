package io.github.wsproof.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * A host and a port, as in a URI.
 *
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 */
record HostPort(String host, int port) {

  private static final int WS_PORT = 80;
  private static final int WSS_PORT = 443;

  /** Where {@code uri} leads: to port 80 if it names none, for wss to 443. */
  static HostPort of(URI uri) {
    if (uri.getHost() == null) {
      throw new IllegalArgumentException("must name a host: uri=" + uri);
    }
    int standard = isSecure(uri) ? WSS_PORT : WS_PORT;
    return new HostPort(uri.getHost(), uri.getPort() < 0 ? standard : uri.getPort());
  }

  static boolean isSecure(URI uri) {
    return "wss".equalsIgnoreCase(uri.getScheme());
  }

  /** All addresses, in the order in which the system gives them. Blocks. */
  List<InetSocketAddress> resolve() throws UnknownHostException {
    try {
      return Arrays.stream(InetAddress.getAllByName(host))
          .map(address -> new InetSocketAddress(address, port))
          .toList();
    } catch (UnknownHostException e) {
      throw (UnknownHostException)
          new UnknownHostException("unknown host: " + this + ": " + e.getMessage()).initCause(e);
    }
  }

  /** {@code host:port}. */
  @Override
  public String toString() {
    return host + ":" + port;
  }

  /** {@code 127.0.0.1:80} or {@code [::1]:80}. */
  static String toString(InetSocketAddress address) {
    String ip = address.getAddress().getHostAddress();
    return (ip.indexOf(':') < 0 ? ip : "[" + ip + "]") + ":" + address.getPort();
  }
}
