package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason.CloseCodes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.SslEngineConfigurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over TLS; the server's certificate is for localhost. */
class TlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();

  private EventLoop loop;
  private ClientManager client;
  private SSLContext context;

  @BeforeEach
  void createClient() throws Exception {
    context = context();
    loop = new EventLoop("test");
    client = TestClient.patient(loop);
  }

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private static SSLContext context() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream file = TlsTest.class.getResourceAsStream("/localhost.p12")) {
      store.load(file, PASSWORD);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("localhost", store.getCertificate("localhost"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private RawServer server(RawServer.Script script, String... protocols) throws IOException {
    SSLServerSocket listener =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    if (protocols.length > 0) {
      listener.setEnabledProtocols(protocols);
    }
    return new RawServer(listener, script);
  }

  private static URI uri(String host, RawServer server) {
    return URI.create("wss://" + host + ":" + server.port() + "/");
  }

  private void trust() {
    client
        .getProperties()
        .put(ClientProperties.SSL_ENGINE_CONFIGURATOR, new SslEngineConfigurator(context));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void messagesOfEverySizeComeBack(String protocol) throws Exception {
    trust();
    try (RawServer server = server(RawServerScripts::echo, protocol)) {
      TestClient one = TestClient.connect(client, uri("localhost", server));
      byte[] large = new byte[1024 * 1024];
      new Random(42).nextBytes(large);
      List<Object> sent = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        sent.add("message " + i);
      }
      sent.add(large);
      sent.add("last");
      loop.execute(
          () -> {
            for (Object message : sent) {
              if (message instanceof String text) {
                one.session.getAsyncRemote().sendText(text, result -> {});
              } else {
                one.session.getAsyncRemote().sendBinary(ByteBuffer.wrap(large), result -> {});
              }
            }
            one.connection.closeGracefully(1000, "done");
          });
      assertThat(one.awaitEnd().cause()).isEqualTo(ConnectionEnd.Cause.CLOSE_FRAME);
      List<Object> got = one.nextMessages(sent.size());
      assertThat(got.subList(0, 10_000)).isEqualTo(sent.subList(0, 10_000));
      assertThat(Arrays.equals((byte[]) got.get(10_000), large)).isTrue();
      assertThat(one.errors).isEmpty();
    }
  }

  @Test
  void theLastFrameBeforeACloseIsNotLost() throws Exception {
    trust();
    for (int i = 0; i < 50; i++) {
      CompletableFuture<String> last = new CompletableFuture<>();
      try (RawServer server =
          server(
              peer -> {
                peer.upgrade();
                last.complete(peer.readFrame().text());
                peer.echo();
              })) {
        TestClient one = TestClient.connect(client, uri("localhost", server));
        one.session.getAsyncRemote().sendText("last");
        one.session.close();
        assertThat(last.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS)).isEqualTo("last");
        assertThat(one.awaitEnd().cause()).isEqualTo(ConnectionEnd.Cause.CLOSE_FRAME);
      }
    }
  }

  @Test
  void theEndpointsOwnSslContextIsUsed() throws Exception {
    try (RawServer server = server(RawServerScripts::echo)) {
      TestClient one = new TestClient();
      client.connectToServer(
          one,
          ClientEndpointConfig.Builder.create().sslContext(context).build(),
          uri("localhost", server));
      one.session.getAsyncRemote().sendText("trusted");
      assertThat(one.nextMessage()).isEqualTo("trusted");
    }
  }

  @Test
  void theServerIsToldWhichHostIsMeant() throws Exception {
    trust();
    CompletableFuture<Object> names = new CompletableFuture<>();
    try (RawServer server =
        server(
            peer -> {
              peer.upgrade();
              ExtendedSSLSession session =
                  (ExtendedSSLSession) ((SSLSocket) peer.socket).getSession();
              names.complete(session.getRequestedServerNames().toString());
              peer.echo();
            })) {
      TestClient.connect(client, uri("localhost", server));
      assertThat(names.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS))
          .asString()
          .contains("localhost");
    }
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws Exception {
    trust();
    try (RawServer server = server(RawServerScripts::echo)) {
      assertThat(catchThrowable(() -> TestClient.connect(client, uri("127.0.0.1", server))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("127.0.0.1:" + server.port() + ": TLS: ")
          .hasCauseInstanceOf(SSLException.class);
    }
  }

  @Test
  void aCertificateForAnotherHostWillDoIfTheCallerSaysSo() throws Exception {
    client
        .getProperties()
        .put(
            ClientProperties.SSL_ENGINE_CONFIGURATOR,
            new SslEngineConfigurator(context).setHostVerificationEnabled(false));
    try (RawServer server = server(RawServerScripts::echo)) {
      TestClient one = TestClient.connect(client, uri("127.0.0.1", server));
      one.session.getAsyncRemote().sendText("trusted");
      assertThat(one.nextMessage()).isEqualTo("trusted");
    }
  }

  @Test
  void theCallersHostnameVerifierDecides() throws Exception {
    client
        .getProperties()
        .put(
            ClientProperties.SSL_ENGINE_CONFIGURATOR,
            new SslEngineConfigurator(context).setHostnameVerifier((host, session) -> false));
    try (RawServer server = server(RawServerScripts::echo)) {
      assertThat(catchThrowable(() -> TestClient.connect(client, uri("localhost", server))))
          .hasMessageContaining("the certificate is not for host localhost");
    }
  }

  @Test
  void anUnknownCertificateIsRefused() throws Exception {
    try (RawServer server = server(RawServerScripts::echo)) {
      assertThat(catchThrowable(() -> TestClient.connect(client, uri("localhost", server))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("localhost:" + server.port() + ": TLS: ");
    }
  }

  @Test
  void aServerThatDoesNotSpeakTlsIsTold() throws Exception {
    try (RawServer server = new RawServer(peer -> peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"))) {
      assertThat(catchThrowable(() -> TestClient.connect(client, uri("localhost", server))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("localhost:" + server.port() + ": TLS: ");
    }
  }

  @Test
  void aServerThatGoesDuringTheTlsHandshakeIsTold() throws Exception {
    try (RawServer server = new RawServer(peer -> peer.socket.getInputStream().read())) {
      assertThat(catchThrowable(() -> TestClient.connect(client, uri("localhost", server))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("localhost:" + server.port() + ": TLS: ");
    }
  }

  @Test
  void anEndOfStreamOverTlsIsToldAsSuch() throws Exception {
    trust();
    try (RawServer server =
        server(
            peer -> {
              peer.upgrade();
              peer.sendText("last words");
            })) {
      TestClient one = TestClient.connect(client, uri("localhost", server));
      assertThat(one.nextMessage()).isEqualTo("last words");
      assertThat(one.awaitClosed().getCloseCode()).isEqualTo(CloseCodes.CLOSED_ABNORMALLY);
      assertThat(one.awaitEnd().cause()).isEqualTo(ConnectionEnd.Cause.END_OF_STREAM);
    }
  }

  @Test
  void aPeerThatDoesNotReadHoldsUpCompletionsOverTls() throws Exception {
    trust();
    int messages = 300;
    CompletableFuture<Void> go = new CompletableFuture<>();
    CompletableFuture<Integer> count = new CompletableFuture<>();
    try (RawServer server =
        server(
            peer -> {
              peer.upgrade();
              go.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
              for (int i = 0; i < messages; i++) {
                assertThat(peer.readFrame().payload()).hasSize(64 * 1024);
              }
              count.complete(messages);
              peer.echo();
            })) {
      TestClient one = TestClient.connect(client, uri("localhost", server));
      List<CompletableFuture<Void>> sends = new ArrayList<>();
      for (int i = 0; i < messages; i++) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        sends.add(sent);
        one.session
            .getAsyncRemote()
            .sendBinary(ByteBuffer.allocate(64 * 1024), result -> sent.complete(null));
      }
      CompletableFuture<Void> turn = new CompletableFuture<>();
      loop.execute(() -> turn.complete(null));
      turn.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
      assertThat(sends.get(messages - 1)).isNotDone();
      go.complete(null);
      for (CompletableFuture<Void> sent : sends) {
        sent.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
      }
      assertThat(count.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS)).isEqualTo(messages);
    }
  }
}
