package io.github.wsproof.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.server.PushStream.Found;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PushStreamTest {
  private static final long SECOND = 1_000_000_000;
  private static final StreamMessages NAME = new StreamMessages("a", "00000001");

  private static PushStream stream(double rate, long length, int messages, long age) {
    StreamSettings settings = new StreamSettings(messages, age, 1, 10, 1000, 1);
    return new PushStream(NAME, rate, length, false, settings, EchoSettings.DEFAULT, 0);
  }

  private static int some(Found found) {
    return ((Found.Some) found).randoms().length;
  }

  @Test
  void withoutARateMessagesAreMadeForTheOneThatIsFurthest() {
    PushStream stream = stream(0, 0, 100, 0);

    assertThat(some(stream.read(null, 0, 10, 0))).isEqualTo(10);
    assertThat(stream.next()).isEqualTo(10);
    assertThat(some(stream.read(null, 5, 10, 0))).isEqualTo(5);
    assertThat(stream.next()).isEqualTo(10);
  }

  @Test
  void eachReceiverGetsTheSameRandomNumbers() {
    PushStream stream = stream(0, 0, 100, 0);

    long[] first = ((Found.Some) stream.read(null, 0, 64, 0)).randoms();
    assertThat(((Found.Some) stream.read(null, 0, 64, 0)).randoms()).isEqualTo(first);
    assertThat(LongStream.of(first)).allMatch(r -> r >= 1 && r <= 100);
  }

  @Test
  void withARateMessagesAreMadeOnSchedule() {
    PushStream stream = stream(10, 0, 100, 0);

    assertThat(stream.tick(0)).isEqualTo(SECOND / 10);
    assertThat(stream.next()).isEqualTo(1);
    assertThat(stream.read(null, 1, 10, 0)).isInstanceOf(Found.Nothing.class);
    stream.stopWaiting(null);
    stream.tick(2 * SECOND);
    assertThat(stream.next()).as("also behind a standstill").isEqualTo(21);
  }

  @Test
  void theBoundLetsGoOfTheOldestAndSaysSo() {
    PushStream stream = stream(0, 0, 2000, 0);
    for (long at = 0; at < 5000; at += 50) {
      stream.read(null, at, 50, 0);
    }

    assertThat(stream.read(null, 0, 10, 0)).isEqualTo(new Found.Gone(2999));
    assertThat(some(stream.read(null, 3000, 5000, 0))).isEqualTo(2000);
  }

  @Test
  void whatIsTooOldIsLetGoOf() {
    PushStream stream = stream(0, 0, 100, 5);
    stream.read(null, 0, 10, 0);
    stream.read(null, 10, 10, 4 * SECOND);

    assertThat(some(stream.read(null, 0, 10, 5 * SECOND))).isEqualTo(10);
    assertThat(stream.read(null, 0, 10, 6 * SECOND)).isEqualTo(new Found.Gone(9));
  }

  @Test
  void aStreamOfSomeLengthEnds() {
    PushStream stream = stream(0, 7, 100, 0);

    assertThat(some(stream.read(null, 0, 10, 0))).isEqualTo(7);
    assertThat(stream.read(null, 7, 10, 0)).isInstanceOf(Found.End.class);
    assertThat(stream(10, 7, 100, 0).tick(5 * SECOND)).isEqualTo(-1);
  }

  @Test
  void aStreamWithoutReceiversEnds() {
    PushStream stream = stream(0, 0, 100, 0);

    assertThat(stream.endsIdle(10 * SECOND, 9 * SECOND)).isFalse();
    assertThat(stream.endsIdle(10 * SECOND, 11 * SECOND)).isTrue();
    assertThat(stream.join(null)).isFalse();
  }
}
