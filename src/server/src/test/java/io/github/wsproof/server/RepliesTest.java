package io.github.wsproof.server;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RepliesTest {
  private static final int MOST_SENT = 10_000_000;

  /** How often batching was allowed, and a reply was sent. */
  private final AtomicInteger begun = new AtomicInteger();

  private final AtomicInteger sent = new AtomicInteger();

  private final RemoteEndpoint.Basic remote =
      proxy(
          RemoteEndpoint.Basic.class,
          (name, argument) -> {
            if (name.equals("sendText")) {
              sent.incrementAndGet();
            } else if (Boolean.TRUE.equals(argument)) {
              begun.incrementAndGet();
            }
            return null;
          });

  private final Session session =
      proxy(Session.class, (name, argument) -> name.equals("getBasicRemote") ? remote : null);

  private interface Answer {
    Object to(String name, Object argument);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                answer.to(method.getName(), arguments == null ? null : arguments[0])));
  }

  /** Tomcat would gather the close frame, too; elsewhere a reply behind it fails. */
  @Test
  void nothingIsSentBehindTheFlushBeforeAClose() throws IOException {
    try (Flusher flusher = new Flusher()) {
      Replies replies = new Replies(session, flusher, false, 0, e -> {});
      int before = 0;
      for (; before < MOST_SENT && begun.get() == 0; before++) {
        assertThat(replies.send("reply")).isTrue();
      }
      assertThat(begun).as("replies of a burst are gathered").hasPositiveValue();

      replies.flushAndEnd();
      int begunBefore = begun.get();
      for (int i = 0; i < 100; i++) {
        assertThat(replies.send("reply")).isFalse();
      }
      assertThat(sent).hasValue(before);
      assertThat(begun).hasValue(begunBefore);
    }
  }
}
