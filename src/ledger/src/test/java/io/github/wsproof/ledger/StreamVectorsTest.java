package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.protocol.StreamReader;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A stream's ledger makes of each vector what the vector says; the browser's must as well. */
class StreamVectorsTest {
  private record Vector(
      String name,
      String stream,
      long from,
      long count,
      List<JsonNode> texts,
      Counts counts,
      long next,
      Verdict verdict,
      List<String> anomalies) {}

  private record Table(String about, List<Vector> vectors) {}

  @TestFactory
  List<DynamicTest> aLedgerMakesOfTextsWhatTheVectorSays() {
    Table table =
        JsonMapper.shared()
            .readValue(
                StreamVectorsTest.class.getResourceAsStream("/stream-vectors.json"), Table.class);
    assertThat(table.vectors).hasSizeGreaterThan(50);
    return table.vectors.stream()
        .map(vector -> DynamicTest.dynamicTest(vector.name, () -> check(vector)))
        .toList();
  }

  private static void check(Vector vector) {
    StreamReader reader =
        vector.stream == null
            ? StreamReader.plain()
            : StreamReader.sealed(StreamMessages.of(vector.stream));
    StreamLedger ledger =
        new StreamLedger(0, reader, vector.from, vector.count, Ledger.Listener.NONE);
    for (JsonNode text : vector.texts) {
      // {"binary": text} is one that comes as binary.
      boolean binary = !text.isString();
      String content = binary ? text.get("binary").asString() : text.asString();
      ledger.received(content.getBytes(UTF_8), binary);
    }
    Account account = StreamLedger.account(List.of(ledger), vector.count);

    assertThat(account.counts()).isEqualTo(vector.counts);
    assertThat(ledger.next()).isEqualTo(vector.next);
    assertThat(account.verdict()).isEqualTo(vector.verdict);
    assertThat(account.anomalies().stream().map(a -> a.kind().label() + " " + a.sequence()))
        .containsExactlyInAnyOrderElementsOf(vector.anomalies);
  }
}
