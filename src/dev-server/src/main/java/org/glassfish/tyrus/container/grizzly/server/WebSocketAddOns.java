package org.glassfish.tyrus.container.grizzly.server;

import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.tyrus.spi.ServerContainer;

/**
 * Opens the constructor of Tyrus's add-on, which is meant for other Grizzly containers and is
 * package-private: Tyrus's own {@code Server} binds all addresses, whatever host it is given.
 */
public final class WebSocketAddOns {
  private WebSocketAddOns() {}

  /** The add-on that gives a Grizzly listener the endpoints of a container. */
  public static AddOn create(ServerContainer container, String contextPath) {
    return new WebSocketAddOn(container, contextPath);
  }
}
