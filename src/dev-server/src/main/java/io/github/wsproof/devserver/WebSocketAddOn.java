package io.github.wsproof.devserver;

import io.github.wsproof.server.Deployment;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainBuilder;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.AddOn;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.ssl.SSLBaseFilter;
import org.glassfish.tyrus.spi.WebSocketEngine;

/**
 * Puts WebSockets into a listener of Grizzly, in the place of Tyrus's own add-on, which writes each
 * frame by itself, does not bound what waits for a client, and drops handshakes that it does not
 * understand.
 *
 * <pre>
 *   transport → {@link TlsGate} [→ TLS] → {@link SocketFilter} → {@link HeadCodec} → idle → cache → {@link HandshakeFilter} → page
 * </pre>
 */
final class WebSocketAddOn implements AddOn {
  private final WebSocketEngine engine;
  private final Deployment deployment;
  private final Sweep sweep;
  private final Bounds bounds;

  WebSocketAddOn(WebSocketEngine engine, Deployment deployment, Sweep sweep, Bounds bounds) {
    this.engine = engine;
    this.deployment = deployment;
    this.sweep = sweep;
    this.bounds = bounds;
  }

  @Override
  public void setup(NetworkListener listener, FilterChainBuilder chain) {
    int codec = chain.indexOfType(HttpServerFilter.class);
    FilterChainBuilder filters = FilterChainBuilder.stateless();
    for (int i = 0; i < codec; i++) {
      filters.add(chain.get(i));
    }
    FilterChain socket = FilterChainBuilder.stateless().add(chain.get(0)).build();
    Wire wire = new Wire(filters.build(), socket);
    chain.set(codec, codec(listener, (HttpServerFilter) chain.get(codec), wire));
    chain.add(
        chain.indexOfType(org.glassfish.grizzly.http.server.HttpServerFilter.class),
        new HandshakeFilter(engine, deployment, wire, sweep, bounds));
    chain.add(codec, new SocketFilter());
    boolean tls = chain.indexOfType(SSLBaseFilter.class) >= 0;
    chain.add(1, new TlsGate(tls, new Wire(socket, socket), sweep, bounds));
  }

  private HeadCodec codec(NetworkListener listener, HttpServerFilter original, Wire wire) {
    HeadCodec codec =
        new HeadCodec(
            listener, (connection, answer) -> answer.send(connection, wire, sweep, bounds));
    for (var encoding : original.getContentEncodings()) {
      codec.addContentEncoding(encoding);
    }
    codec.setAllowPayloadForUndefinedHttpMethods(original.isAllowPayloadForUndefinedHttpMethods());
    codec.setMaxPayloadRemainderToSkip(original.getMaxPayloadRemainderToSkip());
    return codec;
  }
}
