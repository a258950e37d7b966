package io.github.wsproof.server;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Health, figures and draining in a servlet container. */
@WebServlet({Operations.HEALTH, Operations.METRICS, Operations.DRAIN})
public final class OperationsServlet extends HttpServlet {
  private static final long serialVersionUID = 1;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    write(
        Deployment.ofApplication()
            .operations()
            .answer(request.getMethod(), new ServletRequestView(request, response)),
        response);
  }

  static void write(Operations.Answer answer, HttpServletResponse response) throws IOException {
    response.setStatus(answer.status());
    answer.headers().forEach(response::setHeader);
    response.setContentType(answer.type());
    response.setContentLength(answer.body().length);
    response.getOutputStream().write(answer.body());
  }
}
