package io.github.wsproof.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What is written to an answer that was suspended, when the container can take it (Servlet 6.0,
 * §5.7): no thread waits for the client. Thread-safe.
 */
final class ServletOutput implements EventOutput, WriteListener {
  private static final Logger LOGGER = Logger.getLogger(ServletOutput.class.getName());

  private final AsyncContext async;
  private final ServletOutputStream out;
  private final Runnable closed;

  /** Guarded by this, as all that follows. False while the container has to say when. */
  private boolean writable;

  private byte[] next;
  private boolean flushes;
  private Runnable done;
  private boolean over;

  ServletOutput(AsyncContext async, ServletOutputStream out, Runnable closed) {
    this.async = async;
    this.out = out;
    this.closed = closed;
    out.setWriteListener(this);
  }

  @Override
  public void send(byte[] bytes, Runnable told) {
    synchronized (this) {
      next = bytes;
      flushes = true;
      done = told;
    }
    write();
  }

  @Override
  public void onWritePossible() {
    synchronized (this) {
      writable = true;
    }
    write();
  }

  private void write() {
    Runnable told = null;
    try {
      synchronized (this) {
        if (isReady() && next != null) {
          out.write(next);
          next = null;
        }
        if (next == null && flushes && isReady()) {
          out.flush();
          flushes = false;
        }
        if (next == null && !flushes && done != null && isReady()) {
          told = done;
          done = null;
        }
      }
    } catch (IOException | IllegalStateException e) {
      onError(e);
      return;
    }
    if (told != null) {
      told.run();
    }
  }

  private boolean isReady() {
    writable = writable && !over && out.isReady();
    return writable;
  }

  @Override
  public void onError(Throwable failure) {
    LOGGER.log(Level.FINE, failure, () -> "a client has gone");
    end();
    closed.run();
  }

  @Override
  public void end() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    try {
      async.complete();
    } catch (IllegalStateException e) {
      // The container has ended it.
      LOGGER.log(Level.FINE, e, () -> "an answer had ended");
    }
  }
}
