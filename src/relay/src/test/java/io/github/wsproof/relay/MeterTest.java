package io.github.wsproof.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MeterTest {
  private static Socket client(Meter meter) throws IOException {
    Socket socket = new Socket("127.0.0.1", meter.uri().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends 1,000 bytes back for each byte. */
  private static void serve(ServerSocket listener, int connections) {
    try {
      for (int i = 0; i < connections; i++) {
        try (Socket socket = listener.accept()) {
          int read = socket.getInputStream().read();
          while (read >= 0) {
            socket.getOutputStream().write(new byte[1000]);
            read = socket.getInputStream().read();
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyByteOfEachWayIsCounted() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        Meter meter = Meter.start("127.0.0.1", listener.getLocalPort(), null, true)) {
      CompletableFuture<Void> server = CompletableFuture.runAsync(() -> serve(listener, 2));
      for (int i = 0; i < 2; i++) {
        try (Socket client = client(meter)) {
          client.getOutputStream().write(new byte[7]);
          new DataInputStream(client.getInputStream()).readFully(new byte[7000]);
          client.shutdownOutput();
          assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
      }
      server.get(20, TimeUnit.SECONDS);
      assertThat(meter.counts()).isEqualTo(new Meter.Counts(2, 14, 14_000));
    }
  }

  @Test
  void aServerThatIsNotThereEndsTheConnection() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    try (Meter meter = Meter.start("127.0.0.1", port, null, true);
        Socket client = client(meter)) {
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      assertThat(meter.counts().connections()).isZero();
    }
  }
}
