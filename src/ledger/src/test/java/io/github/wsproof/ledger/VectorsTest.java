package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The ledger makes of each test vector what the vector says; the browser's ledger must as well. */
class VectorsTest {
  private record Event(
      Integer open,
      Integer send,
      Integer resend,
      long sequence,
      Integer reply,
      Integer end,
      String content,
      boolean binary) {}

  private record Vector(
      String name,
      long seed,
      int size,
      String form,
      String receipts,
      boolean binary,
      long planned,
      List<Event> events,
      Counts counts,
      Verdict verdict,
      Map<String, Map<String, Long>> legs) {}

  private record Table(String about, List<Vector> vectors) {}

  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();

  @TestFactory
  List<DynamicTest> aLedgerMakesOfEventsWhatTheVectorSays() {
    List<DynamicTest> tests = tests("/vectors.json");
    assertThat(tests).hasSizeGreaterThan(50);
    return tests;
  }

  /** In a file of their own: the browser's ledger opens no connection again. */
  @TestFactory
  List<DynamicTest> whatIsSentAgainIsAccountedForOnce() {
    return tests("/recovery-vectors.json");
  }

  private static List<DynamicTest> tests(String file) {
    Table table = MAPPER.readValue(VectorsTest.class.getResourceAsStream(file), Table.class);
    return table.vectors().stream()
        .map(vector -> DynamicTest.dynamicTest(vector.name, () -> check(vector)))
        .toList();
  }

  private static void check(Vector vector) {
    Messages messages = new Messages(vector.seed, vector.size);
    Ledger ledger = new Ledger(messages, vector.binary, Ledger.Listener.NONE);
    for (Event event : vector.events) {
      if (event.open != null) {
        ledger.opened(
            event.open,
            ReplyForm.parse(vector.form),
            Receipts.valueOf(vector.receipts.toUpperCase(Locale.ROOT)));
      } else if (event.send != null) {
        Identity identity = new Identity(event.send, ledger.send(event.send));
        assertThat(new String(messages.content(identity), UTF_8)).isEqualTo(event.content);
      } else if (event.resend != null) {
        ledger.resend(event.resend, event.sequence);
      } else if (event.reply != null) {
        ledger.reply(event.reply, event.content.getBytes(UTF_8), event.binary);
      } else {
        ledger.ended(event.end);
      }
    }
    Account account = ledger.account(vector.planned);

    assertThat(account.counts()).isEqualTo(vector.counts);
    assertThat(account.verdict()).isEqualTo(vector.verdict);
    if (vector.legs != null) {
      assertThat(notZero(account.legs())).isEqualTo(vector.legs);
    }
    assertThat(account.anomalies().stream().map(Anomaly::kind).distinct())
        .allSatisfy(kind -> assertThat(account.counts().of(kind)).isPositive());
  }

  private static Map<String, Map<String, Long>> notZero(Map<Leg, Map<Kind, Long>> legs) {
    Map<String, Map<String, Long>> notZero = new HashMap<>();
    legs.forEach(
        (leg, kinds) ->
            kinds.forEach(
                (kind, count) -> {
                  if (count != 0) {
                    notZero
                        .computeIfAbsent(leg.label(), l -> new HashMap<>())
                        .put(kind.label(), count);
                  }
                }));
    return notZero;
  }
}
