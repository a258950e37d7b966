package io.github.wsproof.benchmarks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** java.net.http: one send at a time on a connection, the next when it is completed. */
final class JdkPeer implements Peer {
  private final HttpClient client = HttpClient.newHttpClient();

  @Override
  public Runnable open(URI url, Conversation conversation) {
    Connection connection = new Connection(conversation);
    connection.socket = client.newWebSocketBuilder().buildAsync(url, connection).join();
    return connection::pump;
  }

  private static final class Connection implements WebSocket.Listener {
    private final Conversation conversation;
    private final StringBuilder parts = new StringBuilder();
    private volatile WebSocket socket;
    private boolean sending;

    Connection(Conversation conversation) {
      this.conversation = conversation;
    }

    synchronized void pump() {
      while (!sending && conversation.maySend()) {
        CompletableFuture<WebSocket> sent = socket.sendText(conversation.next(), true);
        if (!sent.isDone()) {
          sending = true;
          sent.whenComplete(this::sent);
        }
      }
    }

    private synchronized void sent(WebSocket sender, Throwable failure) {
      if (failure != null) {
        Peer.fail(failure);
      }
      sending = false;
      pump();
    }

    @Override
    public synchronized CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      if (last && parts.length() == 0) {
        conversation.reply(text);
      } else {
        parts.append(text);
        if (last) {
          conversation.reply(parts);
          parts.setLength(0);
        }
      }
      from.request(1);
      pump();
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      Peer.fail(failure);
    }
  }
}
