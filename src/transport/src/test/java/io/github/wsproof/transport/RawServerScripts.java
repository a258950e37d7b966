package io.github.wsproof.transport;

import io.github.wsproof.transport.RawServer.Peer;
import jakarta.websocket.ClientEndpointConfig;
import java.util.List;
import java.util.Map;

/** What several tests let a raw server or a client do. */
final class RawServerScripts {

  private RawServerScripts() {}

  /** An honest echo, to the client's Close. */
  static void echo(Peer peer) throws Exception {
    peer.upgrade();
    peer.echo();
  }

  static ClientEndpointConfig.Configurator header(String name, String value) {
    return new ClientEndpointConfig.Configurator() {
      @Override
      public void beforeRequest(Map<String, List<String>> headers) {
        headers.put(name, List.of(value));
      }
    };
  }
}
