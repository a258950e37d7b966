package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.protocol.StreamReader.Found;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamMessagesTest {
  private static final StreamMessages REQUESTS = new StreamMessages("requests", "5f3a9c01");
  private static final String SEALED =
      "[42] Request Number [17] Waiting for next number... (requests/5f3a9c01/17 eebf91bf)";
  private static final String SEALED_GONE =
      "messages 0–399 are gone (requests/5f3a9c01/gone 5623e48f)";

  private final StreamReader reader = StreamReader.sealed(REQUESTS);

  private Found read(StreamReader by, String text) {
    return by.read(text.getBytes(UTF_8));
  }

  @Test
  void theFormsAreThese() {
    assertThat(StreamMessages.text(42, 17))
        .isEqualTo("[42] Request Number [17] Waiting for next number...");
    assertThat(StreamMessages.gone(0, 399)).isEqualTo("messages 0–399 are gone");
    assertThat(REQUESTS.sealed(42, 17)).isEqualTo(SEALED);
    assertThat(REQUESTS.sealedGone(0, 399)).isEqualTo(SEALED_GONE);
  }

  @Test
  void whatWasSealedIsReadAgain() {
    assertThat(read(reader, SEALED)).isEqualTo(Found.MESSAGE);
    assertThat(reader.sequence()).isEqualTo(17);
    assertThat(read(reader, SEALED_GONE)).isEqualTo(Found.GONE);
    assertThat(reader.sequence()).isEqualTo(0);
    assertThat(reader.last()).isEqualTo(399);
  }

  @Test
  void anyChangeOfAnyByteIsSeen() {
    for (String text : new String[] {SEALED, SEALED_GONE}) {
      byte[] whole = text.getBytes(UTF_8);
      for (int i = 0; i < whole.length; i++) {
        for (int bit = 0; bit < 8; bit++) {
          byte[] changed = whole.clone();
          changed[i] ^= (byte) (1 << bit);
          assertThat(reader.read(changed)).as(new String(changed, UTF_8)).isEqualTo(Found.DAMAGED);
        }
        assertThat(reader.read(java.util.Arrays.copyOf(whole, i))).isEqualTo(Found.DAMAGED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"requests", "requests/5f3a9c0", "requests/5f3a9c01/", "/5f3a9c01", ""})
  void whatNamesNoRunOfAStreamIsRefused(String id) {
    assertThatThrownBy(() -> StreamMessages.of(id)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"other/5f3a9c01", "requests/00000000", "x/5f3a9c01"})
  void aMessageOfAnotherStreamOrRunIsForeign(String id) {
    assertThat(read(reader, StreamMessages.of(id).sealed(42, 17))).isEqualTo(Found.FOREIGN);
    assertThat(reader.foreign()).isEqualTo(id);
  }

  @Test
  void aDamagedMessageStillTellsItsNumbers() {
    assertThat(read(reader, SEALED.replace("[42]", "[43]"))).isEqualTo(Found.DAMAGED);
    assertThat(reader.sequence()).isEqualTo(17);
    assertThat(reader.sealedSequence()).isEqualTo(17);
    assertThat(read(reader, SEALED.replace("[42] Request Number [17]", "[42] Request Number [18]")))
        .isEqualTo(Found.DAMAGED);
    assertThat(reader.sequence()).isEqualTo(18);
    assertThat(reader.sealedSequence()).isEqualTo(17);
  }

  @ParameterizedTest
  @CsvSource({
    "[42] Request Number [17] Waiting for next number..., MESSAGE",
    "[0] Request Number [0] Waiting for next number..., MESSAGE",
    "messages 3–3 are gone, GONE",
    "messages 4–3 are gone, DAMAGED",
    "[42] Request Number [017] Waiting for next number..., DAMAGED",
    "[42] Request Number [17] Waiting for next number.., DAMAGED",
    "[42] Request Number [17] Waiting for next number....., DAMAGED",
    "[x] Request Number [17] Waiting for next number..., DAMAGED",
    "hello, DAMAGED",
    "'', DAMAGED",
  })
  void withoutASealTheFormAloneDecides(String text, Found found) {
    assertThat(read(StreamReader.plain(), text)).isEqualTo(found);
  }

  @Test
  void messagesOfAnotherServerAreReadByTheirForm() {
    StreamReader ticks = StreamReader.of("{\"n\":{sequence},\"v\":{random}{any}}");

    assertThat(read(ticks, "{\"n\":12,\"v\":-7,\"x\":true}")).isEqualTo(Found.MESSAGE);
    assertThat(ticks.sequence()).isEqualTo(12);
    assertThat(read(ticks, "{\"v\":-7}")).isEqualTo(Found.DAMAGED);
    assertThatThrownBy(() -> StreamReader.of("tick"))
        .hasMessageStartingWith("must hold {sequence} exactly once");
  }
}
