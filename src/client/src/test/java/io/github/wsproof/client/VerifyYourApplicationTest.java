package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.ledger.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How to verify your application in a test of your own: start it, and let wsproof send it messages.
 * Here a server that adds a random number stands for the application.
 */
@Timeout(60)
class VerifyYourApplicationTest {
  private LyingServer application;

  @BeforeEach
  void startYourApplication() throws Exception {
    application = LyingServer.start((client, message, number) -> client.send(message + " - 42"));
  }

  @AfterEach
  void stopYourApplication() {
    application.close();
  }

  @Test
  void everyMessageIsAnsweredOnceInOrderAndIntact() throws Exception {
    Report report = RunPlan.to(application.url()).messages(2_000).connections(4).build().run();

    assertThat(report.verdict()).as(() -> Reports.toJson(report)).isEqualTo(Verdict.PASS);
  }

  @Test
  void anEchoIsExpectedAsTheMessageItself() throws Exception {
    try (LyingServer echo = LyingServer.start((client, message, n) -> client.send(message))) {
      assertThat(RunPlan.to(echo.url()).messages(500).expect("{message}").passes()).isTrue();
    }
  }

  @Test
  void aLostMessageIsNamed() throws Exception {
    LyingServer.Behaviour forgetsTheThird =
        (client, message, number) -> {
          if (number != 3) {
            client.send(message + " - 42");
          }
        };
    try (LyingServer forgetful = LyingServer.start(forgetsTheThird)) {
      Report report =
          RunPlan.to(forgetful.url()).messages(500).drain(Duration.ofSeconds(2)).build().run();

      assertThat(report.counts().lost()).isEqualTo(1);
      assertThat(report.anomalies().get(0).sequence()).isEqualTo(2);
    }
  }
}
