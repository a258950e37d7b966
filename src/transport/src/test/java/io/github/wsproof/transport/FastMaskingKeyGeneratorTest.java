package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FastMaskingKeyGeneratorTest {

  private static final int KEYS = 3_000_000;

  private final FastMaskingKeyGenerator generator = new FastMaskingKeyGenerator();

  @Test
  void eachBitIsSetHalfOfTheTimeAcrossManyKeyChanges() {
    int[] ones = new int[32];
    for (int i = 0; i < KEYS; i++) {
      int key = generator.nextInt();
      for (int bit = 0; bit < 32; bit++) {
        ones[bit] += key >>> bit & 1;
      }
    }
    // Ten standard deviations of a fair coin.
    double tolerance = 10 * Math.sqrt(KEYS) / 2;
    for (int count : ones) {
      assertThat(Math.abs(count - KEYS / 2.0)).isLessThan(tolerance);
    }
  }

  @Test
  void threadsAndGeneratorsDoNotRepeatEachOther() {
    Set<Integer> keys = new HashSet<>();
    int each = 1000;
    FastMaskingKeyGenerator other = new FastMaskingKeyGenerator();
    for (int i = 0; i < each; i++) {
      keys.add(generator.nextInt());
      keys.add(other.nextInt());
    }
    keys.addAll(
        CompletableFuture.supplyAsync(
                () -> {
                  Set<Integer> more = new HashSet<>();
                  for (int i = 0; i < each; i++) {
                    more.add(generator.nextInt());
                  }
                  return more;
                })
            .join());
    // Of 3,000 random ints, two are alike once in a thousand runs; ten never.
    assertThat(keys).hasSizeGreaterThan(3 * each - 10);
  }
}
