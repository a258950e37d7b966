package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.client.LyingServer.Behaviour;
import io.github.wsproof.client.LyingServer.Client;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections die, and the account agrees with what the server has written down. */
@Timeout(60)
class DisruptionTest {
  private static final int MESSAGES = 1000;

  private static Report run(Behaviour behaviour, UnaryOperator<RunPlan.Builder> options)
      throws Exception {
    try (LyingServer server = LyingServer.start(behaviour)) {
      RunPlan.Builder plan =
          RunPlan.to(server.url()).messages(MESSAGES).window(16).drain(Duration.ofSeconds(5));
      return options.apply(plan).build().run();
    }
  }

  private static void addsUp(Counts c) {
    assertThat(
            c.delivered()
                + c.recovered()
                + c.lost()
                + c.corrupted()
                + c.misdelivered()
                + c.inDoubt())
        .isEqualTo(c.sent());
    assertThat(c.sent() + c.neverSent()).isEqualTo(c.planned());
  }

  /** Answers 100 messages, takes three more, and goes. */
  private static void answerAndGo(Client client, String message, int number, Set<String> answered) {
    if (number <= 100) {
      answered.add(message);
      client.send(LyingServer.honest(message));
    } else if (number == 103) {
      client.socket.close(1012, "restart");
    }
  }

  @Test
  void aRunGoesOnAndWhatWasInFlightStaysInDoubt() throws Exception {
    Set<String> answered = ConcurrentHashMap.newKeySet();
    Report report =
        run(
            (client, message, number) -> answerAndGo(client, message, number, answered),
            plan -> plan.connections(2).reconnect(true));

    Counts counts = report.counts();
    addsUp(counts);
    assertThat(counts.neverSent()).as("" + report.reasons()).isZero();
    assertThat(counts.delivered()).isEqualTo(answered.size());
    assertThat(counts.inDoubt()).isEqualTo(MESSAGES - answered.size());
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    List<Report.Epoch> first = report.epochs().stream().filter(e -> e.connection() == 0).toList();
    assertThat(first).hasSizeGreaterThan(3);
    for (int i = 0; i < first.size(); i++) {
      assertThat(first.get(i).epoch()).isEqualTo(i);
      assertThat(first.get(i).recoverSeconds() == null).isEqualTo(i == 0);
    }
    assertThat(first.get(0).closeCode()).isEqualTo(1012);
    assertThat(first.get(0).inFlight()).isPositive();
    assertThat(report.path().reconnects()).isEqualTo(report.epochs().size() - 2);
    assertThat(report.path().longestSilence().seconds()).isPositive();
    // Hours of restarts are told in a line, not in one for each cut.
    assertThat(report.reasons())
        .containsOnlyOnce(
            "a connection was closed by the server with 1012 \"restart\" (%d times)"
                .formatted(report.path().reconnects()));
  }

  @Test
  void whatIsSentAgainAndAnsweredIsRecovered() throws Exception {
    Set<String> answered = ConcurrentHashMap.newKeySet();
    Report report =
        run(
            (client, message, number) -> answerAndGo(client, message, number, answered),
            plan -> plan.reconnect(true).resend(true));

    addsUp(report.counts());
    assertThat(answered).hasSize(MESSAGES);
    assertThat(report.counts().recovered()).isPositive();
    assertThat(report.counts().delivered() + report.counts().recovered()).isEqualTo(MESSAGES);
    assertThat(report.epochs().stream().mapToLong(Report.Epoch::resent).sum())
        .isEqualTo(report.counts().recovered());
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons()).anyMatch(r -> r.contains("--accept-recovered takes them"));
    assertThat(Reports.fromJson(Reports.toJson(report)).counts()).isEqualTo(report.counts());
  }

  @Test
  void recoveredMessagesMayBeAccepted() throws Exception {
    Set<String> answered = ConcurrentHashMap.newKeySet();
    Report report =
        run(
            (client, message, number) -> answerAndGo(client, message, number, answered),
            plan -> plan.reconnect(true).resend(true).acceptRecovered(true));

    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().recovered()).isPositive();
    assertThat(Reports.fromJson(Reports.toJson(report)).verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void aMessageThatIsAnsweredTwiceBecauseOfItIsDuplicated() throws Exception {
    Queue<String> kept = new ConcurrentLinkedQueue<>();
    AtomicInteger takenInVain = new AtomicInteger();
    Behaviour remembering =
        (client, message, number) -> {
          if (client.server.clients.size() == 1 && number > 100) {
            kept.add(message);
            takenInVain.incrementAndGet();
            if (number == 103) {
              client.socket.closeConnection(1006, "");
            }
            return;
          }
          // What it had taken before it answers now, and what is sent again as well.
          for (String old = kept.poll(); old != null; old = kept.poll()) {
            client.send(LyingServer.honest(old));
          }
          client.send(LyingServer.honest(message));
        };
    Report report = run(remembering, plan -> plan.reconnect(true).resend(true));

    addsUp(report.counts());
    assertThat(report.counts().duplicated()).isEqualTo(takenInVain.get());
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.anomalies()).anyMatch(a -> a.detail().startsWith("sent again"));
  }

  @Test
  void aLossBeforeTheCutStaysALoss() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (client.server.clients.size() == 1 && number == 50) {
                return;
              }
              client.send(LyingServer.honest(message));
              if (client.server.clients.size() == 1 && number == 200) {
                client.socket.close(1001, "");
              }
            },
            plan -> plan.reconnect(true).resend(true).acceptRecovered(true));

    addsUp(report.counts());
    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void aServerThatStaysAwayIsGivenUp() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              client.send(LyingServer.honest(message));
              if (number == 100) {
                client.server.refusing = true;
                client.socket.close(1001, "");
              }
            },
            plan -> plan.reconnect(true).reconnectLimit(Duration.ofMillis(400)));

    addsUp(report.counts());
    assertThat(report.counts().neverSent()).isPositive();
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons())
        .anyMatch(r -> r.contains("could not be opened again within 0.4 s (--reconnect-limit)"));
  }

  @Test
  void optionsThatNeedEachOtherAreToldSo() {
    assertThatThrownBy(() -> RunPlan.to("ws://h").resend(true).build())
        .hasMessage("must come with reconnect: resend=true");
    assertThatThrownBy(() -> RunPlan.to("ws://h").acceptRecovered(true).build())
        .hasMessage("must come with resend: accept-recovered=true");
    assertThatThrownBy(() -> RunPlan.to("ws://h").reconnect(true).perConnection(2).build())
        .hasMessageContaining("reconnect=true");
  }
}
