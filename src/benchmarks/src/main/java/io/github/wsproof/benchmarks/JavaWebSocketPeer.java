package io.github.wsproof.benchmarks;

import java.net.URI;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;

/** Java-WebSocket: a thread that reads and one that writes for each connection. */
final class JavaWebSocketPeer implements Peer {
  @Override
  public Runnable open(URI url, Conversation conversation) throws InterruptedException {
    Connection connection = new Connection(url, conversation);
    connection.setTcpNoDelay(true);
    connection.setConnectionLostTimeout(0);
    if (!connection.connectBlocking()) {
      throw new IllegalStateException("could not connect: " + url);
    }
    return connection::pump;
  }

  private static final class Connection extends WebSocketClient {
    private final Conversation conversation;

    Connection(URI url, Conversation conversation) {
      super(url);
      this.conversation = conversation;
    }

    synchronized void pump() {
      while (conversation.maySend()) {
        send(conversation.next());
      }
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      // The conversation starts when all connections are open.
    }

    @Override
    public synchronized void onMessage(String text) {
      conversation.reply(text);
      pump();
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      onError(new IllegalStateException("closed with " + code + " " + reason));
    }

    @Override
    public void onError(Exception failure) {
      Peer.fail(failure);
    }
  }
}
