package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.protocol.Sizes;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** For any sequence of events the ledger agrees with an oracle that keeps them all. */
class LedgerPropertyTest {
  private static final int CONNECTIONS = 3;

  /** What may happen; the numbers are taken modulo what exists. */
  private enum What {
    SEND,
    REPLY,
    REPLY_IN_ORDER,
    DAMAGED_REPLY,
    REPLY_ELSEWHERE,
    NOISE,
    END
  }

  private record Step(What what, int connection, int number) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<What> what =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(12, Arbitraries.just(What.SEND)),
            net.jqwik.api.Tuple.of(8, Arbitraries.just(What.REPLY_IN_ORDER)),
            net.jqwik.api.Tuple.of(4, Arbitraries.just(What.REPLY)),
            net.jqwik.api.Tuple.of(2, Arbitraries.just(What.DAMAGED_REPLY)),
            net.jqwik.api.Tuple.of(2, Arbitraries.just(What.REPLY_ELSEWHERE)),
            net.jqwik.api.Tuple.of(1, Arbitraries.just(What.NOISE)),
            net.jqwik.api.Tuple.of(2, Arbitraries.just(What.END)));
    return Combinators.combine(
            what, Arbitraries.integers().between(0, CONNECTIONS - 1), Arbitraries.integers())
        .as(Step::new)
        .list()
        .ofMaxSize(200);
  }

  @Property(tries = 3000)
  void theLedgerAgreesWithTheOracle(@ForAll("steps") List<Step> steps) {
    agree(new Messages(5, 0), steps);
  }

  @Property(tries = 3000)
  void theLedgerAgreesWithTheOracleOnEmptyMessages(@ForAll("steps") List<Step> steps) {
    agree(new Messages(5, Sizes.parse("24,0,24,0,0"), false), steps);
  }

  private static void agree(Messages messages, List<Step> steps) {
    Ledger ledger = new Ledger(messages, false, Ledger.Listener.NONE);
    Oracle oracle = new Oracle(CONNECTIONS);
    for (int c = 0; c < CONNECTIONS; c++) {
      ledger.opened(c, ReplyForm.DEFAULT, Receipts.OFF);
    }

    steps.forEach(step -> play(step, messages, ledger, oracle));

    Counts counts = ledger.account(oracle.sent() + 3).counts();
    assertThat(counts).isEqualTo(oracle.counts(oracle.sent() + 3));
    assertThat(
            counts.delivered()
                + counts.recovered()
                + counts.lost()
                + counts.corrupted()
                + counts.misdelivered()
                + counts.inDoubt())
        .isEqualTo(counts.sent());
    assertThat(counts.sent() + counts.neverSent()).isEqualTo(counts.planned());
    assertThat(ledger.account(oracle.sent() + 3).counts())
        .as("the account can be taken again")
        .isEqualTo(counts);
    for (int c = 0; c < CONNECTIONS; c++) {
      assertThat(ledger.inFlight(c)).isEqualTo(oracle.inFlight(c));
      assertThat(ledger.unanswered(c)).isEqualTo(oracle.unanswered(c));
    }
  }

  private static void play(Step step, Messages messages, Ledger ledger, Oracle oracle) {
    int connection = step.connection;
    if (oracle.hasEnded(connection)) {
      if (step.what == What.END) {
        reopen(connection, step.number, ledger, oracle);
      }
      return;
    }
    int number = Math.floorMod(step.number, Math.max(1, (int) oracle.sent(connection) + 1));
    switch (step.what) {
      case SEND -> {
        ledger.send(connection);
        oracle.send(connection);
      }
      case REPLY -> reply(connection, connection, number, false, messages, ledger, oracle);
      case REPLY_IN_ORDER ->
          reply(
              connection,
              connection,
              (int) oracle.firstUnanswered(connection),
              false,
              messages,
              ledger,
              oracle);
      case DAMAGED_REPLY -> reply(connection, connection, number, true, messages, ledger, oracle);
      case REPLY_ELSEWHERE -> {
        int owner = (connection + 1 + Math.floorMod(step.number, CONNECTIONS - 1)) % CONNECTIONS;
        int sequence = Math.floorMod(step.number, Math.max(1, (int) oracle.sent(owner)));
        reply(connection, owner, sequence, false, messages, ledger, oracle);
      }
      case NOISE -> {
        ledger.reply(connection, "noise".getBytes(UTF_8), false);
        oracle.noise();
      }
      case END -> {
        if (step.number % 4 == 0) {
          ledger.ended(connection);
          oracle.end(connection);
        }
      }
      default -> throw new AssertionError(step);
    }
  }

  /** Opens it again, and sends again what is in doubt, or a part of it. */
  private static void reopen(int connection, int number, Ledger ledger, Oracle oracle) {
    assertThat(ledger.inDoubt(connection)).isEqualTo(oracle.inDoubt(connection));
    ledger.opened(connection, ReplyForm.DEFAULT, Receipts.OFF);
    oracle.reopen(connection);
    for (long sequence : oracle.inDoubt(connection)) {
      if ((number + sequence) % 3 != 0) {
        ledger.resend(connection, sequence);
        oracle.resend(connection, sequence);
      }
    }
  }

  private static void reply(
      int arrival,
      int owner,
      int sequence,
      boolean damaged,
      Messages messages,
      Ledger ledger,
      Oracle oracle) {
    String message = new String(messages.content(new Identity(owner, sequence)), UTF_8);
    ledger.reply(arrival, (message + (damaged ? " - ?" : " - 42")).getBytes(UTF_8), false);
    if (!message.isEmpty()) {
      oracle.reply(arrival, owner, sequence, damaged);
    } else if (damaged) {
      oracle.noise();
    } else {
      oracle.replyToEmpty(arrival, messages::isEmpty);
    }
  }
}
