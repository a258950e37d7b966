package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesTest {

  /** The expected texts were computed by a JavaScript implementation, not by this one. */
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0, 0, Request 0/0 53d49737",
    "1, 0, 17, 0, Request 0/17 418c1fb1",
    "-1, 12, 9999, 64, Request 12/9999 3fc1c7a7 Rb91RQghoepcEOXv1GqS7LNuPpP_bw_IE6hGtA3",
    "42, 0, 5, 22, Request 0/5 8986982c P",
    "42, 0, 5, 21, 'Request 0/5 8986982c '",
  })
  void aMessageIsMadeFromSeedAndIdentity(
      long seed, int connection, long sequence, int size, String expected) {
    Messages messages = new Messages(seed, size);
    Identity identity = new Identity(connection, sequence);

    assertThat(new String(messages.content(identity), UTF_8)).isEqualTo(expected);
    assertThat(messages.length(identity)).isEqualTo(expected.length());
  }

  @Test
  void theEndIsNeverPadded() {
    byte[] end = new Messages(1, 64).content(Identity.end(3));

    assertThat(new String(end, UTF_8)).isEqualTo("Request 3/end 9b50af0e");
    assertThat(new Messages(1, 64).length(Identity.end(3))).isEqualTo(end.length);
  }

  @Test
  void aMessageIsReadBack() {
    Messages messages = new Messages(7, 100);
    MessageReader reader = new MessageReader(messages);
    byte[] content = messages.content(new Identity(3, 123_456_789_012L));

    assertThat(reader.identityAt(content, 0)).isTrue();
    assertThat(reader.contentMatches(content)).isTrue();
    assertThat(reader.connection()).isEqualTo(3);
    assertThat(reader.sequence()).isEqualTo(123_456_789_012L);
    assertThat(reader.end()).isEqualTo(100);
  }

  @Test
  void everyChangedByteIsNoticed() {
    Messages messages = new Messages(7, 40);
    MessageReader reader = new MessageReader(messages);
    byte[] content = messages.content(new Identity(0, 17));

    for (int i = 0; i < content.length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        content[i] ^= (byte) (1 << bit);
        assertThat(reader.identityAt(content, 0) && reader.contentMatches(content)).isFalse();
        content[i] ^= (byte) (1 << bit);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Request 00/0 53d49737",
    "Request 0/00 53d49737",
    "Request 0/0 53D49737",
    "Request 0/0 53d4973",
    "Request 0/ 53d49737",
    "Request /0 53d49737",
    "Request 2147483648/0 53d49737",
    "Request 0",
    "Request ",
    "''",
  })
  void whatIsNotAnIdentityIsNotRead(String text) {
    assertThat(new MessageReader(new Messages(1, 0)).syntaxAt(text.getBytes(UTF_8), 0)).isFalse();
  }

  @Test
  void aSizeOutOfRangeIsRefused() {
    assertThatThrownBy(() -> new Messages(1, -1)).hasMessage("must be 0..67108864 bytes: size=-1");
  }
}
