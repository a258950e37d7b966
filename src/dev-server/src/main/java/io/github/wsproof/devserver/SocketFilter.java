package io.github.wsproof.devserver;

import java.nio.ByteBuffer;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.memory.ByteBufferArray;

/** Stands before the HTTP codec, and leads the bytes of upgraded connections past it. */
final class SocketFilter extends BaseFilter {
  private static final Attribute<Receiver> RECEIVER =
      Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(SocketFilter.class.getName());

  /** From now on, this receiver takes what the connection brings. */
  static void lead(Connection<?> connection, Receiver receiver) {
    RECEIVER.set(connection, receiver);
  }

  /** Who takes what the connection brings, or null. */
  static Receiver leadOf(Connection<?> connection) {
    return RECEIVER.get(connection);
  }

  /** Before the first read, which may bring messages behind the handshake. */
  @Override
  public NextAction handleAccept(FilterChainContext ctx) {
    ctx.getConnection().setReadBufferSize(ServerConnection.READ_BYTES);
    return ctx.getInvokeAction();
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) {
    Receiver receiver = RECEIVER.get(ctx.getConnection());
    if (receiver == null) {
      return ctx.getInvokeAction();
    }
    Buffer buffer = ctx.getMessage();
    give(buffer, receiver);
    buffer.tryDispose();
    return ctx.getStopAction();
  }

  static void give(Buffer buffer, Receiver receiver) {
    if (!buffer.isComposite()) {
      receiver.received(buffer.toByteBuffer());
      return;
    }
    ByteBufferArray parts = buffer.toByteBufferArray();
    ByteBuffer[] array = parts.getArray();
    for (int i = 0; i < parts.size(); i++) {
      receiver.received(array[i]);
    }
    parts.recycle();
  }

  @Override
  public NextAction handleClose(FilterChainContext ctx) {
    Receiver receiver = RECEIVER.remove(ctx.getConnection());
    if (receiver != null) {
      receiver.closed();
    }
    return ctx.getInvokeAction();
  }
}
