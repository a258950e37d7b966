package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A connection of the JDK's own client, so that not both ends are ours.
 *
 * <p>Owned by one thread, that of a test; the JDK calls the listener, one call at a time. Every
 * wait ends after {@value #BOUND_SECONDS} seconds.
 */
final class JdkConnection implements AutoCloseable {
  private static final long BOUND_SECONDS = 30;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /** How a connection ended. */
  record End(int code, String reason) {}

  /** A text as its UTF-8, or a binary message. */
  record Reply(boolean binary, byte[] content) {
    String text() {
      return new String(content, UTF_8);
    }
  }

  /** Takes the place of a reply that does not come any more. */
  private static final Reply NONE = new Reply(true, new byte[0]);

  private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
  private final CompletableFuture<End> end = new CompletableFuture<>();
  private final CompletableFuture<Void> pong = new CompletableFuture<>();
  private final WebSocket socket;

  private JdkConnection(URI uri, String... headers) {
    WebSocket.Builder builder = CLIENT.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    socket = within(builder.buildAsync(uri, new Listener()));
  }

  /** Opens a connection, with handshake headers as name, value, name, value. */
  static JdkConnection open(URI uri, String... headers) {
    return new JdkConnection(uri, headers);
  }

  void sendText(String message) {
    within(socket.sendText(message, true));
  }

  /** Sends a text without its end. */
  void sendPart(String part) {
    within(socket.sendText(part, false));
  }

  /** Sends the only ping of this connection, and awaits its pong. */
  void ping() {
    within(socket.sendPing(ByteBuffer.allocate(0)));
    within(pong);
  }

  void sendBinary(byte[] message) {
    within(socket.sendBinary(ByteBuffer.wrap(message), true));
  }

  /** Sends a text that the server may refuse before all of it is sent, and awaits the close. */
  End refusal(String message) {
    socket.sendText(message, true);
    return end();
  }

  /** Sends a binary message in the same way. */
  End refusal(byte[] message) {
    socket.sendBinary(ByteBuffer.wrap(message), true);
    return end();
  }

  /** The reply to one text. */
  String exchange(String message) throws InterruptedException {
    sendText(message);
    Reply reply = reply();
    if (reply.binary) {
      throw new AssertionError("the reply to a text is binary: " + reply.text());
    }
    return reply.text();
  }

  /** Sends each message, at most {@code window} ahead of the replies; returns the replies. */
  List<Reply> exchange(List<String> messages, int window, boolean binary)
      throws InterruptedException {
    List<Reply> received = new ArrayList<>(messages.size());
    int sent = 0;
    while (received.size() < messages.size()) {
      while (sent < messages.size() && sent - received.size() < window) {
        String message = messages.get(sent++);
        if (binary) {
          sendBinary(message.getBytes(UTF_8));
        } else {
          sendText(message);
        }
      }
      received.add(reply());
    }
    return received;
  }

  /** The next reply. */
  Reply reply() throws InterruptedException {
    Reply reply = replies.poll(BOUND_SECONDS, TimeUnit.SECONDS);
    if (reply == null) {
      throw new AssertionError("no reply within " + BOUND_SECONDS + " s");
    }
    if (reply == NONE) {
      throw new AssertionError("the connection ended before the reply: " + end());
    }
    return reply;
  }

  /** How the server ended the connection. */
  End end() {
    return within(end);
  }

  /** Closes the connection if it is open; a reply that nobody asked for is then an error. */
  @Override
  public void close() {
    if (!end.isDone()) {
      within(socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
    }
    within(end);
    Reply unasked = replies.poll();
    if (unasked != null && unasked != NONE) {
      throw new AssertionError("a reply too many: " + unasked.text());
    }
  }

  private static <T> T within(CompletableFuture<T> future) {
    return future.copy().orTimeout(BOUND_SECONDS, TimeUnit.SECONDS).join();
  }

  private final class Listener implements WebSocket.Listener {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        replies.add(new Reply(false, text.toString().getBytes(UTF_8)));
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
      byte[] array = new byte[part.remaining()];
      part.get(array);
      bytes.writeBytes(array);
      if (last) {
        replies.add(new Reply(true, bytes.toByteArray()));
        bytes.reset();
      }
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer message) {
      pong.complete(null);
      from.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      end.complete(new End(code, reason));
      replies.add(NONE);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      end.completeExceptionally(error);
      replies.add(NONE);
    }
  }
}
