package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.transport.ConnectionEnd.Cause;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.RemoteEndpoint.Async;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Against servers as they are. */
class ServersTest {

  private static final int MESSAGES = 10_000;
  private static final Map<TestServer.Kind, TestServer> SERVERS =
      new EnumMap<>(TestServer.Kind.class);

  private EventLoop loop;
  private ClientManager client;

  @BeforeAll
  static void startServers() throws Exception {
    for (TestServer.Kind kind : TestServer.Kind.values()) {
      SERVERS.put(kind, TestServer.start(kind));
    }
  }

  @AfterAll
  static void stopServers() throws Exception {
    for (TestServer server : SERVERS.values()) {
      server.stop().run();
    }
  }

  @BeforeEach
  void createClient() {
    loop = new EventLoop("test");
    client = TestClient.patient(loop);
  }

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private TestClient connect(TestServer.Kind kind) throws Exception {
    return TestClient.connect(client, SERVERS.get(kind).echo());
  }

  @ParameterizedTest
  @EnumSource
  void manyMessagesInFlightComeBackInOrder(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    Async remote = one.session.getAsyncRemote();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      sent.add("Request 0/" + i + " ünïcödé €");
    }
    loop.execute(() -> sent.forEach(text -> remote.sendText(text, result -> {})));

    assertThat(one.nextMessages(MESSAGES)).isEqualTo(sent);
    assertThat(one.errors).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void textBinaryAndLargeMessagesKeepTheirOrder(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    byte[] large = new byte[1024 * 1024];
    new Random(42).nextBytes(large);
    String largeText = "x".repeat(1024 * 1024);
    Async remote = one.session.getAsyncRemote();
    loop.execute(
        () -> {
          remote.sendText("first", result -> {});
          remote.sendBinary(ByteBuffer.wrap(large), result -> {});
          remote.sendText(largeText, result -> {});
          remote.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), result -> {});
          remote.sendText("last", result -> {});
        });

    assertThat(one.nextMessages(5))
        .containsExactly("first", large, largeText, new byte[] {1, 2, 3}, "last");
    assertThat(one.errors).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void messagesOfSeveralThreadsAllComeBack(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    int threads = 4;
    int each = 500;
    List<Thread> senders = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int thread = t;
      senders.add(
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  one.session.getAsyncRemote().sendText(thread + "/" + i);
                }
              }));
    }
    senders.forEach(Thread::start);
    List<Object> got = one.nextMessages(threads * each);
    for (int t = 0; t < threads; t++) {
      String prefix = t + "/";
      int count = 0;
      for (Object message : got) {
        if (((String) message).startsWith(prefix)) {
          assertThat(message).isEqualTo(prefix + count++);
        }
      }
      assertThat(count).isEqualTo(each);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBlockingSendWorksOnAnyThread(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    String large = "y".repeat(2 * 1024 * 1024);
    one.session.getBasicRemote().sendText("from the test's thread");
    loop.execute(
        () -> {
          try {
            one.session.getBasicRemote().sendText("from the loop's thread");
            one.session.getBasicRemote().sendText(large);
          } catch (java.io.IOException e) {
            one.errors.add(e);
          }
        });

    assertThat(one.nextMessages(3))
        .containsExactly("from the test's thread", "from the loop's thread", large);
    assertThat(one.errors).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aPingIsAnswered(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    CompletableFuture<byte[]> pong = new CompletableFuture<>();
    one.session.addMessageHandler(
        PongMessage.class,
        (MessageHandler.Whole<PongMessage>) message -> pong.complete(bytes(message)));
    one.session.getAsyncRemote().sendPing(ByteBuffer.wrap(new byte[] {7}));

    assertThat(pong.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS)).containsExactly(7);
  }

  private static byte[] bytes(PongMessage message) {
    byte[] bytes = new byte[message.getApplicationData().remaining()];
    message.getApplicationData().get(bytes);
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void theClientsCloseIsAnswered(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    one.session.close(new CloseReason(CloseCodes.NORMAL_CLOSURE, "done"));

    assertThat(one.awaitEnd())
        .isEqualTo(new ConnectionEnd(Cause.CLOSE_FRAME, true, 1000, one.connection.end().reason()));
  }

  @ParameterizedTest
  @EnumSource
  void theServersCloseReachesTheClient(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    one.session.getAsyncRemote().sendText("close 4001 why");

    assertThat(one.awaitClosed().getCloseCode().getCode()).isEqualTo(4001);
    assertThat(one.endAtClose.get())
        .isEqualTo(new ConnectionEnd(Cause.CLOSE_FRAME, false, 4001, "why"));
    assertThat(one.awaitEnd().cause()).isEqualTo(Cause.CLOSE_FRAME);
  }

  @ParameterizedTest
  @EnumSource
  void aGracefulCloseMissesNoReply(TestServer.Kind kind) throws Exception {
    TestClient one = connect(kind);
    Async remote = one.session.getAsyncRemote();
    int messages = 1000;
    loop.execute(
        () -> {
          for (int i = 0; i < messages; i++) {
            remote.sendText("m" + i, result -> {});
          }
          one.connection.closeGracefully(1000, "enough");
        });

    assertThat(one.awaitEnd().cause()).isEqualTo(Cause.CLOSE_FRAME);
    assertThat(one.awaitClosed().getCloseCode()).isEqualTo(CloseCodes.NORMAL_CLOSURE);
    assertThat(one.messages).hasSize(messages);
    assertThat(one.connection.end().closeFirst()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aThousandConnectionsShareALoop(TestServer.Kind kind) throws Exception {
    int count = 1000;
    List<TestClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(TestClient.connect(client, SERVERS.get(kind).small()));
    }
    for (int i = 0; i < count; i++) {
      clients.get(i).session.getAsyncRemote().sendText("to " + i);
    }
    for (int i = 0; i < count; i++) {
      assertThat(clients.get(i).nextMessage()).isEqualTo("to " + i);
    }
    for (TestClient one : clients) {
      one.connection.closeGracefully(1000, "");
    }
    for (TestClient one : clients) {
      assertThat(one.awaitEnd().cause()).isEqualTo(Cause.CLOSE_FRAME);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPathThatIsNotServedIsTold(TestServer.Kind kind) {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowableOfType(
                UnexpectedResponseException.class,
                () ->
                    TestClient.connect(client, SERVERS.get(kind).echo().resolve("/nothing-here"))))
        .satisfies(
            failure -> {
              assertThat(failure.status()).isEqualTo(404);
              assertThat(failure.getHttpStatusCode()).isEqualTo(404);
              assertThat(failure).hasMessageContaining("/nothing-here has answered 404");
            });
  }

  @ParameterizedTest
  @EnumSource
  void closingTheLoopClosesItsConnections(TestServer.Kind kind) throws Exception {
    List<TestClient> clients = Arrays.asList(connect(kind), connect(kind), connect(kind));
    loop.close();
    for (TestClient one : clients) {
      assertThat(one.connection.ended()).isCompleted();
      assertThat(one.connection.end().cause()).isEqualTo(Cause.CLOSE_FRAME);
      assertThat(one.closed).isCompleted();
    }
  }
}
