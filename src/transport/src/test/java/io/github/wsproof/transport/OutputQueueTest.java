package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.glassfish.tyrus.spi.CompletionHandler;
import org.junit.jupiter.api.Test;

class OutputQueueTest {

  private final List<Throwable> uncaught = new ArrayList<>();
  private final OutputQueue queue = new OutputQueue(uncaught::add);
  private final List<String> told = new ArrayList<>();

  private void add(String text) {
    add(text, () -> told.add(text));
  }

  private void add(String text, Runnable whenWritten) {
    queue.add(
        ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)),
        new CompletionHandler<>() {
          @Override
          public void completed(ByteBuffer result) {
            whenWritten.run();
          }

          @Override
          public void failed(Throwable cause) {
            told.add(text + " failed: " + cause.getMessage());
          }
        });
  }

  private String pack(int bytes) {
    ByteBuffer target = ByteBuffer.allocateDirect(bytes);
    queue.packInto(target);
    return StandardCharsets.US_ASCII.decode(target.flip()).toString();
  }

  @Test
  void aWriteIsCompletedWithItsLastByte() {
    add("abc");
    add("defg");
    assertThat(queue.pendingBytes()).isEqualTo(7);
    assertThat(pack(5)).isEqualTo("abcde");
    queue.taken(2, true);
    assertThat(told).isEmpty();
    assertThat(pack(100)).isEqualTo("cdefg");
    queue.taken(1, true);
    assertThat(told).containsExactly("abc");
    assertThat(queue.pendingBytes()).isEqualTo(4);
    queue.taken(4, true);
    assertThat(told).containsExactly("abc", "defg");
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void whatTheStreamHoldsBackIsNotCompletedNorPackedAgain() {
    add("abc");
    add("defg");
    queue.taken(5, false);
    assertThat(told).isEmpty();
    assertThat(pack(100)).isEqualTo("fg");
    queue.taken(0, false);
    queue.taken(2, true);
    assertThat(told).containsExactly("abc", "defg");
  }

  @Test
  void aHandlerMayAddAndFlush() {
    add(
        "abc",
        () -> {
          told.add("abc");
          add("x");
          queue.taken(1, true);
        });
    add("d");
    queue.taken(4, true);
    assertThat(told).containsExactly("abc", "d", "x");
    assertThat(queue.pendingBytes()).isZero();
  }

  @Test
  void aHandlerThatThrowsDoesNotKeepTheOthersWaiting() {
    RuntimeException thrown = new RuntimeException("handler");
    add(
        "a",
        () -> {
          throw thrown;
        });
    add("b");
    queue.taken(2, true);
    assertThat(told).containsExactly("b");
    assertThat(uncaught).containsExactly(thrown);
  }

  @Test
  void whatIsLeftFailsInItsOrder() {
    add("abc");
    add("d");
    queue.taken(1, true);
    queue.failAll(new IOException("gone"));
    assertThat(told).containsExactly("abc failed: gone", "d failed: gone");
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.pendingBytes()).isZero();
  }
}
