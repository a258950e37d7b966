package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.RoomReader.Found;
import org.junit.jupiter.api.Test;

class RoomMessagesTest {
  private final RoomReader reader = new RoomReader();

  private Found read(String text) {
    return reader.read(text.getBytes(UTF_8));
  }

  @Test
  void aMessageIsALineOfJsonWithAChecksum() {
    byte[] message = RoomMessages.message(18, 42, "ann", 1, RoomMessages.quote("say \"hi\"\n"));

    assertThat(new String(message, UTF_8))
        .matches(
            "\\{\"seq\":18,\"random\":42,\"member\":\"ann\",\"n\":1,"
                + "\"text\":\"say \\\\\"hi\\\\\"\\\\u000a\",\"crc\":\"[0-9a-f]{8}\"}");
  }

  @Test
  void whatIsWrittenIsRead() {
    assertThat(reader.read(RoomMessages.message(18, 42, "ann", 3, "hello")))
        .isEqualTo(Found.MESSAGE);
    assertThat(reader.sequence()).isEqualTo(18);
    assertThat(reader.member()).isEqualTo("ann");
    assertThat(reader.memberNumber()).isEqualTo(3);
    assertThat(reader.text()).isEqualTo("hello".getBytes(UTF_8));

    assertThat(reader.read(RoomMessages.message(0, 1, "a", 1, ""))).isEqualTo(Found.MESSAGE);
    assertThat(reader.text()).isEmpty();

    assertThat(reader.read(RoomMessages.joined(7, "ann"))).isEqualTo(Found.EVENT);
    assertThat(reader.sequence()).isEqualTo(7);
    assertThat(reader.read(RoomMessages.left(8, "ann"))).isEqualTo(Found.EVENT);

    assertThat(read(RoomMessages.welcome("admin/a", "5f3a9c01", "ann", 3, 18)))
        .isEqualTo(Found.WELCOME);
    assertThat(reader.run()).isEqualTo("5f3a9c01");
    assertThat(reader.first()).isEqualTo(3);
    assertThat(reader.last()).isEqualTo(17);

    assertThat(read(RoomMessages.gone(3, 9))).isEqualTo(Found.GONE);
    assertThat(reader.first()).isEqualTo(3);
    assertThat(reader.last()).isEqualTo(9);

    assertThat(read(RoomMessages.refused(4, "not now"))).isEqualTo(Found.REFUSED);
    assertThat(reader.memberNumber()).isEqualTo(4);
    assertThat(reader.reason()).isEqualTo("not now");
  }

  @Test
  void whatIsQuotedIsUnquoted() {
    for (String text : new String[] {"", "a", "\"\\\n\u0001\u001f", "Gr\u00fc\u00dfe \\u0041"}) {
      assertThat(RoomMessages.unquote(RoomMessages.quote(text))).isEqualTo(text);
    }
  }

  @Test
  void aChangeOfAnyByteIsSeen() {
    byte[] message = RoomMessages.message(18, 42, "ann", 3, "hello");
    for (int i = 0; i < message.length; i++) {
      byte[] changed = message.clone();
      changed[i] ^= 1;
      assertThat(reader.read(changed)).as("byte " + i).isEqualTo(Found.DAMAGED);
      assertThat(reader.read(java.util.Arrays.copyOf(message, i))).isEqualTo(Found.DAMAGED);
    }
  }

  @Test
  void namesAreCheckedByTheirCharactersAndLength() {
    assertThat(RoomMessages.isName("a.b_C-9")).isTrue();
    assertThat(RoomMessages.isName("x".repeat(64))).isTrue();
    assertThat(RoomMessages.isName("x".repeat(65))).isFalse();
    assertThat(RoomMessages.isName("")).isFalse();
    assertThat(RoomMessages.isName("a/b")).isFalse();
  }
}
