package io.github.wsproof.devserver;

import java.util.function.BiConsumer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.HttpHeader;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.util.MimeHeaders;

/**
 * Grizzly's HTTP codec, which says more than 400 to a head that it cannot take, and in a way that
 * the client gets to see: Grizzly closes at once, and what the client has sent resets the answer.
 */
final class HeadCodec extends HttpServerFilter {
  static final int MOST_HEAD_BYTES = DEFAULT_MAX_HTTP_PACKET_HEADER_SIZE;

  private final BiConsumer<Connection<?>, HttpAnswer> refuse;

  @SuppressWarnings("deprecation") // as Grizzly itself makes it: every constructor is to be hidden
  HeadCodec(NetworkListener listener, BiConsumer<Connection<?>, HttpAnswer> refuse) {
    super(
        listener.isChunkingEnabled(),
        MOST_HEAD_BYTES,
        null,
        listener.getKeepAlive(),
        null,
        listener.getMaxRequestHeaders(),
        listener.getMaxResponseHeaders());
    this.refuse = refuse;
  }

  /**
   * An upgrade that is not known here, such as the h2c that the JDK's client offers, is as if it
   * was not offered (RFC 9110 §7.8). Grizzly would take the body for what comes behind the upgrade.
   */
  @Override
  protected void onIncomingUpgrade(FilterChainContext context, HttpHeader header) {
    if (Handshake.isWanted((HttpRequestPacket) header)) {
      super.onIncomingUpgrade(context, header);
    } else {
      header.getUpgradeDC().recycle();
    }
  }

  @Override
  protected void onHttpHeaderError(HttpHeader header, FilterChainContext ctx, Throwable error) {
    refuse.accept(ctx.getConnection(), answer((HttpRequestPacket) header, error));
  }

  private static HttpAnswer answer(HttpRequestPacket request, Throwable error) {
    boolean tooMany = error instanceof MimeHeaders.MaxHeaderCountExceededException;
    if (tooMany || String.valueOf(error.getMessage()).contains("too large")) {
      return new HttpAnswer(
          431, "The request's head is too large: at most " + MOST_HEAD_BYTES + " bytes are read.");
    }
    if (request.getResponse().getStatus() == 505) {
      return new HttpAnswer(505, "The request's HTTP version is not known: use HTTP/1.1.");
    }
    return new HttpAnswer(400, "The request's head is no HTTP/1.1.");
  }
}
