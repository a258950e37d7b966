package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.client.LyingServer.Behaviour;
import io.github.wsproof.client.LyingServer.Client;
import io.github.wsproof.ledger.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications that nobody changed: envelopes, logins, heartbeats, JSON of their own style. */
@Timeout(60)
class ApplicationTest {
  private static final String ENVELOPE = "{\"type\":\"echo\",\"text\":\"{message}\"}";

  private static Report run(Behaviour behaviour, UnaryOperator<RunPlan.Builder> options)
      throws Exception {
    try (LyingServer server = LyingServer.start(behaviour)) {
      RunPlan.Builder plan =
          RunPlan.to(server.url()).messages(300).drain(Duration.ofMillis(700)).seed(3);
      Report report = options.apply(plan).build().run();
      assertThat(server.errors).isEmpty();
      return report;
    }
  }

  /** The text of the envelope, whatever is around it. */
  private static String text(String message) {
    return message.replaceFirst(".*\"text\":\"([^\"]*)\".*", "$1");
  }

  /** As some serialisers write it: other order, spaces, an escaped slash. */
  private static String rewritten(String message, int number) {
    String escaped = text(message).replace("/", "\\/");
    return "{ \"id\": " + number + ", \"data\": { \"text\": \"" + escaped + "\" } }";
  }

  @Test
  void anEnvelopeIsSentAndFoundAgain() throws Exception {
    Report report =
        run(
            (client, message, number) ->
                client.send("{\"n\":" + number + "," + message.substring(1)),
            plan -> plan.message(ENVELOPE).expect("{any}\"text\":\"{message}\"{any}").window(8));

    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    assertThat(report.run().options()).containsEntry("message", ENVELOPE);
  }

  @Test
  void aTextInJsonIsTheSameHoweverItIsWritten() throws Exception {
    Report report =
        run(
            (client, message, number) -> client.send(rewritten(message, number)),
            plan -> plan.message(ENVELOPE).expectJson("data.text"));

    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
  }

  @Test
  void anApplicationThatLosesAndDoublesIsFoundOutThroughItsJson() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              int times = number == 40 ? 0 : number == 60 ? 2 : 1;
              for (int i = 0; i < times; i++) {
                client.send(rewritten(message, number));
              }
            },
            plan -> plan.message(ENVELOPE).expectJson("data.text"));

    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.counts().duplicated()).isEqualTo(1);
    assertThat(report.counts().delivered()).isEqualTo(299);
  }

  @Test
  void withoutAFormTheFirstReplyProposesOne() throws Exception {
    Report report =
        run((client, message, number) -> client.send(message), plan -> plan.message(ENVELOPE));

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons().get(0)).contains("try --expect '" + ENVELOPE + "'");
  }

  @Test
  void aFieldThatIsNotThereIsTold() throws Exception {
    Report report =
        run(
            (client, message, number) -> client.send(message),
            plan -> plan.message(ENVELOPE).expectJson("data.text"));

    assertThat(report.reasons().get(0)).contains("is no JSON with a text at \"data.text\"");
  }

  @Test
  void theHelloComesFirstAndHeartbeatsAreCountedApart() throws Exception {
    Behaviour application =
        (client, message, number) -> {
          client.send("{\"type\":\"heartbeat\",\"at\":" + number + "}");
          switch (number) {
            case 1 -> login(client, message);
            case 2 -> assertThat(message).isEqualTo("subscribe");
            default -> client.send(message);
          }
        };
    Report report =
        run(
            application,
            plan ->
                plan.expect("{message}")
                    .hello(
                        List.of("# first", "login secret", "< {any}\"ok\"{any}", "", "subscribe"))
                    .ignore(List.of("{\"type\":\"heartbeat\",\"at\":{random}}")));

    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
    // One before the awaited reply, that reply, and one for each message behind it.
    assertThat(report.path().ignored()).isEqualTo(1 + 1 + 1 + 300);
    assertThat(Reports.toJson(report)).doesNotContain("secret");
  }

  private static void login(Client client, String message) {
    assertThat(message).isEqualTo("login secret");
    client.send("{\"result\":\"ok\"}");
  }

  @Test
  void aHelloThatIsNotAnsweredIsTold() throws Exception {
    Report report =
        run(
            (client, message, number) -> client.send("denied"),
            plan -> plan.hello(List.of("login", "< ok")));

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().neverSent()).isEqualTo(300);
    assertThat(report.reasons().get(0)).contains("\"ok\" that line 2 of --hello awaits");
  }

  @Test
  void whatNamesAMessageIsNeverIgnored() throws Exception {
    Report report =
        run(
            (client, message, number) -> client.send(message),
            plan -> plan.expect("{message}").ignore(List.of("{any}")));

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void tickersDoNotKeepARunWaiting() throws Exception {
    Report report =
        run(
            (client, message, number) -> {
              // From number 300 on it answers no more, and ticks until nobody listens.
              if (number < 300) {
                client.send(message);
              } else {
                new Thread(() -> tick(client)).start();
              }
            },
            plan -> plan.expect("{message}").ignore(List.of("tick")));

    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.path().ignored()).isPositive();
  }

  private static void tick(Client client) {
    while (client.socket.isOpen()) {
      client.send("tick");
      Thread.onSpinWait();
      java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"no message", "{message}{message}", "{message} {any}", "{message} {random}"})
  void anEnvelopeThatIsNoneIsRefused(String envelope) {
    assertThatThrownBy(() -> RunPlan.to("ws://h").message(envelope))
        .hasMessageStartingWith("must ")
        .hasMessageContaining(envelope);
  }
}
