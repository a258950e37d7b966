package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.protocol.StreamReader;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamLedgerTest {
  private final StreamLedger plain = ledger(StreamReader.plain(), 0, 10_000);

  private static StreamLedger ledger(StreamReader reader, long from, long count) {
    return new StreamLedger(0, reader, from, count, Ledger.Listener.NONE);
  }

  private static void say(StreamLedger ledger, String text) {
    ledger.received(text.getBytes(UTF_8), false);
  }

  private static void messages(StreamLedger ledger, long from, long to) {
    for (long sequence = from; sequence < to; sequence++) {
      say(ledger, StreamMessages.text(42, sequence));
    }
  }

  private static Counts counts(StreamLedger ledger, long planned) {
    return StreamLedger.account(List.of(ledger), planned).counts();
  }

  @Test
  void aNumberFarAheadIsNotBelievedAlone() {
    messages(plain, 0, 17);
    messages(plain, 7001, 7002);
    messages(plain, 18, 100);

    Counts counts = counts(plain, 100);
    assertThat(counts.corrupted()).isEqualTo(1);
    assertThat(counts.delivered()).isEqualTo(99);
    assertThat(counts.lost()).isZero();
  }

  @Test
  void aNumberFarAheadIsBelievedIfItGoesOnFromThere() {
    messages(plain, 0, 17);
    messages(plain, 7000, 7100);

    Counts counts = counts(plain, 7100);
    assertThat(counts.lost()).isEqualTo(7000 - 17);
    assertThat(counts.corrupted()).isZero();
    assertThat(counts.delivered()).isEqualTo(117);
  }

  @Test
  void aLossOfABillionCostsNoMemory() {
    StreamLedger endless = ledger(StreamReader.plain(), 0, Long.MAX_VALUE);
    messages(endless, 0, 1);
    messages(endless, 1_000_000_000_001L, 1_000_000_000_003L);

    assertThat(counts(endless, 0).lost()).isEqualTo(1_000_000_000_000L);
    assertThat(StreamLedger.account(List.of(endless), 0).anomalies()).hasSize(Ledger.SAMPLE);
  }

  @Test
  void anotherServersFirstNumberDecidesWhereItBegins() {
    StreamLedger ticks = ledger(StreamReader.of("tick {sequence}"), -1, 3);
    say(ticks, "welcome");
    for (int i = 7; i < 10; i++) {
      say(ticks, "tick " + i);
    }

    assertThat(ticks.isComplete()).isTrue();
    Counts counts = counts(ticks, 3);
    assertThat(counts.delivered()).isEqualTo(3);
    assertThat(counts.unexpected()).isEqualTo(1);
  }

  @Test
  void aBinaryMessageHasTheWrongForm() {
    plain.received(StreamMessages.text(42, 0).getBytes(UTF_8), true);

    assertThat(counts(plain, 1).corrupted()).isEqualTo(1);
  }
}
