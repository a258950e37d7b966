package io.github.wsproof.devserver;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The JDK's own WebSocket client: what a program that is not ours sees. */
final class JdkClient implements WebSocket.Listener, AutoCloseable {
  private static final long BOUND_SECONDS = 20;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final StringBuilder partial = new StringBuilder();
  private WebSocket socket;

  static JdkClient connect(URI uri, String... header) throws Exception {
    return connect(HttpClient.newHttpClient(), uri, header);
  }

  static JdkClient connect(HttpClient http, URI uri, String... header) throws Exception {
    JdkClient client = new JdkClient();
    WebSocket.Builder builder = http.newWebSocketBuilder();
    if (header.length == 2) {
      builder.header(header[0], header[1]);
    }
    client.socket = builder.buildAsync(uri, client).get(BOUND_SECONDS, TimeUnit.SECONDS);
    return client;
  }

  void send(String text) throws Exception {
    socket.sendText(text, true).get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  /** Sends a text again and again until the server closes; returns how often. */
  int sendUntilClosed(String text, int most) throws Exception {
    for (int sent = 0; sent < most; sent++) {
      try {
        send(text);
      } catch (ExecutionException e) {
        if (!socket.isOutputClosed()) {
          throw e;
        }
        return sent;
      }
    }
    return most;
  }

  void send(byte[] bytes) throws Exception {
    socket.sendBinary(ByteBuffer.wrap(bytes), true).get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  /** The next reply, or {@code closed <code> <reason>}. */
  String next() throws InterruptedException {
    String event = events.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    return event == null ? "nothing came" : event;
  }

  @Override
  public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
    partial.append(data);
    if (last) {
      events.add(partial.toString());
      partial.setLength(0);
    }
    webSocket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
    byte[] bytes = new byte[data.remaining()];
    data.get(bytes);
    partial.append(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
    if (last) {
      events.add("binary " + partial);
      partial.setLength(0);
    }
    webSocket.request(1);
    return null;
  }

  @Override
  public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
    events.add("closed " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket webSocket, Throwable error) {
    events.add("error " + error);
  }

  @Override
  public void close() {
    socket.abort();
  }
}
