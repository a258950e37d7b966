package io.github.wsproof.devserver;

import io.github.wsproof.server.HttpTransports;
import org.glassfish.grizzly.http.server.HttpHandler;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;

/** The echo over plain HTTP, as a servlet does it in a WAR. */
final class EchoHandler extends HttpHandler {
  private final HttpTransports transports;
  private final Sweep sweep;

  EchoHandler(HttpTransports transports, Sweep sweep) {
    this.transports = transports;
    this.sweep = sweep;
  }

  @Override
  public void service(Request request, Response response) {
    transports.handle(new GrizzlyExchange(request, response, sweep));
  }
}
