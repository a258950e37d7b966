package io.github.wsproof.benchmarks;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.net.URI;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;

/** Tyrus on its Grizzly container, with its defaults but for the shared container. */
final class TyrusPeer implements Peer {
  private final ClientManager client = ClientManager.createClient();

  TyrusPeer() {
    client.getProperties().put(ClientProperties.SHARED_CONTAINER, true);
  }

  @Override
  public Runnable open(URI url, Conversation conversation) throws Exception {
    Connection connection = new Connection(conversation);
    ClientEndpointConfig config = ClientEndpointConfig.Builder.create().build();
    connection.session = client.connectToServer(connection, config, url);
    return connection::pump;
  }

  private static final class Connection extends Endpoint implements MessageHandler.Whole<String> {
    private final Conversation conversation;
    private volatile Session session;

    Connection(Conversation conversation) {
      this.conversation = conversation;
    }

    @Override
    public void onOpen(Session opened, EndpointConfig config) {
      opened.addMessageHandler(String.class, this);
    }

    synchronized void pump() {
      while (conversation.maySend()) {
        session.getAsyncRemote().sendText(conversation.next());
      }
    }

    @Override
    public synchronized void onMessage(String text) {
      conversation.reply(text);
      pump();
    }

    @Override
    public void onError(Session failed, Throwable failure) {
      Peer.fail(failure);
    }
  }
}
