package io.github.wsproof.survey;

import io.github.wsproof.client.ConnectionOptions;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether what a client says right before it closes is still answered: a server may answer until it
 * has read the close frame (RFC 6455 section 5.5.1), and a path has to bring that. The JDK's client
 * does this, for Tyrus hears nothing more of a connection that it has closed.
 */
final class LastWord implements Probe {
  private static final int CONNECTIONS = 10;
  private static final int WORDS = 3;
  private static final long BOUND_SECONDS = 5;

  @Override
  public String name() {
    return "last word before a close";
  }

  @Override
  public Finding look(Target target) throws InterruptedException {
    ConnectionOptions connection = target.connection();
    if (!target.speaksPlainly() || connection.proxy() != null || connection.tls().insecure()) {
      return new Finding(
          name(), Finding.Outcome.SKIPPED, "not with an envelope, a hello, a proxy or --insecure");
    }
    int answered = 0;
    for (int i = 0; i < CONNECTIONS; i++) {
      try {
        answered += answersOf(target);
      } catch (ExecutionException | TimeoutException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        return new Finding(
            name(), Finding.Outcome.UNKNOWN, "the JDK's client could not tell: " + cause);
      }
    }
    int said = CONNECTIONS * WORDS;
    return answered == said
        ? new Finding(
            name(), Finding.Outcome.OK, "answered before the close, " + said + " of " + said)
        : new Finding(
                name(),
                Finding.Outcome.LIMIT,
                "of "
                    + said
                    + " messages right before a close "
                    + answered
                    + " were answered: await the last reply before closing")
            .usually(List.of("a server that drops its answers once it has read the close frame"))
            .figures(Map.of("sent", said, "answered", answered));
  }

  private static int answersOf(Target target)
      throws InterruptedException, ExecutionException, TimeoutException {
    HttpClient.Builder client =
        HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(BOUND_SECONDS));
    ConnectionOptions connection = target.connection();
    if (connection.tls().context() != null) {
      client.sslContext(connection.tls().context());
    }
    WebSocket.Builder opening = client.build().newWebSocketBuilder();
    connection.headers().forEach((name, all) -> all.forEach(value -> opening.header(name, value)));
    List<String> offered = connection.subprotocols();
    if (!offered.isEmpty()) {
      opening.subprotocols(
          offered.get(0), offered.subList(1, offered.size()).toArray(String[]::new));
    }
    Answers answers = new Answers();
    WebSocket socket = within(opening.buildAsync(target.url(), answers));
    try {
      for (int i = 0; i < WORDS; i++) {
        within(socket.sendText(Answers.WORD + i, true));
      }
      within(socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
      within(answers.closed);
    } finally {
      socket.abort();
    }
    return answers.count.get();
  }

  private static <T> T within(CompletableFuture<T> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  /** Counts what answers a last word; called by the JDK's client, one call after the other. */
  private static final class Answers implements WebSocket.Listener {
    static final String WORD = "last word ";

    final AtomicInteger count = new AtomicInteger();
    final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        if (text.indexOf(WORD) >= 0) {
          count.incrementAndGet();
        }
        text.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      closed.complete(null);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      // Cut instead of closed: what came until then counts.
      closed.complete(null);
    }
  }
}
