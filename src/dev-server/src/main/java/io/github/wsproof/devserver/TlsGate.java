package io.github.wsproof.devserver;

import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;

/**
 * Stands between the socket and TLS. A client that does not speak TLS is told so in words that it
 * understands, where TLS would just end; and of a connection that lingers, TLS gets nothing more:
 * it would end it at the first record after its own last.
 */
final class TlsGate extends BaseFilter {
  /** The first byte of a ClientHello's record (RFC 8446 §5.1). */
  private static final byte HANDSHAKE = 22;

  /** Whether a connection has begun as it should; null before its first byte. */
  private static final Attribute<Boolean> WELCOME =
      Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(TlsGate.class.getName());

  private final boolean tls;
  private final Wire socket;
  private final Sweep sweep;
  private final Bounds bounds;

  /**
   * @param tls whether the server speaks TLS
   * @param socket without TLS
   */
  TlsGate(boolean tls, Wire socket, Sweep sweep, Bounds bounds) {
    this.tls = tls;
    this.socket = socket;
    this.sweep = sweep;
    this.bounds = bounds;
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) {
    Connection<?> connection = ctx.getConnection();
    Buffer bytes = ctx.getMessage();
    Receiver receiver = SocketFilter.leadOf(connection);
    if (receiver == null && isWelcome(connection, bytes)
        || receiver != null && !(tls && receiver instanceof Linger)) {
      return ctx.getInvokeAction();
    }
    // Sending may have been over at once.
    receiver = SocketFilter.leadOf(connection);
    if (receiver != null) {
      SocketFilter.give(bytes, receiver);
    }
    bytes.tryDispose();
    return ctx.getStopAction();
  }

  private boolean isWelcome(Connection<?> connection, Buffer bytes) {
    Boolean known = WELCOME.get(connection);
    if (known != null) {
      return known;
    }
    boolean welcome = bytes.get(bytes.position()) == HANDSHAKE == tls;
    WELCOME.set(connection, welcome);
    if (!welcome) {
      String sentence =
          tls
              ? "This port speaks TLS: use https:// or wss:// here."
              : "This port speaks no TLS: use http:// or ws:// here.";
      new HttpAnswer(400, sentence).send(connection, socket, sweep, bounds);
    }
    return welcome;
  }
}
