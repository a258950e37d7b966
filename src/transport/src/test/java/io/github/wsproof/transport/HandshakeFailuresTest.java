package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.wsproof.transport.RawServer.Peer;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.core.HandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a server can do instead of answering 101, and what the caller of connectToServer is told.
 */
class HandshakeFailuresTest {

  private EventLoop loop;
  private ClientManager client;

  @BeforeEach
  void createClient() {
    loop = new EventLoop("test");
    client = EventLoopClientContainer.createClient(loop);
  }

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private Throwable failureOf(URI uri) {
    return catchThrowable(() -> TestClient.connect(client, uri));
  }

  private Throwable failureOf(RawServer.Script script) throws IOException {
    try (RawServer server = new RawServer(script)) {
      Throwable failure = failureOf(server.uri());
      assertThat(failure).hasMessageContaining("127.0.0.1:" + server.port());
      return failure;
    }
  }

  private static void drain(Peer peer) throws IOException {
    while (peer.socket.getInputStream().read() >= 0) {
      // Until the client goes.
    }
  }

  @Test
  void aRefusedConnectionNamesAddressAndPort() throws Exception {
    int port = closedPort();
    assertThat(failureOf(URI.create("ws://127.0.0.1:" + port + "/")))
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection refused: 127.0.0.1:" + port);
  }

  @Test
  void everyAddressOfANameIsTriedBeforeItFails() throws Exception {
    int port = closedPort();
    Throwable failure = failureOf(URI.create("ws://localhost:" + port + "/"));
    assertThat(failure).isInstanceOf(ConnectException.class);
    for (InetAddress address : InetAddress.getAllByName("localhost")) {
      assertThat(failure).hasMessageContaining(address.getHostAddress());
    }
  }

  @Test
  void theSecondAddressOfANameWillDo() throws Exception {
    InetAddress[] addresses = InetAddress.getAllByName("localhost");
    InetAddress last = addresses[addresses.length - 1];
    ServerSocket listener = new ServerSocket(0, 50, last);
    try (RawServer server = new RawServer(listener, RawServerScripts::echo)) {
      TestClient one =
          TestClient.connect(client, URI.create("ws://localhost:" + server.port() + "/"));
      assertThat(one.connection.remoteAddress().getAddress()).isEqualTo(last);
    }
  }

  @Test
  void anIpv6AddressIsOneInBrackets() throws Exception {
    ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("::1"));
    try (RawServer server = new RawServer(listener, RawServerScripts::echo)) {
      TestClient one = TestClient.connect(client, URI.create("ws://[::1]:" + server.port() + "/"));
      one.session.getAsyncRemote().sendText("over IPv6");
      assertThat(one.nextMessage()).isEqualTo("over IPv6");
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  @Test
  void anUnknownHostIsNamed() {
    assertThat(failureOf(URI.create("ws://no-such-host.invalid/")))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("no-such-host.invalid:80");
  }

  @Test
  void aUriWithoutAHostIsRefused() {
    assertThat(failureOf(URI.create("ws:///path")))
        .isInstanceOf(DeploymentException.class)
        .hasMessageContaining("must name a host: uri=ws:///path");
  }

  @Test
  void silenceEndsAtTheHandshakeTimeout() throws Exception {
    client.getProperties().put(ClientProperties.HANDSHAKE_TIMEOUT, 200);
    assertThat(failureOf(HandshakeFailuresTest::drain))
        .isInstanceOf(SocketTimeoutException.class)
        .hasMessageContaining("has not answered the handshake within 200 ms");
  }

  @Test
  void connectingEndsAtTheConnectTimeout() throws Exception {
    client.getProperties().put(EventLoopClientContainer.CONNECT_TIMEOUT, Duration.ofMillis(200));
    // A full accept queue: the kernel lets further connections wait.
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        FullQueue queue = new FullQueue(full)) {
      assertThat(failureOf(URI.create("ws://127.0.0.1:" + queue.port() + "/")))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("connect timed out after 200 ms: 127.0.0.1:" + queue.port());
    }
  }

  @Test
  void anAnswerThatIsNotHttpIsQuoted() throws Exception {
    assertThat(
            failureOf(
                peer -> {
                  peer.readHead();
                  peer.send("220 mail.example ESMTP\r\n");
                  drain(peer);
                }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("must be an HTTP response: \"220 mail.example ESMTP\"");
  }

  @Test
  void anEndlessHeadIsRefused() throws Exception {
    assertThat(
            failureOf(
                peer -> {
                  peer.readHead();
                  peer.send("HTTP/1.1 101 Yes\r\nX: ");
                  peer.send(new byte[100_000]);
                  drain(peer);
                }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("head of the response must be <= 65536 bytes");
  }

  @Test
  void aServerThatClosesWithoutAnswerIsTold() throws Exception {
    assertThat(failureOf(Peer::readHead))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed the connection without answering the handshake");
  }

  @Test
  void aServerThatClosesInTheMiddleOfItsAnswerIsTold() throws Exception {
    assertThat(
            failureOf(
                peer -> {
                  peer.readHead();
                  peer.send("HTTP/1.1 101 Swi");
                }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed the connection in the middle of its answer");
  }

  @Test
  void aResetDuringTheHandshakeIsTold() throws Exception {
    assertThat(
            failureOf(
                peer -> {
                  peer.readHead();
                  peer.reset();
                }))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("reset");
  }

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 401, 403, 404, 500, 503})
  void anotherStatusComesWithHeadersAndBody(int status) throws Exception {
    Throwable failure =
        failureOf(
            peer -> {
              peer.readHead();
              peer.send("HTTP/1.1 " + status + " Because\r\nX-One: 1\r\nx-one: 2\r\n");
              peer.send("Content-Length: 11\r\n\r\nno sockets\n");
              drain(peer);
            });
    assertThat(failure).isInstanceOf(UnexpectedResponseException.class);
    UnexpectedResponseException told = (UnexpectedResponseException) failure;
    assertThat(told).hasMessageEndingWith("has answered " + status + " Because: no sockets");
    assertThat(told.status()).isEqualTo(status);
    assertThat(told.reason()).isEqualTo("Because");
    assertThat(told.headers().get("X-ONE")).containsExactly("1", "2");
    assertThat(told.body()).isEqualTo("no sockets\n");
    assertThat(told.fromProxy()).isFalse();
    assertThat(told.getCause()).isInstanceOf(HandshakeException.class);
  }

  @Test
  void aBodyWithoutLengthEndsWithTheStream() throws Exception {
    UnexpectedResponseException told =
        (UnexpectedResponseException)
            failureOf(
                peer -> {
                  peer.readHead();
                  peer.send("HTTP/1.1 500\r\n\r\n");
                  peer.send("x".repeat(20_000));
                });
    assertThat(told.body()).isEqualTo("x".repeat(8192));
    assertThat(told).hasMessageEndingWith("has answered 500: " + "x".repeat(200) + "…");
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForForEver() throws Exception {
    UnexpectedResponseException told =
        (UnexpectedResponseException)
            failureOf(
                peer -> {
                  peer.readHead();
                  peer.send("HTTP/1.1 404 Gone Fishing\r\nContent-Length: 100\r\n\r\nstart");
                  drain(peer);
                });
    assertThat(told.body()).isEqualTo("start");
  }

  @Test
  void aWrongAcceptIsRefused() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              peer.send(Peer.acceptance("Sec-WebSocket-Key: abc\r\n"));
              drain(peer);
            })) {
      assertThat(failureOf(server.uri()))
          .isInstanceOf(DeploymentException.class)
          .hasCauseInstanceOf(HandshakeException.class);
    }
  }

  @Test
  void theAnswerMayComeByteByByteWithFramesBehindIt() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              String answer =
                  "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
                      + Peer.acceptance(peer.readHead())
                          .replace("Upgrade\r\n", "keep-alive\r\nConnection: upgrade\r\n");
              peer.sendByteByByte(answer.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
              peer.sendText("behind");
              peer.echo();
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.nextMessage()).isEqualTo("behind");
    }
  }

  @Test
  void framesInTheSamePacketAsTheAnswerAreDelivered() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              String answer = Peer.acceptance(peer.readHead());
              java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
              all.writeBytes(answer.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
              all.writeBytes(Peer.frame(0x81, new byte[] {'a'}));
              all.writeBytes(Peer.frame(0x81, new byte[] {'b'}));
              all.writeBytes(Peer.closeFrame(1000, ""));
              peer.send(all.toByteArray());
              peer.readFrame();
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.nextMessages(2)).containsExactly("a", "b");
      assertThat(one.awaitClosed().getCloseCode().getCode()).isEqualTo(1000);
    }
  }

  @Test
  void theRequestHasTheRawPathAndTheConfiguredHeaders() throws Exception {
    CompletableFuture<String> request = new CompletableFuture<>();
    try (RawServer server =
        new RawServer(
            peer -> {
              request.complete(peer.upgrade());
              peer.echo();
            })) {
      ClientEndpointConfig config =
          ClientEndpointConfig.Builder.create()
              .configurator(RawServerScripts.header("X-Test", "yes"))
              .build();
      client.connectToServer(new TestClient(), config, server.uri().resolve("/a%20b?c=%26"));
      assertThat(request.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS))
          .startsWith("GET /a%20b?c=%26 HTTP/1.1\r\n")
          .contains("X-Test: yes\r\n", "Sec-WebSocket-Version: 13\r\n");
    }
  }

  @Test
  void aHeaderWithALineBreakIsNotSent() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      ClientEndpointConfig config =
          ClientEndpointConfig.Builder.create()
              .configurator(RawServerScripts.header("X-Test", "a\r\nX-Evil: b"))
              .build();
      assertThat(
              catchThrowable(() -> client.connectToServer(new TestClient(), config, server.uri())))
          .hasMessageContaining("must be one line: header X-Test=a X-Evil: b");
    }
  }

  @Test
  void connectingOnTheLoopsOwnThreadFailsInsteadOfWaitingForItself() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      loop.execute(() -> failure.complete(failureOf(server.uri())));
      assertThat(failure.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS))
          .hasMessageContaining("must not connect on the event loop's own thread");
    }
  }

  @Test
  void connectingWithAClosedLoopFails() throws Exception {
    loop.close();
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      assertThat(failureOf(server.uri())).hasMessageContaining("event loop has ended");
    }
  }

  @Test
  void closingTheLoopEndsAHandshakeUnderWay() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              loop.close();
            })) {
      assertThat(failureOf(server.uri())).hasMessageContaining("the event loop was closed");
    }
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    Thread waiting = Thread.currentThread();
    try (RawServer server =
        new RawServer(
            peer -> {
              peer.readHead();
              waiting.interrupt();
              assertThat(peer.readEnd()).isEqualTo("end of stream");
            })) {
      Throwable failure = failureOf(server.uri());
      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure)
          .isInstanceOf(DeploymentException.class)
          .hasMessageContaining("interrupted");
    }
  }

  @Test
  void connectingAsynchronouslyFailsInTheFuture() throws Exception {
    int port = closedPort();
    ExecutionException failure =
        catchThrowableOfType(
            ExecutionException.class,
            () ->
                client
                    .asyncConnectToServer(
                        new TestClient(),
                        ClientEndpointConfig.Builder.create().build(),
                        URI.create("ws://127.0.0.1:" + port + "/"))
                    .get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS));
    assertThat(failure).hasCauseInstanceOf(ConnectException.class);
  }

  @Test
  void aPropertyOfTheWrongTypeIsNamed() throws Exception {
    client.getProperties().put(EventLoopClientContainer.CLOSE_BOUND, 2000);
    try (RawServer server = new RawServer(RawServerScripts::echo)) {
      assertThat(failureOf(server.uri()))
          .hasMessageContaining("must be a java.time.Duration: ")
          .hasMessageContaining("closeBound=2000");
    }
  }
}
