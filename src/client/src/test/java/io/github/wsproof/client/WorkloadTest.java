package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Format;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages of every kind are accounted for like any other. */
@Timeout(60)
class WorkloadTest {
  private static final LyingServer.Behaviour HONEST =
      (client, message, number) -> client.send(LyingServer.honest(message));

  @Test
  void sizesFormatsAndUnicodeInFragmentsPass() throws Exception {
    try (LyingServer server = LyingServer.start(HONEST)) {
      for (String sizes : List.of("125,126,127,65535,65536,8193", "16..9000")) {
        for (int fragments : new int[] {1, 7}) {
          Report report =
              RunPlan.to(server.url())
                  .messages(300)
                  .sizes(sizes)
                  .unicode(true)
                  .format(Format.MIXED)
                  .fragments(fragments)
                  .build()
                  .run();
          assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
          assertThat(report.run().options())
              .containsEntry("size", sizes)
              .containsEntry("mix", true);
        }
      }
      assertThat(server.errors).isEmpty();
    }
  }

  @Test
  void emptyMessagesAreToldApartByOrder() throws Exception {
    int[] unanswered = new int[1];
    try (LyingServer server =
        LyingServer.start(
            (client, message, number) -> {
              // Every seventh empty message is swallowed, and every message of one number.
              boolean swallowed =
                  message.isEmpty()
                      ? ++unanswered[0] % 7 == 0
                      : message.startsWith("Request 0/31 ");
              if (!swallowed) {
                client.send(LyingServer.honest(message));
              }
            })) {
      Report report =
          RunPlan.to(server.url())
              .messages(90)
              .sizes("0,24,200")
              .drain(Duration.ofSeconds(2))
              .build()
              .run();

      assertThat(report.counts().sent()).isEqualTo(90);
      assertThat(report.counts().lost()).isEqualTo(5);
      assertThat(report.counts().delivered()).isEqualTo(85);
      assertThat(report.counts().reordered()).isZero();
    }
  }

  @Test
  void anEmptyMessageInAnEnvelopeIsFoundInItsReply() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send("<<" + message + ">>"))) {
      Report report =
          RunPlan.to(server.url())
              .messages(60)
              .sizes("0,24")
              .message("{\"text\":\"{message}\"}")
              .expect("{any}\"text\":\"{message}\"{any}")
              .build()
              .run();

      assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void theWrongFormIsToldAtAnEmptyMessageToo() throws Exception {
    try (LyingServer server =
        LyingServer.start((client, message, number) -> client.send(message))) {
      RunPlan.Builder plan = RunPlan.to(server.url()).messages(60).sizes("0,24").window(1);
      Report report = plan.build().run();

      assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(report.reasons())
          .anyMatch(r -> r.contains("to an empty message") && r.endsWith("--expect '{message}'"));
      assertThat(plan.expect("{message}").build().run().verdict()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void deflatedMessagesOfEveryKindPassAndTheReportTellsWhatWasSaved() throws Exception {
    try (LyingServer server = LyingServer.deflating(HONEST)) {
      for (int fragments : new int[] {1, 4}) {
        Report report =
            RunPlan.to(server.url())
                .messages(400)
                .connections(2)
                .sizes("125,4096,65536,0")
                .format(Format.MIXED)
                .fragments(fragments)
                .deflate(true)
                .build()
                .run();

        assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
        assertThat(report.run().options()).containsEntry("deflate", true);
        Report.DeflateInfo deflate = report.path().deflate();
        assertThat(deflate.terms()).startsWith("permessage-deflate");
        assertThat(deflate.offered()).isEqualTo(2);
        assertThat(deflate.accepted()).isEqualTo(2);
        assertThat(deflate.sentBytes()).isGreaterThan(300 * 125L);
        assertThat(deflate.receivedBytes())
            .as("each reply is a message and 5 bytes")
            .isEqualTo(deflate.sentBytes() + 400 * 5);
        // Half of it shrinks to nearly nothing, the other half to three quarters.
        assertThat(deflate.sentWireBytes())
            .isBetween(deflate.sentBytes() / 4, deflate.sentBytes() / 2);
        assertThat(deflate.receivedWireBytes())
            .isBetween(deflate.sentBytes() / 4, deflate.sentBytes() / 2);
        assertThat(Reports.fromJson(Reports.toJson(report)).path().deflate()).isEqualTo(deflate);
      }
      assertThat(server.errors).isEmpty();
    }
  }

  @Test
  void aDeflatedReplyThatDiffersIsCorrupted() throws Exception {
    try (LyingServer server =
        LyingServer.deflating(
            (client, message, number) ->
                client.send(
                    LyingServer.honest(
                        number == 10
                            ? message.substring(0, 99) + "?" + message.substring(100)
                            : message)))) {
      Report report =
          RunPlan.to(server.url()).messages(40).sizeBytes(200).deflate(true).build().run();

      assertThat(report.counts().corrupted()).isEqualTo(1);
      assertThat(report.counts().delivered()).isEqualTo(39);
    }
  }

  @Test
  void aTextAnsweredAsBinaryIsFoundAmongMixedOnes() throws Exception {
    try (LyingServer server =
        LyingServer.start(
            (client, message, number) -> {
              if (message.startsWith("Request 0/10 ")) {
                client.socket.send(
                    ByteBuffer.wrap(
                        LyingServer.honest(message)
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
              } else {
                client.send(LyingServer.honest(message));
              }
            })) {
      Report report = RunPlan.to(server.url()).messages(40).format(Format.MIXED).build().run();

      assertThat(report.counts().corrupted()).isEqualTo(1);
      assertThat(report.counts().delivered()).isEqualTo(39);
    }
  }

  @Test
  void everyPingIsAnsweredWithItsOwnNumber() throws Exception {
    try (LyingServer server = LyingServer.start(HONEST)) {
      Report report =
          RunPlan.to(server.url()).messages(40).rate(200).ping(Duration.ofMillis(20)).build().run();

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      Report.PingInfo pings = report.path().pings();
      assertThat(pings.sent()).isGreaterThan(3);
      assertThat(pings.answered()).isEqualTo(pings.sent());
      assertThat(pings.unknown()).isZero();
      assertThat(pings.roundTripMicros().p50()).isPositive();
    }
  }

  @Test
  void theLastMessageComesAfterTheQuietPhase() throws Exception {
    List<Long> sentNanos = new ArrayList<>();
    RunListener listener =
        new RunListener() {
          @Override
          public void sent(int connection, long sequence, byte[] content, long nanos) {
            sentNanos.add(nanos);
          }
        };
    try (LyingServer server = LyingServer.start(HONEST)) {
      Report report =
          RunPlan.to(server.url()).messages(5).idle(Duration.ofMillis(300)).build().run(listener);

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      assertThat(sentNanos.get(4) - sentNanos.get(3)).isGreaterThan(300_000_000L);
      assertThat(sentNanos.get(3) - sentNanos.get(0)).isLessThan(300_000_000L);
    }
  }

  @Test
  void aCutInTheQuietPhaseIsTold() throws Exception {
    try (LyingServer server =
        LyingServer.start(
            (client, message, number) -> {
              client.send(LyingServer.honest(message));
              if (number == 4) {
                client.socket.close(1001, "idle");
              }
            })) {
      RunPlan.Builder plan = RunPlan.to(server.url()).messages(5).window(1);
      Report report = plan.idle(Duration.ofSeconds(50)).build().run();

      assertThat(report.counts().delivered()).isEqualTo(4);
      assertThat(report.counts().neverSent()).isEqualTo(1);
      assertThat(report.reasons())
          .anyMatch(r -> r.matches("connection 0 was cut after .*silence.*"));
      assertThat(plan.reconnect(true).build().run().verdict()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void aSlowReaderReadsSlowly() throws Exception {
    try (LyingServer server = LyingServer.start(HONEST)) {
      Report report =
          RunPlan.to(server.url())
              .messages(11)
              .window(1)
              .readPause(Duration.ofMillis(40))
              .build()
              .run();

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      assertThat(report.run().seconds()).isGreaterThan(0.4);
    }
  }

  @Test
  void aPauseLongerThanTheDrainIsNobodysSilence() throws Exception {
    try (LyingServer server = LyingServer.start(HONEST)) {
      Report report =
          RunPlan.to(server.url())
              .messages(3)
              .window(1)
              .readPause(Duration.ofMillis(600))
              .drain(Duration.ofMillis(200))
              .build()
              .run();

      assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void aRunWithoutEndGivesAccountsAndIsJudgedWhenItIsStopped() throws Exception {
    try (LyingServer server = LyingServer.start(HONEST)) {
      AtomicReference<Run> run = new AtomicReference<>();
      List<Counts> accounts = new ArrayList<>();
      RunListener listener =
          new RunListener() {
            @Override
            public void soFar(Counts counts, long inFlight, long nanos) {
              accounts.add(counts);
              assertThat(counts.delivered() + inFlight).isEqualTo(counts.sent());
              if (accounts.size() == 2) {
                run.get().stop();
              }
            }
          };
      RunPlan plan =
          RunPlan.to(server.url())
              .messages(RunPlan.UNLIMITED_MESSAGES)
              .every(Duration.ofMillis(200))
              .build();
      run.set(new Run(plan, listener));
      Report report = run.get().execute();

      assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
      assertThat(report.run().interrupted()).isTrue();
      assertThat(report.counts().neverSent()).isZero();
      assertThat(report.counts().delivered()).isGreaterThanOrEqualTo(accounts.get(1).delivered());
    }
  }
}
