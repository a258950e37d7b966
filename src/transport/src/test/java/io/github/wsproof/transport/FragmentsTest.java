package io.github.wsproof.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** A message in several frames, byte for byte. */
class FragmentsTest {
  private static String hex(ByteBuffer frames) {
    byte[] bytes = new byte[frames.remaining()];
    frames.get(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void aCharacterIsSplit() {
    // "é" is c3 a9; with a masking key of 0 the payload stands in clear.
    assertThat(hex(Fragments.encode("aé!".getBytes(UTF_8), false, 2, () -> 0)))
        .isEqualTo("0182" + "00000000" + "61c3" + "8082" + "00000000" + "a921");
  }

  @Test
  void theMaskIsApplied() {
    assertThat(hex(Fragments.encode("Hello".getBytes(UTF_8), true, 1, () -> 0x37fa213d)))
        .as("RFC 6455 section 5.7")
        .isEqualTo("8285" + "37fa213d" + "7f9f4d5158");
  }

  @Test
  void lengthsOf125126And65536HaveTheirForms() {
    assertThat(hex(Fragments.encode(new byte[125], true, 1, () -> 0))).startsWith("82fd00000000");
    assertThat(hex(Fragments.encode(new byte[126], true, 1, () -> 0))).startsWith("82fe007e");
    assertThat(hex(Fragments.encode(new byte[65535], true, 1, () -> 0))).startsWith("82feffff");
    assertThat(hex(Fragments.encode(new byte[65536], true, 1, () -> 0)))
        .startsWith("82ff0000000000010000");
  }

  @Test
  void thereAreNoMoreFramesThanBytes() {
    assertThat(hex(Fragments.encode(new byte[] {1}, true, 9, () -> 0))).isEqualTo("82810000000001");
    assertThat(hex(Fragments.encode(new byte[0], false, 9, () -> 0))).isEqualTo("818000000000");
  }
}
