package io.github.wsproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** From one message of a seed, a seed is found that makes every message of it. */
class SeedRecoveryTest {
  @Test
  void theFoundSeedMakesTheSameMessages() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      Messages messages = new Messages(random.nextLong(), 200);
      byte[] one = messages.content(new Identity(random.nextInt(100), random.nextInt(100_000)));
      MessageReader reader = new MessageReader(messages);
      assertThat(reader.identityAt(one, 0)).isTrue();

      long found = SeedRecovery.seed(one, 0, reader.end() - 9, reader.check());

      assertThat(found).isBetween(0L, 0xFFFFFFFFL);
      Identity another = new Identity(random.nextInt(1000), random.nextInt(1_000_000));
      assertThat(new Messages(found, 200).content(another)).isEqualTo(messages.content(another));
    }
  }

  @Test
  void aShortSeedIsFoundItself() {
    byte[] message = new Messages(4711, 0).content(new Identity(0, 3));

    assertThat(HarIndex.Ours.of(message).seed()).isEqualTo(4711);
  }
}
