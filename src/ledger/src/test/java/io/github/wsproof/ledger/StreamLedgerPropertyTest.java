package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.protocol.StreamReader;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * Whatever comes, the account of a stream agrees with an oracle that has a state for each message.
 */
class StreamLedgerPropertyTest {
  private static final int COUNT = 40;
  private static final StreamMessages OURS = new StreamMessages("a", "00000001");
  private static final StreamMessages OTHER = new StreamMessages("b", "00000001");
  private static final StreamMessages BEFORE = new StreamMessages("a", "00000000");

  private enum What {
    NEXT,
    AHEAD,
    ANY,
    DAMAGED,
    NOISE,
    FOREIGN,
    GONE
  }

  private record Step(What what, int number, int length) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<What> what =
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.just(What.NEXT)),
            Tuple.of(3, Arbitraries.just(What.AHEAD)),
            Tuple.of(4, Arbitraries.just(What.ANY)),
            Tuple.of(2, Arbitraries.just(What.DAMAGED)),
            Tuple.of(1, Arbitraries.just(What.NOISE)),
            Tuple.of(1, Arbitraries.just(What.FOREIGN)),
            Tuple.of(1, Arbitraries.just(What.GONE)));
    return Combinators.combine(
            what,
            Arbitraries.integers().between(0, COUNT + 8),
            Arbitraries.integers().between(0, 4))
        .as(Step::new)
        .list()
        .ofMaxSize(80);
  }

  @Property(tries = 5000)
  void theAccountAgreesWithTheOracle(@ForAll("steps") List<Step> steps, @ForAll("froms") int from) {
    StreamLedger ledger =
        new StreamLedger(0, StreamReader.sealed(OURS), from, COUNT, Ledger.Listener.NONE);
    StreamOracle oracle = new StreamOracle(from, COUNT);

    steps.forEach(step -> play(step, ledger, oracle));

    assertThat(ledger.next()).isEqualTo(oracle.next());
    Account account = StreamLedger.account(List.of(ledger), COUNT);
    Counts counts = account.counts();
    assertThat(counts).isEqualTo(oracle.counts(COUNT));
    assertThat(
            counts.delivered()
                + counts.lost()
                + counts.corrupted()
                + counts.misdelivered()
                + counts.gone())
        .isEqualTo(counts.sent());
    assertThat(counts.sent() + counts.neverSent()).isEqualTo(counts.planned());
    for (Kind kind : Kind.values()) {
      long told = account.anomalies().stream().filter(a -> a.kind() == kind).count();
      if (kind == Kind.GONE) {
        assertThat(told > 0).isEqualTo(counts.gone() > 0);
      } else if (kind != Kind.NEVER_SENT) {
        assertThat(told).as(kind + " of " + account.anomalies()).isEqualTo(counts.of(kind));
      }
    }
  }

  @Provide
  Arbitrary<Integer> froms() {
    return Arbitraries.of(0, 3);
  }

  private static void play(Step step, StreamLedger ledger, StreamOracle oracle) {
    switch (step.what) {
      case NEXT -> message(oracle.next(), ledger, oracle);
      case AHEAD -> message(oracle.next() + step.length, ledger, oracle);
      case ANY -> message(step.number, ledger, oracle);
      case DAMAGED -> {
        say(OURS.sealed(99, step.number).replace("[99]", "[98]"), ledger);
        oracle.damaged(step.number);
      }
      case NOISE -> {
        say("noise", ledger);
        oracle.noise();
      }
      case FOREIGN -> {
        say((step.length % 2 == 0 ? OTHER : BEFORE).sealed(42, step.number), ledger);
        oracle.foreign();
      }
      case GONE -> {
        say(OURS.sealedGone(step.number, step.number + step.length), ledger);
        oracle.gone(step.number, step.number + step.length);
      }
      default -> throw new AssertionError(step);
    }
  }

  private static void message(int sequence, StreamLedger ledger, StreamOracle oracle) {
    say(OURS.sealed(42, sequence), ledger);
    oracle.message(sequence);
  }

  private static void say(String text, StreamLedger ledger) {
    ledger.received(text.getBytes(UTF_8), false);
  }
}
