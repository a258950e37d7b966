package io.github.wsproof.server;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

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
    return parameter(request.getQueryString(), name);
  }

  /** A parameter's first value in a query, decoded; null if there is none that makes sense. */
  static String parameter(String query, String name) {
    for (String pair : query == null ? new String[0] : query.split("&")) {
      if (pair.startsWith(name + "=")) {
        try {
          return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
          // A percent sign that begins nothing: no value.
          return null;
        }
      }
    }
    return null;
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
  public boolean isUserInRole(String role) {
    return request.isUserInRole(role);
  }
}
