package io.github.wsproof.server;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** The echo over plain HTTP in a servlet container. */
@WebServlet(
    urlPatterns = {HttpTransports.ECHO, HttpTransports.ECHO + "/*"},
    asyncSupported = true)
public final class EchoServlet extends HttpServlet {
  private static final long serialVersionUID = 1;

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response) {
    Deployment.ofApplication().transports().handle(new ServletExchange(request, response));
  }
}
