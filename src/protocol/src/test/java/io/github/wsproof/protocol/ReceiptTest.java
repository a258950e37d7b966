package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiptTest {
  private static final String REPLY = "Request 0/0 53d49737 - 42";

  @Test
  void aReceiptIsCountAndCrc() {
    byte[] reply = Receipt.append(REPLY.getBytes(UTF_8), 1);

    assertThat(new String(reply, UTF_8)).isEqualTo(REPLY + " (1 3c704346)");
    assertThat(Receipt.of(reply)).isEqualTo(new Receipt(1, true, REPLY.length()));
  }

  @Test
  void everyChangeBeforeTheCrcMakesItWrong() {
    byte[] reply = Receipt.append(REPLY.getBytes(UTF_8), 12);
    int crcStart = reply.length - 9;

    for (int i = 0; i < crcStart; i++) {
      reply[i] ^= 1;
      Receipt receipt = Receipt.of(reply);
      assertThat(receipt == null || !receipt.crcMatches()).isTrue();
      reply[i] ^= 1;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ")",
        "(1 3c704346)",
        "x (0 3c704346)",
        "x ( 3c704346)",
        "x (1 3C704346)",
        "x (1 3c70434)",
        "x(1 3c704346)",
        "x (99999999999999999999999 3c704346)",
        REPLY
      })
  void whatIsNoReceiptIsNone(String reply) {
    assertThat(Receipt.of(reply.getBytes(UTF_8))).isNull();
  }
}
