package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.ledger.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A report survives its JSON; what is none, or does not add up, is refused. */
@Timeout(60)
class ReportsTest {
  private static final String LEAST =
      """
      {"wsproof":"1","verdict":"PASS","run":{"id":"a"},"unknown":[1],
       "counts":{"planned":3,"sent":3,"delivered":3,"lost":0,"duplicated":0,"reordered":0,
                 "corrupted":0,"misdelivered":0,"unexpected":0,"inDoubt":0,"neverSent":0}}
      """;

  @Test
  void aReportSurvivesItsJson() throws Exception {
    try (LyingServer server =
        LyingServer.start(
            (client, message, number) -> {
              if (number != 5) {
                client.send(LyingServer.honest(message));
              }
              if (number == 9) {
                client.send("stray");
              }
            })) {
      Report report =
          RunPlan.to(server.url()).messages(50).drain(Duration.ofSeconds(2)).build().run();

      assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(report.timeline().replies().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(49);
      assertThat(report.timeline().anomalies().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(1);
      assertThat(Reports.fromJson(Reports.toJson(report))).isEqualTo(report);
    }
  }

  @Test
  void whatTheVerdictDoesNotNeedMayBeMissing() {
    Report report = Reports.fromJson(LEAST);

    assertThat(report.counts().delivered()).isEqualTo(3);
    assertThat(report.client()).isNull();
    assertThat(report.anomalies()).isEmpty();
    assertThat(report.latencyMicros().sent()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"wsproof\":\"1\",  | '' | it has no \"wsproof\"",
        "\"verdict\":\"PASS\", | '' | has no verdict",
        "\"PASS\" | \"SUPER\" | it has a wrong value of verdict",
        "\"lost\":0, | '' | has no counts.lost",
        "\"lost\":0 | \"lost\":-1 | must be >= 0: counts.lost=-1",
        "\"delivered\":3 | \"delivered\":2 | do not add up to sent=3",
        "\"planned\":3 | \"planned\":4 | do not add up to planned=4",
        "\"duplicated\":0 | \"duplicated\":1 | says PASS, but its counts lead to FAIL",
        "}} | } | its JSON cannot be read from line",
      })
  void whatTheVerdictNeedsMustBeThere(String part, String replacement, String sentence) {
    String changed = LEAST.replace(part, replacement);

    assertThat(changed).isNotEqualTo(LEAST);
    assertThatThrownBy(() -> Reports.fromJson(changed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }
}
