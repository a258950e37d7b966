package io.github.wsproof.server;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A request of the servlet API. */
final class ServletRequestView implements HandshakeRequestView {
  private final HttpServletRequest request;
  private final HttpServletResponse response;

  ServletRequestView(HttpServletRequest request, HttpServletResponse response) {
    this.request = request;
    this.response = response;
  }

  /** As the container maps it: decoded, and without path parameters. */
  @Override
  public String path() {
    String info = request.getPathInfo();
    return request.getServletPath() + (info == null ? "" : info);
  }

  @Override
  public String query() {
    return request.getQueryString();
  }

  /** Of the query alone: the servlet API's would read a body as well. */
  @Override
  public String parameter(String name) {
    return Query.first(request.getQueryString(), name);
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
  public boolean isChallenged() {
    try {
      return request.getUserPrincipal() == null
          && !request.authenticate(new Challenge(response))
          && response.getStatus() == HttpServletResponse.SC_UNAUTHORIZED;
    } catch (ServletException e) {
      // The container has no way to log in: nobody has a role.
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes the container's status and headers, not its error page. */
  private static final class Challenge extends HttpServletResponseWrapper {
    Challenge(HttpServletResponse response) {
      super(response);
    }

    @Override
    public void sendError(int status) {
      setStatus(status);
    }

    @Override
    public void sendError(int status, String message) {
      setStatus(status);
    }
  }

  @Override
  public String user() {
    return request.getRemoteUser();
  }

  @Override
  public boolean isUserInRole(String role) {
    return request.isUserInRole(role);
  }
}
