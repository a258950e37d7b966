package io.github.wsproof.pagetests;

import io.github.wsproof.devserver.DevServer;
import java.io.IOException;

/** {@code wsproof serve}, with the page at its root. */
record ServeHost(DevServer server) implements Host {

  static ServeHost start(int port) throws IOException {
    return new ServeHost(DevServer.start(DevServer.LOOPBACK, port));
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public String context() {
    return "/";
  }

  @Override
  public void close() {
    server.close();
  }
}
