package io.github.wsproof.client;

import static io.github.wsproof.client.LyingServer.honest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.LyingServer.Behaviour;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each lie gives exactly its anomaly, the honest server none. */
@Timeout(60)
class RunTest {
  private static final int MESSAGES = 1000;

  /** Of a thousand messages, numbers 100, 200 … 1000. */
  private static boolean isTenth(int number) {
    return number % 100 == 0;
  }

  private static Report run(Behaviour behaviour, int connections, int window) throws Exception {
    try (LyingServer server = LyingServer.start(behaviour)) {
      Report report =
          RunPlan.to(server.url())
              .messages(MESSAGES)
              .connections(connections)
              .window(window)
              .drain(Duration.ofMillis(500))
              .build()
              .run();
      assertThat(server.errors).isEmpty();
      return report;
    }
  }

  private static Report run(Behaviour behaviour) throws Exception {
    return run(behaviour, 1, 64);
  }

  private static Map<Kind, Long> wrong(Report report) {
    Map<Kind, Long> wrong = new EnumMap<>(Kind.class);
    Counts counts = report.counts();
    for (Kind kind : Kind.values()) {
      if (counts.of(kind) > 0) {
        wrong.put(kind, counts.of(kind));
      }
    }
    return wrong;
  }

  @Test
  void theHonestServerPasses() throws Exception {
    Report report = run((client, message, number) -> client.send(honest(message)));

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().delivered()).isEqualTo(MESSAGES);
    assertThat(wrong(report)).isEmpty();
    assertThat(report.latencyMicros().sent().p50()).isPositive();
    assertThat(report.epochs()).hasSize(1);
    assertThat(report.epochs().get(0).closedBy()).isEqualTo("client");
  }

  @Test
  void oneAtATimePasses() throws Exception {
    int[] most = {0};
    List<String> outstanding = new ArrayList<>();
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(honest(message)))) {
      RunListener listener =
          new RunListener() {
            @Override
            public void sent(int connection, long sequence, byte[] content, long nanos) {
              outstanding.add("" + sequence);
              most[0] = Math.max(most[0], outstanding.size());
            }

            @Override
            public void answered(int connection, long sequence) {
              outstanding.remove(0);
            }
          };
      Report report = RunPlan.to(server.url()).messages(200).window(1).build().run(listener);

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      assertThat(most[0]).isEqualTo(1);
    }
  }

  @Test
  void aReplyInFragmentsIsOneReply() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number % 3 == 0) {
                client.send(honest(message));
              } else {
                client.sendFragments(honest(message), 7);
              }
            });

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().delivered()).isEqualTo(MESSAGES);
  }

  @Test
  void manyConnectionsShareTheMessages() throws Exception {
    Report report = run((client, message, number) -> client.send(honest(message)), 7, 3);

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.epochs()).hasSize(7);
  }

  @Test
  void binaryMessagesArePadded() throws Exception {
    try (LyingServer server = LyingServer.start((client, message, number) -> {})) {
      Report report =
          RunPlan.to(server.url()).messages(50).binary(true).sizeBytes(70_000).build().run();

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      assertThat(report.run().size()).isEqualTo(70_000);
    }
  }

  @Test
  void aConnectionForEachMessageIsANewConnection() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(honest(message)))) {
      Report report = RunPlan.to(server.url()).messages(25).perConnection(2).build().run();

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      assertThat(server.clients).hasSize(13);
    }
  }

  @Test
  void aDroppedReplyIsLost() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (!isTenth(number)) {
                client.send(honest(message));
              }
            });

    assertThat(wrong(report)).containsExactly(Map.entry(Kind.LOST, 10L));
    assertThat(report.counts().delivered()).isEqualTo(990);
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void oneDroppedAndOneRepeatedDoNotCancelOut() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number != 500) {
                client.send(honest(message));
              }
              if (number == 700) {
                client.send(honest(message));
              }
            });

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.LOST, 1L, Kind.DUPLICATED, 1L));
  }

  @Test
  void everyReplyTwiceIsSeenToTheLast() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              client.send(honest(message));
              client.send(honest(message));
            });

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.DUPLICATED, (long) MESSAGES));
  }

  @Test
  void aReplySwappedWithItsSuccessorIsReordered() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number % 100 == 50) {
                client.held = honest(message);
                return;
              }
              client.send(honest(message));
              if (client.held != null) {
                client.send(client.held);
                client.held = null;
              }
            });

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.REORDERED, 10L));
  }

  @Test
  void aChangedReplyIsCorrupted() throws Exception {
    Report report =
        run(
            (client, message, number) ->
                client.send(
                    isTenth(number) ? honest(message).replace('/', '\\') : honest(message)));

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.CORRUPTED, 10L));
  }

  @Test
  void aReplyThatIsNoUtf8IsCorruptedAndTheRunGoesOn() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (isTenth(number)) {
                byte[] reply = honest(message).getBytes(UTF_8);
                reply[10] = (byte) 0xFF;
                client.sendText(reply);
              } else {
                client.send(honest(message));
              }
            });

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.CORRUPTED, 10L));
    assertThat(report.counts().delivered()).isEqualTo(990);
  }

  @Test
  void aServerThatBreaksTheProtocolIsNamedAsTheCause() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number == 500) {
                client.sendFrameWithReservedBit();
              } else {
                client.send(honest(message));
              }
            });

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.epochs().get(0).closedBy()).isEqualTo("client");
    assertThat(report.reasons())
        .anyMatch(r -> r.contains("closed by the client with 1002") && r.contains("server sent"));
  }

  @Test
  void twoRepliesInOneAreBothCorrupted() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number % 100 == 50) {
                client.held = honest(message);
              } else if (client.held != null) {
                client.send(client.held + honest(message));
                client.held = null;
              } else {
                client.send(honest(message));
              }
            });

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.CORRUPTED, 20L));
  }

  @Test
  void aReplyOnAnotherConnectionIsMisdeliveredAndFreesItsSlot() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number == 1) {
                answerOnceAllAreThere(client, message);
              } else {
                (number == 10 ? client.next() : client).send(honest(message));
              }
            },
            4,
            1);

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.MISDELIVERED, 4L));
  }

  private static void answerOnceAllAreThere(LyingServer.Client client, String message) {
    client.held = message;
    List<LyingServer.Client> all = client.server.clients;
    if (all.size() == 4 && all.stream().allMatch(each -> each.held != null)) {
      all.forEach(each -> each.send(honest(each.held)));
    }
  }

  @Test
  void aTickerKeepsNoRunFromEnding() throws Exception {
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try {
      Report report =
          run(
              (client, message, number) -> {
                if (number != 500) {
                  client.send(honest(message));
                }
                // Behind the first reply, which has to be of the right form.
                if (number == 1) {
                  clock.scheduleAtFixedRate(() -> client.send("tick"), 0, 5, TimeUnit.MILLISECONDS);
                }
              });

      assertThat(report.counts().delivered()).isEqualTo(999);
      assertThat(wrong(report).keySet()).containsExactly(Kind.LOST, Kind.UNEXPECTED);
      assertThat(report.reasons()).anyMatch(reason -> reason.contains("(--drain)"));
    } finally {
      clock.shutdownNow();
    }
  }

  @Test
  void aGreetingIsUnexpected() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number == 1) {
                client.send("welcome");
              }
              client.send(honest(message));
            });

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.UNEXPECTED, 1L));
  }

  @Test
  void anExpectedGreetingIsIgnored() throws Exception {
    try (LyingServer server =
        LyingServer.start(
            (client, message, number) -> {
              if (number == 1) {
                client.send("welcome");
              }
              client.send(honest(message));
            })) {
      assertThat(RunPlan.to(server.url()).messages(100).connections(3).ignoreFirst(1).passes())
          .isTrue();
    }
  }

  @Test
  void aServerThatNeverAnswersLosesTheWindow() throws Exception {
    Report report = run((client, message, number) -> {});

    assertThat(wrong(report)).isEqualTo(Map.of(Kind.LOST, 64L, Kind.NEVER_SENT, 936L));
    assertThat(report.reasons()).first().asString().contains("silent for 0.5 s (--drain)");
  }

  @Test
  void whatIsInFlightWhenTheServerClosesIsInDoubt() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              if (number <= 500) {
                client.send(honest(message));
              } else if (number == 564) {
                // It has read all that was sent: with something unread the close would be a reset.
                client.socket.close(1011, "enough");
              }
            });

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().delivered()).isEqualTo(500);
    assertThat(wrong(report)).isEqualTo(Map.of(Kind.IN_DOUBT, 64L, Kind.NEVER_SENT, 436L));
    assertThat(report.reasons())
        .anyMatch(r -> r.contains("closed by the server with 1011 \"enough\""));
    assertThat(report.epochs().get(0).closeCode()).isEqualTo(1011);
  }

  @Test
  void anUnexpectedFormEndsTheRunAndProposesOneThatFits() throws Exception {
    Report report = run((client, message, number) -> client.send(message + ": " + number));

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons())
        .first()
        .asString()
        .contains(": 1\"", "{message} - {random}", "--expect '{message}: {random}'");
    assertThat(report.counts().delivered()).isZero();
  }

  @Test
  void theProposedFormFits() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(message + ": " + number))) {
      assertThat(RunPlan.to(server.url()).messages(100).expect("{message}: {random}").passes())
          .isTrue();
    }
  }

  @Test
  void aScheduleIsKeptAndLatencyCountsFromTheDueTime() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(honest(message)))) {
      Report report =
          RunPlan.to(server.url()).messages(300).connections(3).window(0).rate(1000).build().run();

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      // The last is due 299 ms after the first, and is not sent before.
      assertThat(report.run().seconds()).isGreaterThan(0.295);
      assertThat(report.latencyMicros().due().max())
          .isGreaterThanOrEqualTo(report.latencyMicros().sent().max());
    }
  }

  @Test
  void aScheduleDoesNotWaitForReplies() throws Exception {
    Report report;
    try (LyingServer server = LyingServer.start((client, message, number) -> {})) {
      report =
          RunPlan.to(server.url())
              .messages(500)
              .window(0)
              .rate(5000)
              .drain(Duration.ofMillis(300))
              .build()
              .run();
    }
    assertThat(wrong(report)).containsExactly(Map.entry(Kind.LOST, 500L));
  }

  @Test
  void aDurationEndsTheSending() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(honest(message)))) {
      Report report =
          RunPlan.to(server.url())
              .messages(RunPlan.UNLIMITED_MESSAGES)
              .duration(Duration.ofMillis(300))
              .build()
              .run();

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      assertThat(report.counts().planned()).isEqualTo(report.counts().sent()).isPositive();
    }
  }

  @Test
  void aDurationThatConnectionsDoNotSurviveIsInconclusive() throws Exception {
    try (LyingServer server =
        LyingServer.start(
            (client, message, number) -> {
              client.send(honest(message));
              if (number == 10) {
                client.socket.close(1000);
              }
            })) {
      Report report =
          RunPlan.to(server.url())
              .messages(RunPlan.UNLIMITED_MESSAGES)
              .window(1)
              .duration(Duration.ofSeconds(30))
              .build()
              .run();

      assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(report.reasons()).contains("every connection ended before the time was over");
    }
  }

  @Test
  void connectionsThatRampUpAllOpen() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(honest(message)))) {
      Report report =
          RunPlan.to(server.url())
              .messages(40)
              .connections(20)
              .ramp(Duration.ofMillis(200))
              .build()
              .run();

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      assertThat(server.clients).hasSize(20);
    }
  }

  @Test
  void aStoppedRunIsAccountedFor() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(honest(message)))) {
      Run[] run = {null};
      RunListener listener =
          new RunListener() {
            @Override
            public void answered(int connection, long sequence) {
              if (sequence == 100) {
                run[0].stop();
              }
            }
          };
      run[0] = new Run(RunPlan.to(server.url()).messages(10_000_000).build(), listener);
      Report report = run[0].execute();

      assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(report.run().interrupted()).isTrue();
      assertThat(report.counts().delivered()).isGreaterThan(100);
      assertThat(report.counts().neverSent()).isPositive();
      assertThat(wrong(report)).doesNotContainKey(Kind.LOST);
    }
  }
}
