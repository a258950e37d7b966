package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes follow from the message, so that whoever reads it knows them. */
class SizesTest {
  private static boolean reads(Messages messages, byte[] content) {
    MessageReader reader = new MessageReader(messages);
    return reader.identityAt(content, 0)
        && reader.contentMatches(content)
        && reader.end() == content.length;
  }

  @Test
  void aListIsCycled() {
    Messages messages = new Messages(1, Sizes.parse("125, 126,0,4096"), false);

    assertThat(messages.content(new Identity(0, 0))).hasSize(125);
    assertThat(messages.content(new Identity(0, 1))).hasSize(126);
    assertThat(messages.content(new Identity(0, 2)))
        .as("0 in a list is an empty message")
        .isEmpty();
    assertThat(messages.isEmpty(2)).isTrue();
    assertThat(messages.length(new Identity(0, 2))).isZero();
    assertThat(messages.content(Identity.end(0))).isNotEmpty();
    assertThat(messages.content(new Identity(0, 3))).hasSize(4096);
    assertThat(messages.content(new Identity(0, 4))).hasSize(125);
  }

  @Test
  void zeroAloneIsNoPadding() {
    Messages messages = new Messages(1, Sizes.parse("0"), false);

    assertThat(messages.hasEmpty()).isFalse();
    assertThat(messages.content(new Identity(0, 2))).asString().isEqualTo("Request 0/2 b2efe7c0");
  }

  @Test
  void aRangeIsSpreadOverAllItsSizes() {
    Messages messages = new Messages(1, Sizes.parse("100..149"), false);
    Set<Integer> sizes = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      byte[] content = messages.content(new Identity(3, i));
      sizes.add(content.length);
      assertThat(messages.length(new Identity(3, i))).isEqualTo(content.length);
      assertThat(reads(messages, content)).isTrue();
    }
    assertThat(sizes).hasSize(50).allMatch(size -> size >= 100 && size < 150);
    // Another program has to come to the same.
    assertThat(messages.content(new Identity(0, 0))).hasSize(119);
  }

  @Test
  void unicodeFillsTheSizeExactlyAndIsUtf8() throws Exception {
    for (int size = 60; size < 80; size++) {
      Messages messages = new Messages(7, Sizes.fixed(size), true);
      byte[] content = messages.content(new Identity(0, size));
      UTF_8.newDecoder().decode(ByteBuffer.wrap(content));
      assertThat(content).hasSize(size);
      assertThat(reads(messages, content)).isTrue();
      content[size - 1] ^= 1;
      assertThat(reads(messages, content)).isFalse();
    }
  }

  @Test
  void paddingIsCompressibleAndIncompressibleInTurnForAllSizesAndFormats() throws Exception {
    for (boolean unicode : new boolean[] {false, true}) {
      Messages messages = new Messages(7, Sizes.parse("300,301,302"), unicode, true);
      StringBuilder turns = new StringBuilder();
      for (int i = 0; i < 24; i++) {
        byte[] content = messages.content(new Identity(0, i));
        assertThat(content).hasSize(300 + i % 3);
        assertThat(reads(messages, content)).isTrue();
        long different =
            UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).chars().skip(40).distinct().count();
        turns.append(different <= 3 ? 'c' : 'i');
        content[200] ^= 1;
        assertThat(reads(messages, content)).isFalse();
      }
      assertThat(turns.toString()).isEqualTo("cccccciiiiii".repeat(2));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "-1", "5..", "..5", "9..5", "1,,2", "99999999", "1..2..3"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> Sizes.parse(text))
        .hasMessageStartingWith("must ")
        .hasMessageEndingWith("size=" + text);
  }
}
