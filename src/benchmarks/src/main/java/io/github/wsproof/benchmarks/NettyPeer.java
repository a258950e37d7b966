package io.github.wsproof.benchmarks;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshakerFactory;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.util.concurrent.CompletableFuture;

/** Netty as its users tune it: one event loop, and one flush for all that one read has caused. */
final class NettyPeer implements Peer {
  private static final int MOST_BYTES = 1 << 16;

  private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  @Override
  public Runnable open(URI url, Conversation conversation) throws Exception {
    Handler handler = new Handler(conversation);
    WebSocketClientProtocolHandler webSocket =
        new WebSocketClientProtocolHandler(
            WebSocketClientHandshakerFactory.newHandshaker(
                url, WebSocketVersion.V13, null, false, new DefaultHttpHeaders(), MOST_BYTES));
    Channel channel =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel opened) {
                    opened
                        .pipeline()
                        .addLast(new HttpClientCodec())
                        .addLast(new HttpObjectAggregator(MOST_BYTES))
                        .addLast(webSocket)
                        .addLast(handler);
                  }
                })
            .connect(url.getHost(), url.getPort())
            .sync()
            .channel();
    handler.ready.join();
    return () -> channel.eventLoop().execute(handler::start);
  }

  private static final class Handler extends SimpleChannelInboundHandler<TextWebSocketFrame> {
    private final Conversation conversation;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private ChannelHandlerContext context;

    Handler(Conversation conversation) {
      this.conversation = conversation;
    }

    void start() {
      pump();
      context.flush();
    }

    private void pump() {
      while (conversation.maySend()) {
        context.write(new TextWebSocketFrame(conversation.next()), context.voidPromise());
      }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext from, Object event) {
      if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
        context = from;
        ready.complete(null);
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext from, TextWebSocketFrame frame) {
      conversation.reply(frame.text());
      pump();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext from) {
      from.flush();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext from, Throwable failure) {
      Peer.fail(failure);
    }
  }
}
