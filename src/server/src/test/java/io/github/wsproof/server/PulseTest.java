package io.github.wsproof.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PulseTest {
  private int pings;
  private final Pulse pulse = new Pulse(() -> pings++);

  private boolean isGone(long quietSeconds, long nowSeconds) {
    return pulse.isGone(
        TimeUnit.SECONDS.toNanos(quietSeconds), TimeUnit.SECONDS.toNanos(nowSeconds));
  }

  @Test
  void aClientThatTalksIsNotAsked() {
    for (int now = 0; now < 1000; now += 10) {
      assertThat(isGone(19, now)).isFalse();
    }
    assertThat(pings).isZero();
  }

  @Test
  void oneThatDoesNotAnswerIsAskedOnceAndIsGone() {
    assertThat(isGone(20, 100)).isFalse();
    assertThat(isGone(79, 159)).isFalse();
    assertThat(pings).isEqualTo(1);
    assertThat(isGone(80, 160)).isTrue();
  }

  @Test
  void oneThatAnswersIsAskedAgainAndStays() {
    for (int now = 100; now < 1000; now += 10) {
      assertThat(isGone(now, now)).isFalse();
      pulse.beat();
    }
    assertThat(pings).isEqualTo(45);
    assertThat(isGone(1000, 1000)).isFalse();
    assertThat(isGone(1060, 1060)).isTrue();
  }

  @Test
  void oneThatTalksInsteadOfAnsweringStays() {
    assertThat(isGone(20, 100)).isFalse();
    assertThat(isGone(0, 170)).isFalse();
    assertThat(isGone(20, 190)).isFalse();
    assertThat(isGone(79, 249)).isFalse();
    assertThat(pings).isEqualTo(2);
  }
}
