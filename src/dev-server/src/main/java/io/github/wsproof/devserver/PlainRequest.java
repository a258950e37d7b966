package io.github.wsproof.devserver;

import io.github.wsproof.server.HandshakeRequestView;
import java.util.List;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.tyrus.core.RequestContext;

/** A handshake as the deployment sees it, before Tyrus does. */
record PlainRequest(HttpRequestPacket packet, RequestContext context)
    implements HandshakeRequestView {
  @Override
  public String path() {
    return context.getRequestURI().getPath();
  }

  @Override
  public String query() {
    return context.getQueryString();
  }

  @Override
  public String parameter(String name) {
    List<String> values = context.getParameterMap().get(name);
    return values == null || values.isEmpty() ? null : values.get(0);
  }

  @Override
  public String header(String name) {
    return packet.getHeader(name);
  }

  @Override
  public String address() {
    return packet.getRemoteAddress();
  }

  /** There is no container that could give one. */
  @Override
  public boolean isUserInRole(String role) {
    return false;
  }
}
