package io.github.wsproof.cli;

import io.github.wsproof.devserver.DevServer;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLContext;

/** Starts the embedded server, or says why it cannot be had. */
final class Servers {
  private Servers() {}

  static DevServer start(String host, int port) throws UnavailableException {
    return start(host, port, null);
  }

  /**
   * @param tls null for a server that speaks none
   */
  static DevServer start(String host, int port, SSLContext tls) throws UnavailableException {
    try {
      return DevServer.start(host, port, tls);
    } catch (BindException e) {
      throw new UnavailableException(
          "port "
              + port
              + " of "
              + host
              + " cannot be had ("
              + e.getMessage()
              + "); choose another with --port, or any free one with --port 0",
          e);
    } catch (UnknownHostException e) {
      throw new UnavailableException(
          "the host " + host + " does not resolve; --host takes a name or address of this machine",
          e);
    } catch (IOException e) {
      throw new UnavailableException("cannot listen on " + host + ":" + port + ": " + e, e);
    }
  }
}
