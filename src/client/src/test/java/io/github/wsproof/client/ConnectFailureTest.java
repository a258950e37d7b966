package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.wsproof.ledger.Verdict;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server that is not there, or is no WebSocket, is told in one sentence. */
@Timeout(60)
class ConnectFailureTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private static String reason(String url) throws Exception {
    Report report = RunPlan.to(url).messages(10).build().run();

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().neverSent()).isEqualTo(10);
    assertThat(report.latencyMicros().sent()).isNull();
    assertThat(report.reasons())
        .hasSize(2)
        .contains("nothing was verified: no connection could be opened");
    return report.reasons().get(0);
  }

  @Test
  void nobodyListens() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      port = socket.getLocalPort();
    }
    assertThat(reason("ws://127.0.0.1:" + port))
        .contains("nothing accepts connections at 127.0.0.1:" + port);
  }

  @Test
  void anAcceptanceOfAnotherHandshakeIsNoErrorOfTheServer() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      Thread answering =
          new Thread(
              () -> {
                try (Socket socket = server.accept()) {
                  BufferedReader in =
                      new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
                  while (!in.readLine().isEmpty()) {
                    // The rest of the head.
                  }
                  socket
                      .getOutputStream()
                      .write(
                          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                                  + "Connection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n")
                              .getBytes(US_ASCII));
                  in.read();
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      answering.start();

      assertThat(reason("ws://127.0.0.1:" + server.getLocalPort()))
          .contains("the handshake was accepted with HTTP 101, but not as RFC 6455 wants it: ")
          .contains("Sec-WebSocket-Key returned from server does not match")
          .doesNotContain("500");
      answering.join();
    }
  }

  @Test
  void aServerThatEndsTheTlsHandshake() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, LOOPBACK)) {
      Thread answering =
          new Thread(
              () -> {
                try (Socket socket = server.accept()) {
                  // The whole of its hello, for what is unread would reset the connection.
                  DataInputStream in = new DataInputStream(socket.getInputStream());
                  in.skipNBytes(3);
                  in.skipNBytes(in.readUnsignedShort());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      answering.start();
      String where = "127.0.0.1:" + server.getLocalPort();
      assertThat(reason("wss://" + where))
          .endsWith(
              "TLS with "
                  + where
                  + " failed: the server closed the connection during the TLS handshake; does it"
                  + " speak TLS there?");
      answering.join();
    }
  }

  @Test
  void aNameThatDoesNotResolve() throws Exception {
    assertThat(reason("ws://no-such-host.invalid/")).contains("no-such-host.invalid does not");
  }

  @ParameterizedTest
  @CsvSource({"404, context path", "401, credentials", "500, log", "200, Upgrade", "503, overload"})
  void aServerThatSpeaksHttpOnly(int status, String hint) throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress(LOOPBACK, 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try {
      assertThat(reason("ws://127.0.0.1:" + server.getAddress().getPort() + "/x"))
          .contains("HTTP " + status, hint);
    } finally {
      server.stop(0);
    }
  }
}
