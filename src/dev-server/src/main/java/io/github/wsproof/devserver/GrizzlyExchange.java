package io.github.wsproof.devserver;

import io.github.wsproof.server.Body;
import io.github.wsproof.server.EventOutput;
import io.github.wsproof.server.HttpExchange;
import io.github.wsproof.server.Operations;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.glassfish.grizzly.CloseReason;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.IOEvent;
import org.glassfish.grizzly.ReadHandler;
import org.glassfish.grizzly.http.io.NIOInputStream;
import org.glassfish.grizzly.http.io.NIOOutputStream;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.Header;

/** An exchange of Grizzly, whose selector's thread brings it and must not wait for its client. */
final class GrizzlyExchange implements HttpExchange {
  private static final System.Logger LOGGER = System.getLogger(GrizzlyExchange.class.getName());
  private static final int READ_BYTES = 8192;

  private final Request request;
  private final Response response;
  private final Sweep sweep;

  GrizzlyExchange(Request request, Response response, Sweep sweep) {
    this.request = request;
    this.response = response;
    this.sweep = sweep;
  }

  @Override
  public String method() {
    return request.getMethod().getMethodString();
  }

  @Override
  public String path() {
    return request.getRequestURI();
  }

  @Override
  public String query() {
    return request.getQueryString();
  }

  @Override
  public String header(String name) {
    return request.getHeader(name);
  }

  @Override
  public String address() {
    return request.getRemoteAddr();
  }

  /** There is no container that could give one. */
  @Override
  public boolean isUserInRole(String role) {
    return false;
  }

  @Override
  public void read(Body into, Consumer<byte[]> whole) {
    Operations.Answer refusal = into.expect(request.getContentLengthLong());
    if (refusal != null) {
      into.end();
      answer(refusal);
      return;
    }
    Reading reading = new Reading(into, whole);
    reading.take();
    if (!reading.isOver()) {
      suspend();
      sweep.add(reading);
      reading.await();
    }
  }

  /** A body that comes in parts. */
  private final class Reading implements ReadHandler, Sweep.Watched {
    final NIOInputStream in = request.getNIOInputStream();
    private final Body into;
    private final Consumer<byte[]> whole;
    private final byte[] bytes = new byte[READ_BYTES];
    private boolean over;

    Reading(Body into, Consumer<byte[]> whole) {
      this.into = into;
      this.whole = whole;
    }

    synchronized boolean isOver() {
      return over;
    }

    /** Takes what is there. */
    void take() {
      try {
        Operations.Answer refusal = null;
        synchronized (this) {
          while (refusal == null && !over && in.readyData() > 0) {
            refusal = into.add(bytes, in.read(bytes), System.nanoTime());
          }
        }
        if (refusal != null) {
          end(refusal);
        } else if (in.isFinished()) {
          end(null);
        }
      } catch (IOException e) {
        onError(e);
      }
    }

    /** Answers once: with the refusal, or with what becomes of the whole body. */
    private void end(Operations.Answer refusal) {
      byte[] all;
      synchronized (this) {
        if (over) {
          return;
        }
        over = true;
        all = refusal == null ? into.take() : null;
      }
      sweep.remove(this);
      if (refusal == null) {
        whole.accept(all);
      } else {
        into.end();
        answer(refusal);
      }
    }

    @Override
    public void onDataAvailable() {
      take();
      if (!isOver()) {
        await();
      }
    }

    /** Grizzly waits for more but once, unless it is told to read on (as of 4.0.2). */
    void await() {
      in.notifyAvailable(this);
      try {
        request.getContext().getConnection().enableIOEvent(IOEvent.READ);
      } catch (IOException e) {
        onError(e);
      }
    }

    @Override
    public void onAllDataRead() {
      take();
      end(null);
    }

    @Override
    public void onError(Throwable failure) {
      LOGGER.log(Level.DEBUG, "a request did not come whole", failure);
      end(new Operations.Answer(400, "text/plain", new byte[0], Map.of()));
    }

    @Override
    public void check(long nowNanos) {
      Operations.Answer late = into.check(nowNanos);
      if (late != null) {
        // The rest is not waited for either (RFC 9110 §15.5.9).
        response.setHeader(Header.Connection, "close");
        request.addAfterServiceListener(
            answered -> answered.getContext().getConnection().closeSilently());
        end(late);
      }
    }
  }

  @Override
  public void suspend() {
    if (!response.isSuspended()) {
      response.suspend();
    }
  }

  @Override
  public void answer(Operations.Answer answer) {
    head(answer.status(), answer.type(), answer.headers());
    response.setContentLength(answer.body().length);
    try {
      NIOOutputStream out = response.getNIOOutputStream();
      // Who asks this is not made to wait by what it writes then.
      if (out.canWrite()) {
        out.write(answer.body());
      } else {
        request.getContext().getConnection().terminateSilently();
      }
    } catch (IOException e) {
      LOGGER.log(Level.DEBUG, "an answer could not be sent", e);
    } finally {
      if (response.isSuspended()) {
        response.resume();
      }
    }
  }

  private void head(int status, String type, Map<String, String> headers) {
    // Grizzly knows no phrase for some.
    response.setStatus(status, HttpAnswer.reason(status));
    headers.forEach(response::setHeader);
    response.setContentType(type);
  }

  @Override
  public EventOutput begin(String type, Map<String, String> headers, Runnable closed) {
    suspend();
    head(200, type, headers);
    AtomicBoolean told = new AtomicBoolean();
    Runnable once =
        () -> {
          if (told.compareAndSet(false, true)) {
            closed.run();
          }
        };
    Connection<?> connection = request.getContext().getConnection();
    connection
        .closeFuture()
        .addCompletionHandler(
            new EmptyCompletionHandler<CloseReason>() {
              @Override
              public void completed(CloseReason why) {
                once.run();
              }
            });
    return new GrizzlyOutput(response, response.getNIOOutputStream(), connection, once);
  }
}
