package io.github.wsproof.devserver;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.memory.Buffers;
import org.glassfish.grizzly.ssl.SSLUtils;

/** The filters between the HTTP codec and the socket: bytes that are written go through these. */
final class Wire {
  private static final System.Logger LOGGER = System.getLogger(Wire.class.getName());

  private final FilterChain filters;
  private final FilterChain socket;

  /**
   * @param filters TLS among them, or not
   * @param socket the last of them alone; the same where TLS is not among them
   */
  Wire(FilterChain filters, FilterChain socket) {
    this.filters = filters;
    this.socket = socket;
  }

  /**
   * Says to a client that speaks TLS that nothing more comes, as only then can it tell an end from
   * a cut (RFC 8446 §6.1).
   *
   * @param done is told when that is in the socket, or cannot be said
   */
  void finish(Connection<?> to, Runnable done) {
    SSLEngine engine = filters == socket ? null : SSLUtils.getSSLEngine(to);
    if (engine == null) {
      done.run();
      return;
    }
    ByteBuffer closeNotify;
    try {
      // The lock of Grizzly's filter for what it encrypts.
      synchronized (to) {
        engine.closeOutbound();
        closeNotify = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), closeNotify);
      }
    } catch (SSLException e) {
      LOGGER.log(Level.DEBUG, "TLS had ended", e);
      done.run();
      return;
    }
    Buffer last = Buffers.wrap(to.getMemoryManager(), closeNotify.flip());
    socket.write(to, null, last, new Told(done, failure -> done.run()));
  }

  /**
   * Writes bytes behind all that were written before; never blocks.
   *
   * @param done is told, perhaps before this returns, when the socket has taken all of them
   * @param failed is told instead if it has not, and will not
   */
  void write(Connection<?> to, ByteBuffer bytes, Runnable done, Consumer<Throwable> failed) {
    filters.write(to, null, Buffers.wrap(to.getMemoryManager(), bytes), new Told(done, failed));
  }

  @SuppressWarnings("rawtypes") // as Grizzly's own interface has it
  private static final class Told extends EmptyCompletionHandler<WriteResult> {
    private final Runnable done;
    private final Consumer<Throwable> failed;

    Told(Runnable done, Consumer<Throwable> failed) {
      this.done = done;
      this.failed = failed;
    }

    @Override
    public void completed(WriteResult result) {
      done.run();
    }

    @Override
    public void failed(Throwable failure) {
      failed.accept(failure);
    }

    @Override
    public void cancelled() {
      failed.accept(new IOException("the write was cancelled"));
    }
  }
}
