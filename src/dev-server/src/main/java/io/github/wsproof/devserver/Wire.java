package io.github.wsproof.devserver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.memory.Buffers;

/** The filters between the HTTP codec and the socket: bytes that are written go through these. */
final class Wire {
  private final FilterChain filters;

  Wire(FilterChain filters) {
    this.filters = filters;
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
