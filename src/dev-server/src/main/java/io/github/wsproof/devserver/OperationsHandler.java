package io.github.wsproof.devserver;

import io.github.wsproof.server.HandshakeRequestView;
import io.github.wsproof.server.Operations;
import java.io.IOException;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/** Health, figures and draining, as a servlet does them in a WAR. */
final class OperationsHandler extends HttpHandler {
  private static final System.Logger LOGGER = System.getLogger(OperationsHandler.class.getName());

  private final Operations operations;

  OperationsHandler(Operations operations) {
    this.operations = operations;
  }

  /**
   * Draining waits for clients, whom the thread that calls this serves as well: another does it.
   */
  @Override
  public void service(Request request, Response response) throws IOException {
    if (!request.getRequestURI().equals(Operations.DRAIN)) {
      answer(request, response);
      return;
    }
    response.suspend();
    Thread thread =
        new Thread(
            () -> {
              try {
                answer(request, response);
              } catch (IOException e) {
                LOGGER.log(System.Logger.Level.INFO, "who drained did not wait for it: " + e);
              } finally {
                response.resume();
              }
            },
            "wsproof-drain");
    thread.setDaemon(true);
    thread.start();
  }

  private void answer(Request request, Response response) throws IOException {
    Operations.Answer answer =
        operations.answer(request.getMethod().getMethodString(), new View(request));
    response.setStatus(answer.status(), HttpAnswer.reason(answer.status()));
    answer.headers().forEach(response::setHeader);
    response.setContentType(answer.type());
    response.setContentLength(answer.body().length);
    response.getOutputStream().write(answer.body());
  }

  private record View(Request request) implements HandshakeRequestView {
    @Override
    public String path() {
      return request.getRequestURI();
    }

    @Override
    public String query() {
      return request.getQueryString();
    }

    @Override
    public String parameter(String name) {
      return request.getParameter(name);
    }

    @Override
    public String header(String name) {
      return request.getHeader(name);
    }

    @Override
    public String address() {
      return request.getRemoteAddr();
    }

    @Override
    public boolean isUserInRole(String role) {
      return false;
    }
  }
}
