package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.transport.ConnectionEnd.Cause;
import io.github.wsproof.transport.RawServer.Frame;
import io.github.wsproof.transport.RawServer.Peer;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.SendResult;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How connections end, and what is delivered before. */
class ConnectionEndsTest {

  private EventLoop loop;
  private ClientManager client;
  private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
  private final CountDownLatch go = new CountDownLatch(1);

  @BeforeEach
  void createClient() {
    loop = new EventLoop("test");
    client = EventLoopClientContainer.createClient(loop);
  }

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private Object nextSeen() throws InterruptedException {
    return seen.poll(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
  }

  private void awaitGo() throws InterruptedException {
    assertThat(go.await(TestClient.BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anEndOfStreamWithoutCloseFrameIsToldAsSuch() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              peer.sendText("last words");
              peer.socket.shutdownOutput();
              seen.add(peer.readEnd());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.awaitClosed().getCloseCode()).isEqualTo(CloseCodes.CLOSED_ABNORMALLY);
      assertThat(one.nextMessage()).isEqualTo("last words");
      assertThat(one.endAtClose.get().cause()).isEqualTo(Cause.END_OF_STREAM);
      assertThat(one.awaitEnd().code()).isEqualTo(1006);
      assertThat(one.awaitEnd().closeFirst()).isFalse();
      assertThat(nextSeen()).isEqualTo("end of stream");
    }
  }

  @Test
  void aResetIsToldAsSuch() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              peer.readFrame();
              peer.reset();
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      one.session.getAsyncRemote().sendText("hello");
      assertThat(one.awaitClosed().getCloseCode()).isEqualTo(CloseCodes.CLOSED_ABNORMALLY);
      assertThat(one.endAtClose.get().cause()).isEqualTo(Cause.RESET);
    }
  }

  @Test
  void whatCameBeforeAResetIsDeliveredAlthoughAWriteHasFailed() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              peer.readFrame();
              // In one segment: a reset takes back what has not been sent yet.
              ByteArrayOutputStream replies = new ByteArrayOutputStream();
              for (int i = 0; i < 100; i++) {
                replies.writeBytes(Peer.frame(0x81, ("reply " + i).getBytes()));
              }
              awaitGo();
              peer.send(replies.toByteArray());
              peer.reset();
              gone.countDown();
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      one.session.getBasicRemote().sendText("request");
      CompletableFuture<Void> held = new CompletableFuture<>();
      loop.execute(
          () -> {
            // The loop is busy elsewhere while the server answers and goes.
            go.countDown();
            try {
              gone.await(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            one.session.getAsyncRemote().sendText("too late", result -> held.complete(null));
          });
      assertThat(one.nextMessages(100)).hasSize(100);
      held.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
      assertThat(one.awaitEnd().cause()).isEqualTo(Cause.RESET);
    }
  }

  @Test
  void framesByteByByteAndInFragmentsAreJoined() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              peer.sendByteByByte(Peer.frame(0x01, "frag".getBytes()));
              peer.sendByteByByte(Peer.frame(0x89, new byte[] {1}));
              peer.sendByteByByte(Peer.frame(0x80, "ment".getBytes()));
              peer.sendByteByByte(Peer.frame(0x82, new byte[300]));
              peer.sendByteByByte(Peer.closeFrame(1001, "bye"));
              seen.add(peer.readFrame().opcode());
              seen.add(peer.readFrame().closeCode());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.nextMessages(2)).containsExactly("fragment", new byte[300]);
      assertThat(nextSeen()).as("pong").isEqualTo(10);
      assertThat(nextSeen()).as("Close").isEqualTo(1001);
      assertThat(one.awaitEnd())
          .isEqualTo(new ConnectionEnd(Cause.CLOSE_FRAME, false, 1001, "bye"));
    }
  }

  @Test
  void aCloseFrameWithoutACodeIs1005() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              peer.send(Peer.frame(0x88, new byte[0]));
              peer.readFrame();
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.awaitEnd()).isEqualTo(new ConnectionEnd(Cause.CLOSE_FRAME, false, 1005, ""));
    }
  }

  @Test
  void dataAfterOurCloseFrameIsStillDelivered() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              Frame close = peer.readFrame();
              seen.add(close.closeCode() + " " + close.text().substring(2));
              for (int i = 0; i < 10; i++) {
                peer.sendText("late " + i);
              }
              peer.sendClose(1000, "answered");
              seen.add(peer.readEnd());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      one.connection.closeGracefully(4002, "enough");
      one.connection.closeGracefully(4003, "a second time");

      assertThat(one.awaitEnd())
          .isEqualTo(new ConnectionEnd(Cause.CLOSE_FRAME, true, 1000, "answered"));
      assertThat(one.messages).hasSize(10);
      assertThat(one.awaitClosed().getReasonPhrase()).isEqualTo("answered");
      assertThat(nextSeen()).isEqualTo("4002 enough");
      assertThat(nextSeen()).as("no second Close, no reset").isEqualTo("end of stream");
    }
  }

  @Test
  void nothingIsSentAfterOurClose() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              seen.add(peer.readFrame().text());
              seen.add(peer.readFrame().opcode());
              awaitGo();
              peer.send(Peer.frame(0x89, new byte[] {1}));
              peer.sendClose(1000, "");
              seen.add(peer.readEnd());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      CompletableFuture<SendResult> late = new CompletableFuture<>();
      one.session.getAsyncRemote().sendText("before");
      one.connection.closeGracefully(1000, "");
      one.session.getAsyncRemote().sendText("after", late::complete);

      assertThat(late.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS).getException())
          .hasMessage("not sent: this side has sent its Close frame");
      go.countDown();
      assertThat(nextSeen()).isEqualTo("before");
      assertThat(nextSeen()).as("Close").isEqualTo(8);
      assertThat(nextSeen()).as("no pong, no second Close").isEqualTo("end of stream");
    }
  }

  @Test
  void aCloseThatIsNotAnsweredEndsAtTheBound() throws Exception {
    client.getProperties().put(EventLoopClientContainer.CLOSE_BOUND, Duration.ofMillis(200));
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              peer.readFrame();
              seen.add(peer.readEnd());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      one.connection.closeGracefully(1000, "");
      assertThat(one.awaitEnd().cause()).isEqualTo(Cause.TIMED_OUT);
      assertThat(one.awaitEnd().closeFirst()).isTrue();
      assertThat(one.awaitClosed().getCloseCode()).isEqualTo(CloseCodes.CLOSED_ABNORMALLY);
      assertThat(nextSeen()).isEqualTo("end of stream");
    }
  }

  @Test
  void aServerThatSendsOnAndOnIsCutInTheEnd() throws Exception {
    client.getProperties().put(EventLoopClientContainer.CLOSE_BOUND, Duration.ofMillis(50));
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              while (true) {
                peer.sendText("more");
              }
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      one.connection.closeGracefully(1000, "");
      assertThat(one.awaitEnd().cause()).isEqualTo(Cause.TIMED_OUT);
    }
  }

  @Test
  void aSessionsCloseIsWrittenAndThePeerGetsNoReset() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              seen.add(peer.readFrame().text());
              seen.add(peer.readFrame().closeCode());
              for (int i = 0; i < 1000; i++) {
                peer.sendText("nobody listens any more");
              }
              peer.sendClose(1000, "");
              peer.socket.shutdownOutput();
              seen.add(peer.readEnd());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      loop.execute(
          () -> {
            one.session.getAsyncRemote().sendText("last", result -> {});
            try {
              one.session.close(new CloseReason(CloseCodes.GOING_AWAY, "away"));
            } catch (java.io.IOException e) {
              one.errors.add(e);
            }
          });
      assertThat(nextSeen()).isEqualTo("last");
      assertThat(nextSeen()).isEqualTo(1001);
      assertThat(nextSeen()).isEqualTo("end of stream");
      assertThat(one.awaitEnd()).isEqualTo(new ConnectionEnd(Cause.CLOSE_FRAME, true, 1000, ""));
      assertThat(one.errors).isEmpty();
    }
  }

  @Test
  void aCloseOfAnotherThreadGoesBehindItsMessages() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              Frame frame = peer.readFrame();
              int texts = 0;
              while (frame.opcode() == 1) {
                texts++;
                frame = peer.readFrame();
              }
              seen.add(texts);
              peer.sendClose(1000, "");
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      for (int i = 0; i < 500; i++) {
        one.session.getAsyncRemote().sendText("m" + i);
      }
      one.session.close();
      assertThat(nextSeen()).isEqualTo(500);
      assertThat(one.awaitEnd().cause()).isEqualTo(Cause.CLOSE_FRAME);
    }
  }

  @Test
  void aSendOnTheLoopGoesBehindAnEarlierOneOfAnotherThread() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      TestClient one = TestClient.connect(client, server.uri());
      loop.execute(
          () -> {
            CompletableFuture.runAsync(() -> one.session.getAsyncRemote().sendText("earlier"))
                .join();
            one.session.getAsyncRemote().sendText("later");
          });
      assertThat(one.nextMessages(2)).containsExactly("earlier", "later");
    }
  }

  @Test
  void aProtocolErrorIsAnsweredWithACloseFrame() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              peer.send(Peer.frame(0xf1, new byte[] {1}));
              seen.add(peer.readFrame().closeCode());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(nextSeen()).isEqualTo(1002);
      assertThat(one.awaitEnd().closeFirst()).isTrue();
      assertThat(one.awaitEnd().cause()).isEqualTo(Cause.END_OF_STREAM);
    }
  }

  @Test
  void aPeerThatDoesNotReadHoldsUpCompletionsAndNothingElse() throws Exception {
    int messages = 200;
    byte[] payload = new byte[64 * 1024];
    try (RawServer server =
            new RawServer(
                peer -> {
                  peer.upgrade();
                  awaitGo();
                  for (int i = 0; i < messages; i++) {
                    seen.add(peer.readFrame().payload().length);
                  }
                  peer.echo();
                });
        RawServer honest = new RawServer(RawServerScripts::echo)) {
      TestClient one = TestClient.connect(client, server.uri());
      BlockingQueue<Integer> completed = new LinkedBlockingQueue<>();
      loop.execute(
          () -> {
            for (int i = 0; i < messages; i++) {
              int number = i;
              one.session
                  .getAsyncRemote()
                  .sendBinary(ByteBuffer.wrap(payload), result -> completed.add(number));
            }
          });
      TestClient other = TestClient.connect(client, honest.uri());
      other.session.getAsyncRemote().sendText("other connections go on");
      assertThat(other.nextMessage()).isEqualTo("other connections go on");

      long pending = onLoop(one.connection::pendingBytes);
      int before = completed.size();
      assertThat(before).isLessThan(messages);
      assertThat(pending).isBetween(1L, (long) messages * (payload.length + 14));
      assertThat(onLoop(one.connection::isWritable)).isFalse();

      go.countDown();
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < messages; i++) {
        assertThat(nextSeen()).isEqualTo(payload.length);
        order.add(completed.poll(TestClient.BOUND_SECONDS, TimeUnit.SECONDS));
      }
      assertThat(order).isSorted().hasSize(messages).doesNotContainNull();
      assertThat(onLoop(one.connection::pendingBytes)).isZero();
      assertThat(onLoop(one.connection::isWritable)).isTrue();
    }
  }

  private <T> T onLoop(java.util.concurrent.Callable<T> question) throws Exception {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            answer.complete(question.call());
          } catch (Exception e) {
            answer.completeExceptionally(e);
          }
        });
    return answer.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void pendingSendsFailWhenTheConnectionEnds() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.upgrade();
              awaitGo();
              peer.reset();
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      BlockingQueue<SendResult> results = new LinkedBlockingQueue<>();
      for (int i = 0; i < 300; i++) {
        one.session.getAsyncRemote().sendBinary(ByteBuffer.allocate(64 * 1024), results::add);
      }
      go.countDown();
      one.awaitEnd();
      List<SendResult> all = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        all.add(results.poll(TestClient.BOUND_SECONDS, TimeUnit.SECONDS));
      }
      assertThat(all).doesNotContainNull().anyMatch(result -> !result.isOK());
    }
  }

  @Test
  void anIdleConnectionIsClosedByTheSweep() throws Exception {
    client.getProperties().put(EventLoopClientContainer.IDLE_TIMEOUT, Duration.ofMillis(100));
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.awaitEnd())
          .isEqualTo(new ConnectionEnd(Cause.CLOSE_FRAME, true, 1001, "idle"));
    }
  }

  @Test
  void aConnectionOfNoSessionOfOursIsRefused() {
    assertThatThrownBy(() -> EventLoopConnection.of(ForeignSession.create()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a session of an EventLoopClientContainer");
  }

  @Test
  void aCloseCodeThatMustNotBeSentIsRefused() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThatThrownBy(() -> one.connection.closeGracefully(1006, ""))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("code=1006");
      assertThatThrownBy(() -> one.connection.closeGracefully(1000, "€".repeat(42)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("reason of 126");
    }
  }

  @Test
  void aContainersOwnLoopEndsWithItsLastConnection() throws Exception {
    ClientManager plain = ClientManager.createClient(EventLoopClientContainer.class.getName());
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      TestClient one = TestClient.connect(plain, server.uri());
      TestClient two = TestClient.connect(plain, server.uri());
      EventLoop own = one.connection.eventLoop();
      assertThat(two.connection.eventLoop()).isSameAs(own);
      one.session.close();
      one.awaitEnd();
      two.session.getAsyncRemote().sendText("still here");
      assertThat(two.nextMessage()).isEqualTo("still here");
      two.session.close();
      two.awaitEnd();
      own.close();
      assertThatThrownBy(() -> own.execute(() -> {}))
          .isInstanceOf(java.util.concurrent.RejectedExecutionException.class);
      assertThat(TestClient.connect(plain, server.uri()).connection.eventLoop()).isNotSameAs(own);
    }
  }

  @Test
  void onlyClosedSessionsThatWereNeverAskedForAreUnknown() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      TestClient one = TestClient.connect(client, server.uri());
      one.session.close();
      one.awaitEnd();
      assertThat(EventLoopConnection.of(one.session)).isSameAs(one.connection);
      one.session.getUserProperties().clear();
      assertThatThrownBy(() -> EventLoopConnection.of(one.session))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
