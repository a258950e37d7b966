package io.github.wsproof.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.wsproof.transport.RawServer.Peer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.RedirectException;
import org.glassfish.tyrus.client.auth.Credentials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ways to the server that need more than one request. */
class ProxyAndRedirectTest {

  private EventLoop loop;
  private ClientManager client;
  private final Queue<String> requests = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void createClient() {
    loop = new EventLoop("test");
    client = TestClient.patient(loop);
  }

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  /** A proxy that wants "Basic dTpw" (u:p) if {@code protectedBy407}. */
  private RawServer proxy(boolean protectedBy407) throws IOException {
    return new RawServer(
        peer -> {
          String request = peer.readHead();
          requests.add(request);
          if (protectedBy407 && !request.contains("Proxy-Authorization: Basic dTpw\r\n")) {
            peer.send("HTTP/1.1 407 Proxy Authentication Required\r\n");
            peer.send("Proxy-Authenticate: Basic\r\nContent-Length: 7\r\n\r\nwho are");
            return;
          }
          String target = request.split(" ")[1];
          int colon = target.lastIndexOf(':');
          int port = Integer.parseInt(target.substring(colon + 1));
          try (Socket server = new Socket(target.substring(0, colon), port)) {
            peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
            Thread back = new Thread(() -> pump(server, peer.socket));
            back.start();
            pump(peer.socket, server);
            back.join(TestClient.BOUND_SECONDS * 1000);
          }
        });
  }

  private static void pump(Socket from, Socket to) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[4096];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        out.write(buffer, 0, count);
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // The other direction tells.
    }
  }

  private void useProxy(RawServer proxy, String userInfo) {
    client
        .getProperties()
        .put(ClientProperties.PROXY_URI, "http://" + userInfo + "127.0.0.1:" + proxy.port());
  }

  @Test
  void aProxyIsAskedForATunnel() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo);
        RawServer proxy = proxy(false)) {
      useProxy(proxy, "");
      TestClient one = TestClient.connect(client, server.uri());
      one.session.getAsyncRemote().sendText("through");
      assertThat(one.nextMessage()).isEqualTo("through");
      assertThat(one.connection.remoteAddress().getPort()).isEqualTo(proxy.port());
      one.connection.closeGracefully(1000, "");
      assertThat(one.awaitEnd().cause()).isEqualTo(ConnectionEnd.Cause.CLOSE_FRAME);
      assertThat(requests.peek())
          .startsWith("CONNECT 127.0.0.1:" + server.port() + " HTTP/1.1\r\nHost: 127.0.0.1:");
    }
  }

  @Test
  void aProxyThatWantsCredentialsIsTold() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo);
        RawServer proxy = proxy(true)) {
      useProxy(proxy, "");
      Throwable failure = catchThrowable(() -> TestClient.connect(client, server.uri()));
      assertThat(failure)
          .isInstanceOf(UnexpectedResponseException.class)
          .hasMessage(
              "proxy 127.0.0.1:"
                  + proxy.port()
                  + ", asked for 127.0.0.1:"
                  + server.port()
                  + ", has answered 407 Proxy Authentication Required: who are");
      assertThat(((UnexpectedResponseException) failure).fromProxy()).isTrue();
      assertThat(((UnexpectedResponseException) failure).status()).isEqualTo(407);
    }
  }

  @Test
  void proxyHeadersGoToTheProxyOnly() throws Exception {
    BlockingQueue<String> toServer = new LinkedBlockingQueue<>();
    try (RawServer server =
            new RawServer(
                peer -> {
                  toServer.add(peer.upgrade());
                  peer.echo();
                });
        RawServer proxy = proxy(true)) {
      useProxy(proxy, "");
      client
          .getProperties()
          .put(ClientProperties.PROXY_HEADERS, Map.of("Proxy-Authorization", "Basic dTpw"));
      TestClient.connect(client, server.uri());
      assertThat(toServer.poll(TestClient.BOUND_SECONDS, SECONDS))
          .doesNotContain("Proxy-Authorization");
    }
  }

  @Test
  void credentialsInTheProxysUriAreUsed() throws Exception {
    try (RawServer server = new RawServer(RawServerScripts::echo);
        RawServer proxy = proxy(true)) {
      useProxy(proxy, "u:p@");
      TestClient one = TestClient.connect(client, server.uri());
      one.session.getAsyncRemote().sendText("through");
      assertThat(one.nextMessage()).isEqualTo("through");
    }
  }

  @Test
  void aProxyThatDoesNotListenIsNamed() throws Exception {
    RawServer proxy = proxy(false);
    proxy.close();
    useProxy(proxy, "");
    assertThat(catchThrowable(() -> TestClient.connect(client, URI.create("ws://127.0.0.1:1/"))))
        .hasMessage("Connection refused: 127.0.0.1:" + proxy.port());
  }

  private void answer(Peer peer, String response) throws IOException {
    requests.add(peer.readHead());
    peer.send(response + "\r\nContent-Length: 0\r\n\r\n");
    peer.readEnd();
  }

  @Test
  void aRedirectIsFollowedIfThatIsEnabled() throws Exception {
    client.getProperties().put(ClientProperties.REDIRECT_ENABLED, true);
    try (RawServer server = new RawServer(RawServerScripts::echo);
        RawServer old =
            new RawServer(
                peer ->
                    answer(
                        peer,
                        "HTTP/1.1 302 Found\r\nLocation: http://localhost:"
                            + server.port()
                            + "/new"))) {
      TestClient one = TestClient.connect(client, old.uri());
      one.session.getAsyncRemote().sendText("moved");
      assertThat(one.nextMessage()).isEqualTo("moved");
      assertThat(one.connection.remoteAddress().getPort()).isEqualTo(server.port());
      assertThat(old.connections()).isEqualTo(1);
    }
  }

  @Test
  void aRedirectInACircleEnds() throws Exception {
    client.getProperties().put(ClientProperties.REDIRECT_ENABLED, true);
    try (RawServer server =
        new RawServer(peer -> answer(peer, "HTTP/1.1 301 Moved\r\nLocation: /again"))) {
      assertThat(catchThrowable(() -> TestClient.connect(client, server.uri())))
          .hasCauseInstanceOf(RedirectException.class);
    }
  }

  @Test
  void aRedirectIsAnUnexpectedResponseIfItIsNotEnabled() throws Exception {
    try (RawServer server =
        new RawServer(peer -> answer(peer, "HTTP/1.1 307 Elsewhere\r\nLocation: ws://example/"))) {
      Throwable failure = catchThrowable(() -> TestClient.connect(client, server.uri()));
      assertThat(failure).hasMessageContaining("has answered 307 Elsewhere");
      assertThat(((UnexpectedResponseException) failure).headers().get("location"))
          .containsExactly("ws://example/");
    }
  }

  private RawServer protectedServer() throws IOException {
    return new RawServer(
        peer -> {
          String request = peer.readHead();
          requests.add(request);
          if (request.contains("Authorization: Basic dTpw\r\n")) {
            peer.send(Peer.acceptance(request));
            peer.echo();
          } else {
            peer.send("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\n");
            peer.send("Content-Length: 5\r\n\r\nlogin");
            peer.readEnd();
          }
        });
  }

  @Test
  void credentialsAnswerA401() throws Exception {
    client.getProperties().put(ClientProperties.CREDENTIALS, new Credentials("u", "p"));
    try (RawServer server = protectedServer()) {
      TestClient one = TestClient.connect(client, server.uri());
      one.session.getAsyncRemote().sendText("let in");
      assertThat(one.nextMessage()).isEqualTo("let in");
      assertThat(requests).hasSize(2);
    }
  }

  @Test
  void wrongCredentialsAreToldWithTheServersAnswer() throws Exception {
    client.getProperties().put(ClientProperties.CREDENTIALS, new Credentials("u", "wrong"));
    try (RawServer server = protectedServer()) {
      assertThat(catchThrowable(() -> TestClient.connect(client, server.uri())))
          .isInstanceOf(UnexpectedResponseException.class)
          .hasMessageEndingWith("has answered 401 Unauthorized: login");
      assertThat(requests).hasSize(2);
    }
  }

  @Test
  void a401WithAnUnknownSchemeIsToldWithTheServersAnswer() throws Exception {
    client.getProperties().put(ClientProperties.CREDENTIALS, new Credentials("u", "p"));
    try (RawServer server =
        new RawServer(
            peer -> answer(peer, "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Odd x=1"))) {
      assertThat(catchThrowable(() -> TestClient.connect(client, server.uri())))
          .isInstanceOf(UnexpectedResponseException.class)
          .hasMessageEndingWith("has answered 401 Unauthorized");
    }
  }
}
