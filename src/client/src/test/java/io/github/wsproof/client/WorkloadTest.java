package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Format;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
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
}
