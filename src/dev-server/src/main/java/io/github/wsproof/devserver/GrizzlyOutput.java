package io.github.wsproof.devserver;

import io.github.wsproof.server.EventOutput;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.WriteHandler;
import org.glassfish.grizzly.http.io.NIOOutputStream;
import org.glassfish.grizzly.http.server.Response;

/** An answer of Grizzly that goes on. */
final class GrizzlyOutput implements EventOutput {
  private static final System.Logger LOGGER = System.getLogger(GrizzlyOutput.class.getName());

  private final Response response;
  private final NIOOutputStream out;
  private final Connection<?> connection;
  private final Runnable closed;
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean waiting;

  GrizzlyOutput(Response response, NIOOutputStream out, Connection<?> connection, Runnable closed) {
    this.response = response;
    this.out = out;
    this.connection = connection;
    this.closed = closed;
  }

  @Override
  public void send(byte[] bytes, Runnable done) {
    try {
      // True, as what was sent before is done; asked, or the write would wait for the client.
      if (!out.canWrite()) {
        throw new IOException("the last write is not done");
      }
      out.write(bytes);
      out.flush();
      if (out.canWrite()) {
        done.run();
        return;
      }
    } catch (IOException e) {
      failed(e);
      return;
    }
    waiting = true;
    out.notifyCanWrite(
        new WriteHandler() {
          @Override
          public void onWritePossible() {
            waiting = false;
            done.run();
          }

          @Override
          public void onError(Throwable failure) {
            failed(failure);
          }
        });
  }

  private void failed(Throwable failure) {
    LOGGER.log(Level.DEBUG, "a client has gone", failure);
    end();
    closed.run();
  }

  /** A client that does not read cannot be told that this is the end. */
  @Override
  public void end() {
    if (over.compareAndSet(false, true)) {
      if (waiting) {
        connection.terminateSilently();
      }
      response.resume();
    }
  }
}
