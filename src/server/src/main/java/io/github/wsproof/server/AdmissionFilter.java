package io.github.wsproof.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Admits handshakes or refuses them with an HTTP status, where the container asks its filters
 * before it upgrades; and puts the headers that protect the page on each response.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public final class AdmissionFilter extends HttpFilter {
  private static final long serialVersionUID = 1;

  private transient Deployment deployment;

  @Override
  public void init(FilterConfig config) throws ServletException {
    super.init(config);
    deployment = Deployment.ofApplication();
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ResponseHeaders.all().forEach(response::setHeader);
    HandshakeRequestView view = new ServletRequestView(request, response);
    if (!isHandshake(request)) {
      if (Operations.isSocket(view.path())) {
        OperationsServlet.write(
            deployment.operations().answer(request.getMethod(), view), response);
        return;
      }
      if (response.getCharacterEncoding() == null || isText(request)) {
        response.setCharacterEncoding("UTF-8");
      }
      chain.doFilter(request, response);
      return;
    }
    Refusal refusal = deployment.check(view);
    if (refusal == null) {
      chain.doFilter(new Admitted(request, deployment.admitted(view)), response);
      return;
    }
    response.setStatus(refusal.status());
    refusal.headers().forEach(response::setHeader);
    response.setContentType("text/plain; charset=utf-8");
    response.getOutputStream().println(refusal.sentence());
  }

  /** Containers look for the word in a list, and in each of several headers. */
  private static boolean isHandshake(HttpServletRequest request) {
    return Collections.list(request.getHeaders("Upgrade")).stream()
        .flatMap(value -> Stream.of(value.split(",")))
        .anyMatch(token -> token.trim().equalsIgnoreCase("websocket"));
  }

  private static boolean isText(HttpServletRequest request) {
    return request.getRequestURI().matches(".*(/|\\.(html|js|css))");
  }

  /** Some containers (Tomcat) close the sockets before any other hook of an application. */
  @Override
  public void destroy() {
    deployment.drain();
  }

  /** A request with the header by which a connection finds its deployment. */
  private static final class Admitted extends HttpServletRequestWrapper {
    private final String value;

    Admitted(HttpServletRequest request, String value) {
      super(request);
      this.value = value;
    }

    @Override
    public String getHeader(String name) {
      return isOurs(name) ? value : super.getHeader(name);
    }

    @Override
    public Enumeration<String> getHeaders(String name) {
      return isOurs(name) ? Collections.enumeration(Set.of(value)) : super.getHeaders(name);
    }

    @Override
    public Enumeration<String> getHeaderNames() {
      Set<String> names = new LinkedHashSet<>(Collections.list(super.getHeaderNames()));
      names.removeIf(Admitted::isOurs);
      names.add(Deployment.ADMITTED_HEADER);
      return Collections.enumeration(names);
    }

    private static boolean isOurs(String name) {
      return name.equalsIgnoreCase(Deployment.ADMITTED_HEADER);
    }
  }
}
