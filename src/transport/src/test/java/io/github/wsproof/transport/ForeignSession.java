package io.github.wsproof.transport;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;

/** A session of some other container: it sends pongs, and nobody of ours hears of them. */
final class ForeignSession {

  private ForeignSession() {}

  static Session create() {
    Map<String, Object> properties = new HashMap<>();
    Object basic =
        Proxy.newProxyInstance(
            ForeignSession.class.getClassLoader(),
            new Class<?>[] {RemoteEndpoint.Basic.class},
            (proxy, method, arguments) -> null);
    return (Session)
        Proxy.newProxyInstance(
            ForeignSession.class.getClassLoader(),
            new Class<?>[] {Session.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getUserProperties" -> properties;
                  case "getBasicRemote" -> basic;
                  case "toString" -> "foreign";
                  default -> null;
                });
  }
}
