package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.client.Certificates.Issued;
import io.github.wsproof.ledger.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Over TLS: what is right is used, what is wrong is told in a sentence. */
@Timeout(60)
class SecureConnectionTest {
  private static final Duration GOOD = Duration.ofDays(1);
  private static Certificates certificates;
  @TempDir private static Path folder;
  private static Path ca;

  @BeforeAll
  static void issue() throws Exception {
    certificates = new Certificates();
    ca = Certificates.pem(folder.resolve("ca.pem"), certificates.authority.certificate());
  }

  private static LyingServer server(Issued issued) throws Exception {
    return LyingServer.start(
        (client, message, number) -> client.send(LyingServer.honest(message)),
        new DefaultSSLWebSocketServerFactory(certificates.context(issued)));
  }

  /** What a server answers that refuses everyone, and tells each the name in its certificate. */
  private static String answerTo(TlsOptions tls) throws Exception {
    SSLContext context = certificates.context(certificates.issue("localhost", GOOD));
    try (SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      server.setNeedClientAuth(true);
      Thread answering = new Thread(() -> tellName(server));
      answering.start();
      Report report =
          RunPlan.to("wss://localhost:" + server.getLocalPort())
              .messages(1)
              .connection(ConnectionOptions.builder().tls(tls).build())
              .build()
              .run();
      answering.join();
      return report.reasons().get(0);
    }
  }

  private static void tellName(SSLServerSocket server) {
    try (SSLSocket socket = (SSLSocket) server.accept()) {
      socket.startHandshake();
      socket.getInputStream().read();
      String name = socket.getSession().getPeerPrincipal().getName();
      String answer =
          "HTTP/1.1 403 Forbidden\r\nContent-Length: " + name.length() + "\r\n\r\n" + name;
      socket.getOutputStream().write(answer.getBytes(US_ASCII));
    } catch (IOException e) {
      // Without a certificate the handshake fails here, and the client is told.
      return;
    }
  }

  private static Report run(LyingServer server, TlsOptions tls) throws Exception {
    return RunPlan.to(server.url().replace("ws://127.0.0.1", "wss://localhost"))
        .messages(50)
        .connection(ConnectionOptions.builder().tls(tls).build())
        .build()
        .run();
  }

  private static Report run(Issued issued, TlsOptions tls) throws Exception {
    try (LyingServer server = server(issued)) {
      return run(server, tls);
    }
  }

  private static TlsOptions trusting() {
    return TlsOptions.of(ca, null, null, null, false);
  }

  private static String failure(Issued issued, TlsOptions tls) throws Exception {
    Report report = run(issued, tls);
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().neverSent()).isEqualTo(50);
    return report.reasons().get(0);
  }

  @Test
  void aCertificateOfATrustedAuthorityIsAccepted() throws Exception {
    Report report = run(certificates.issue("localhost", GOOD), trusting());

    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    assertThat(report.run().options()).containsEntry("cacert", ca.toString());
  }

  @Test
  void anUnknownAuthorityIsNamed() throws Exception {
    assertThat(failure(certificates.issue("localhost", GOOD), TlsOptions.SYSTEM))
        .contains("issued by \"CN=Test CA\", which is not trusted here", "--cacert");
  }

  @Test
  void anExpiredCertificateIsToldWithItsDate() throws Exception {
    assertThat(failure(certificates.issue("localhost", Duration.ofDays(-2)), trusting()))
        .contains("\"CN=localhost\" expired on 20", "renew it");
  }

  @Test
  void anotherNameIsToldWithTheNamesOfTheCertificate() throws Exception {
    assertThat(failure(certificates.issue("chat.example", GOOD), trusting()))
        .contains("the certificate is for chat.example, not for localhost");
  }

  @Test
  void insecureGoesOnAndSaysSo() throws Exception {
    Report report =
        run(
            certificates.issue("chat.example", Duration.ofDays(-2)),
            TlsOptions.of(null, null, null, null, true));

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.reasons().get(0)).startsWith("INSECURE: ");
    assertThat(report.run().options()).containsEntry("insecure", true);
  }

  @Test
  void aServerWithoutTlsIsTold() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      Thread answering = new Thread(() -> answerInClear(server));
      answering.start();
      String url = "wss://localhost:" + server.getLocalPort();

      assertThat(RunPlan.to(url).messages(1).build().run().reasons().get(0)).contains("use ws://");
      answering.join();
    }
  }

  private static void answerInClear(ServerSocket server) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().read();
      socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theClientsCertificateIsShown() throws Exception {
    Issued client = certificates.issue("client", GOOD);
    char[] secret = "secret".toCharArray();
    Path cert = Certificates.pem(folder.resolve("client.pem"), client.certificate());
    Path key = Certificates.pem(folder.resolve("client.key"), Certificates.key(client));
    Path locked = Certificates.pem(folder.resolve("locked.key"), Certificates.encrypted(client));
    Path both =
        Certificates.pem(folder.resolve("both"), Certificates.key(client), client.certificate());
    Path pkcs12 = Certificates.pkcs12(folder.resolve("client.p12"), client);
    assertThat(answerTo(TlsOptions.of(ca, cert, key, null, false))).contains("\"CN=client\"");
    assertThat(answerTo(TlsOptions.of(ca, cert, locked, secret, false))).contains("\"CN=client\"");
    assertThat(answerTo(TlsOptions.of(ca, both, null, null, false))).contains("\"CN=client\"");
    assertThat(answerTo(TlsOptions.of(ca, pkcs12, null, secret, false))).contains("\"CN=client\"");
    assertThat(answerTo(trusting())).contains("wants a client certificate (--cert, --key)");
  }

  @Test
  void aFileThatIsNoneIsNamedWithItsOption() throws Exception {
    Issued client = certificates.issue("client", GOOD);
    Issued other = certificates.issue("other", GOOD);
    Path cert = Certificates.pem(folder.resolve("c.pem"), client.certificate());
    Path locked = Certificates.pem(folder.resolve("l.key"), Certificates.encrypted(client));
    Path otherKey = Certificates.pem(folder.resolve("o.key"), Certificates.key(other));
    Path pkcs12 = Certificates.pkcs12(folder.resolve("c.p12"), client);
    Path text = Files.writeString(folder.resolve("text"), "nothing");
    Path cut = Files.writeString(folder.resolve("cut"), Files.readString(cert).substring(0, 200));

    refused("a file that exists: --cacert=", folder.resolve("no"), null, null, null);
    refused("-----BEGIN CERTIFICATE-----: --cacert=", text, null, null, null);
    refused("--cacert=", cut, null, null, null);
    refused("with a private key (-----BEGIN PRIVATE KEY-----): --cert=", ca, cert, null, null);
    refused("must come with --cert: key=", ca, null, otherKey, null);
    refused("the private key of the first certificate in --cert: --key=", ca, cert, otherKey, null);
    refused("come with --key-password: --key=", ca, cert, locked, null);
    refused("the password of --key-password opens: --key=", ca, cert, locked, "wrong");
    refused("the password may be wrong: --cert=", ca, pkcs12, null, "wrong");
  }

  private static void refused(String sentence, Path cacert, Path cert, Path key, String password) {
    assertThatThrownBy(
            () ->
                TlsOptions.of(
                    cacert, cert, key, password == null ? null : password.toCharArray(), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence)
        .hasMessageStartingWith("must ");
  }
}
