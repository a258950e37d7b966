package io.github.wsproof.cli;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * A member of a room, or a receiver of a stream, by the JDK's own client: what a program that is
 * not ours sees. It reads no further than it is asked for.
 */
final class RoomTexts implements WebSocket.Listener {
  private static final long BOUND_SECONDS = 30;

  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private final WebSocket socket;

  RoomTexts(String url) throws Exception {
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(url), this)
            .get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  void send(String text) throws Exception {
    socket.sendText(text, true).get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  void close() throws Exception {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  /** What comes, up to what matches. */
  List<String> until(String pattern) throws InterruptedException {
    List<String> all = new ArrayList<>();
    String text;
    do {
      text = texts.poll(BOUND_SECONDS, TimeUnit.SECONDS);
      if (text == null) {
        throw new AssertionError("nothing like " + pattern + " came, but " + all);
      }
      all.add(text);
      socket.request(1);
    } while (!Pattern.compile(pattern).matcher(text).find());
    return all;
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      texts.add(partial.toString());
      partial.setLength(0);
    } else {
      webSocket.request(1);
    }
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    texts.add("closed " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    texts.add("closed " + error);
  }
}
