package io.github.wsproof.devserver;

import io.github.wsproof.server.Deployment;
import io.github.wsproof.server.Refusal;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.utils.IdleTimeoutFilter;
import org.glassfish.tyrus.core.RequestContext;
import org.glassfish.tyrus.core.TyrusUpgradeResponse;
import org.glassfish.tyrus.spi.WebSocketEngine;

/**
 * Answers handshakes, each with a status and a sentence; what wants no WebSocket goes on to the
 * page.
 */
final class HandshakeFilter extends BaseFilter {
  private static final System.Logger LOGGER = System.getLogger(HandshakeFilter.class.getName());

  private static final Attribute<Object> CODEC_REQUEST =
      Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(
          HttpServerFilter.HTTP_SERVER_REQUEST_ATTR_NAME);

  private final WebSocketEngine engine;
  private final Deployment deployment;
  private final Wire wire;
  private final Sweep sweep;
  private final Bounds bounds;

  /**
   * @param wire for what is written
   */
  HandshakeFilter(
      WebSocketEngine engine, Deployment deployment, Wire wire, Sweep sweep, Bounds bounds) {
    this.engine = engine;
    this.deployment = deployment;
    this.wire = wire;
    this.sweep = sweep;
    this.bounds = bounds;
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) throws IOException {
    HttpContent content = ctx.getMessage();
    HttpRequestPacket request = (HttpRequestPacket) content.getHttpHeader();
    try {
      if (!Handshake.isWanted(request)) {
        PageRequest.check(request);
        // Another upgrade is not taken (RFC 9110 section 7.8), but Grizzly 4.0.2 would answer it
        // without Content-Type and length.
        request.setIgnoreContentModifiers(false);
        return ctx.getInvokeAction();
      }
      answer(ctx.getConnection(), request, content.getContent());
    } catch (RefusedException e) {
      e.answer.send(ctx.getConnection(), wire, sweep, bounds);
    }
    return ctx.getStopAction();
  }

  private void answer(Connection<?> connection, HttpRequestPacket request, Buffer early)
      throws IOException, RefusedException {
    RequestContext context = Handshake.of(request);
    admit(new PlainRequest(request, context));
    TyrusUpgradeResponse response = new TyrusUpgradeResponse();
    WebSocketEngine.UpgradeInfo upgrade = upgrade(context, response);
    switch (upgrade.getStatus()) {
      case SUCCESS -> open(connection, upgrade, response, early);
      case NOT_APPLICABLE ->
          throw refused(404, "There is no WebSocket at " + context.getRequestURI() + ".");
      default ->
          throw refused(
              response.getStatus(), "The handshake was refused: " + response.getStatus() + ".");
    }
  }

  private void admit(PlainRequest request) throws RefusedException {
    Refusal refusal = deployment.check(request);
    if (refusal != null) {
      Map<String, List<String>> headers = new LinkedHashMap<>();
      refusal.headers().forEach((name, value) -> headers.put(name, List.of(value)));
      throw new RefusedException(new HttpAnswer(refusal.status(), refusal.sentence(), headers));
    }
    request
        .context()
        .getHeaders()
        .put(Deployment.ADMITTED_HEADER, List.of(deployment.admitted(request)));
  }

  private WebSocketEngine.UpgradeInfo upgrade(RequestContext context, TyrusUpgradeResponse response)
      throws RefusedException {
    try {
      return engine.upgrade(context, response);
    } catch (RuntimeException e) {
      LOGGER.log(Level.INFO, "a handshake failed: " + e);
      throw refused(500, "The handshake failed.");
    }
  }

  private void open(
      Connection<?> connection,
      WebSocketEngine.UpgradeInfo upgrade,
      TyrusUpgradeResponse response,
      Buffer early)
      throws IOException {
    // Sessions may be idle; and the codec need not keep the request.
    IdleTimeoutFilter.setCustomTimeout(connection, -1, TimeUnit.SECONDS);
    CODEC_REQUEST.remove(connection);
    ServerConnection opened =
        new ServerConnection(
            connection, wire, sweep, bounds, deployment.settings().maxMessageBytes());
    opened.open(
        HttpAnswer.head(response.getStatus(), response.getHeaders()),
        writer -> upgrade.createConnection(writer, reason -> opened.close()));
    if (early.hasRemaining()) {
      SocketFilter.give(early, opened);
    }
  }

  private static RefusedException refused(int status, String sentence) {
    return new RefusedException(new HttpAnswer(status, sentence));
  }
}
