package io.github.wsproof.server;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * An exchange of the servlet API. A body is read on the container's thread; what is answered later
 * is written as the container asks for it, on no thread that would wait.
 */
final class ServletExchange implements HttpExchange {
  private static final Logger LOGGER = Logger.getLogger(ServletExchange.class.getName());
  private static final int READ_BYTES = 8192;
  private static final int MOST_DROPPED_BYTES = 1 << 20;

  private final HttpServletRequest request;
  private final HttpServletResponse response;
  private final ServletRequestView view;

  /** Null until it is suspended. */
  private AsyncContext async;

  ServletExchange(HttpServletRequest request, HttpServletResponse response) {
    this.request = request;
    this.response = response;
    this.view = new ServletRequestView(request, response);
  }

  @Override
  public String method() {
    return request.getMethod();
  }

  @Override
  public String path() {
    return view.path();
  }

  @Override
  public String query() {
    return view.query();
  }

  @Override
  public String header(String name) {
    return view.header(name);
  }

  @Override
  public String address() {
    return view.address();
  }

  @Override
  public boolean isChallenged() {
    return view.isChallenged();
  }

  @Override
  public String user() {
    return view.user();
  }

  @Override
  public boolean isUserInRole(String role) {
    return view.isUserInRole(role);
  }

  @Override
  public void read(Body into, Consumer<byte[]> whole) {
    Operations.Answer refusal = into.expect(request.getContentLengthLong());
    try {
      InputStream in = request.getInputStream();
      byte[] bytes = new byte[READ_BYTES];
      int count = 0;
      while (refusal == null && (count = in.read(bytes)) >= 0) {
        refusal = into.add(bytes, count, System.nanoTime());
      }
      if (refusal != null) {
        drop(in, bytes, into);
      }
    } catch (IOException e) {
      LOGGER.log(Level.FINE, e, () -> "a request did not come whole");
      refusal = refusal != null ? refusal : Operations.text(400, "the request did not come whole");
    }
    if (refusal == null) {
      whole.accept(into.take());
    } else {
      into.end();
      answer(refusal);
    }
  }

  /** Some containers end the connection of who still sends, and with it the answer. */
  private static void drop(InputStream in, byte[] bytes, Body body) throws IOException {
    int dropped = 0;
    int count = 0;
    while (count >= 0 && dropped < MOST_DROPPED_BYTES && body.check(System.nanoTime()) == null) {
      count = in.read(bytes);
      dropped += count;
    }
  }

  @Override
  public void suspend() {
    async = request.startAsync();
    async.setTimeout(0);
  }

  @Override
  public void answer(Operations.Answer answer) {
    head(answer.status(), answer.type(), answer.headers());
    if (answer.status() != HttpServletResponse.SC_NO_CONTENT) {
      response.setContentLength(answer.body().length);
    }
    try {
      if (async == null) {
        response.getOutputStream().write(answer.body());
      } else {
        ServletOutput output = new ServletOutput(async, response.getOutputStream(), () -> {});
        output.send(answer.body(), output::end);
      }
    } catch (IOException e) {
      // It was not waited for; what it told is still there to be asked for.
      LOGGER.log(Level.FINE, e, () -> "an answer could not be sent");
    }
  }

  private void head(int status, String type, Map<String, String> headers) {
    response.setStatus(status);
    headers.forEach(response::setHeader);
    response.setContentType(type);
  }

  @Override
  public EventOutput begin(String type, Map<String, String> headers, Runnable closed) {
    suspend();
    async.addListener(new Ending(closed));
    head(HttpServletResponse.SC_OK, type, headers);
    try {
      return new ServletOutput(async, response.getOutputStream(), closed);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private record Ending(Runnable closed) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
      closed.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      closed.run();
    }

    @Override
    public void onError(AsyncEvent event) {
      closed.run();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      // Not begun anew.
    }
  }
}
