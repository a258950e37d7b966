package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.ReplyForm;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

/** The ledger's test vectors, written as transcripts, come to the same counts. */
class VectorTranscriptsTest {
  private static final Path VECTORS = Path.of("../ledger/src/test/resources/vectors.json");

  private record Event(
      Integer open, Integer send, Integer reply, Integer end, String content, boolean binary) {}

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

  @TestFactory
  Stream<DynamicTest> aTranscriptOfAVectorComesToItsCounts() throws Exception {
    Table table = new JsonMapper().readValue(Files.readString(VECTORS), Table.class);
    return table.vectors().stream()
        .filter(vector -> vector.planned > 0)
        .map(vector -> DynamicTest.dynamicTest(vector.name, () -> check(vector)));
  }

  private static void check(Vector vector) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Transcript transcript = new Transcript(out)) {
      write(vector, transcript);
    }
    Report report = TranscriptAudit.of(new ByteArrayInputStream(out.toByteArray()), "vector");

    assertThat(report.reasons()).isEmpty();
    assertThat(report.counts()).isEqualTo(vector.counts);
    assertThat(report.verdict()).isEqualTo(vector.verdict);
  }

  private static void write(Vector vector, Transcript transcript) {
    RunPlan plan =
        RunPlan.to("ws://localhost/")
            .messages(vector.planned)
            .seed(vector.seed)
            .sizeBytes(vector.size)
            .binary(vector.binary)
            .build();
    transcript.started("vector", plan, "2026-01-01T00:00:00Z");
    long[] sent = new long[100];
    long nanos = 0;
    for (Event event : vector.events) {
      nanos += 1000;
      byte[] content = event.content == null ? null : event.content.getBytes(UTF_8);
      if (event.open != null) {
        Receipts receipts = Receipts.valueOf(vector.receipts.toUpperCase(Locale.ROOT));
        transcript.opened(event.open, ReplyForm.parse(vector.form), receipts, nanos);
      } else if (event.send != null) {
        transcript.sent(event.send, sent[event.send]++, content, nanos);
      } else if (event.reply != null) {
        transcript.received(event.reply, content, event.binary, nanos);
      } else {
        transcript.closed(
            new Report.Epoch(event.end, 0, "", 0, 1006, "nobody", "", 0), true, nanos);
      }
    }
    transcript.finished(
        Judged.of("vector", 1, vector.verdict, vector.counts, List.of(), List.of()), nanos);
  }
}
