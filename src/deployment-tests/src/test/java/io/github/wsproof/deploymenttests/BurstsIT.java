package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.deploymenttests.RawConnection.Frame;
import java.io.IOException;
import java.net.URL;
import java.util.Random;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Many messages in one write, whose replies a server may gather: none is lost or left behind,
 * whatever comes after the burst.
 */
@ExtendWith(ArquillianExtension.class)
class BurstsIT {
  private static final long SEED = 20261121;
  private static final int CLOSE = 8;
  private static final int TEXT = 1;

  @ArquillianResource private URL url;
  private Address address;

  @Deployment(testable = false)
  static WebArchive war() {
    WebArchive war = Wars.built("bursts.war");
    return Wars.with(war, "wsproof.max-message-bytes", "5000");
  }

  @BeforeEach
  void locate() {
    address = Address.of(url);
  }

  /** The last replies of a burst come without another message. */
  @Test
  void eachBurstIsAnsweredWhole() throws IOException {
    Random random = new Random(SEED);
    try (RawConnection connection = RawConnection.open(address.echo())) {
      int sent = 0;
      for (int burst = 0; burst < 300; burst++) {
        int messages = burst % 3 == 0 ? 1 : 1 + random.nextInt(400);
        int length = random.nextInt(60);
        writeBurst(connection, sent, messages, length);
        readReplies(connection, sent, messages, length);
        sent += messages;
      }
    }
  }

  /** The Close stands in the same write as the burst. */
  @Test
  void aBurstIsAnsweredBeforeTheClose() throws IOException {
    for (int messages = 1; messages < 2000; messages = 2 * messages + 3) {
      try (RawConnection connection = RawConnection.open(address.echo())) {
        put(connection, 0, messages, 10);
        connection.put(CLOSE, new byte[] {0x03, (byte) 0xe8});
        connection.write();

        readReplies(connection, 0, messages, 10);
        assertThat(connection.read()).isEqualTo(new Frame(CLOSE, new byte[] {0x03, (byte) 0xe8}));
      }
    }
  }

  /** So does a message that ends the connection. */
  @Test
  void aBurstIsAnsweredBeforeTheMessageThatIsTooLongIsRefused() throws IOException {
    for (int messages = 1; messages < 2000; messages = 2 * messages + 3) {
      try (RawConnection connection = RawConnection.open(address.echo())) {
        put(connection, 0, messages, 10);
        connection.put(TEXT, new byte[5001]);
        connection.write();

        readReplies(connection, 0, messages, 10);
        Frame close = connection.read();
        assertThat(close.opcode()).isEqualTo(CLOSE);
        assertThat(close.code()).isEqualTo(1009);
      }
    }
  }

  private static void writeBurst(RawConnection connection, int from, int messages, int length)
      throws IOException {
    put(connection, from, messages, length);
    connection.write();
  }

  private static void put(RawConnection connection, int from, int messages, int length) {
    for (int i = from; i < from + messages; i++) {
      connection.put(TEXT, message(i, length).getBytes(US_ASCII));
    }
  }

  private static void readReplies(RawConnection connection, int from, int messages, int length)
      throws IOException {
    for (int i = from; i < from + messages; i++) {
      Frame reply = connection.read();
      assertThat(reply.opcode()).isEqualTo(TEXT);
      String text = new String(reply.payload(), US_ASCII);
      assertThat(text).startsWith(message(i, length) + " - ");
    }
  }

  private static String message(int number, int length) {
    return number + "x".repeat(length);
  }
}
