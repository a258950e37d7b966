package io.github.wsproof.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pasted log that "received all messages" is checked by the numbers in it. */
class LogAuditTest {
  private static final String LINE = "Received: [{random}] Request Number [{sequence}] {any}";
  private static final String SENT = "Sent: Request Number [{sequence}]{any}";

  @TempDir private Path folder;

  private static String received(int number) {
    return "Received: [" + (number * 7 % 100) + "] Request Number [" + number + "] ok";
  }

  private static List<String> honest(int from, int to) {
    return new ArrayList<>(IntStream.range(from, to).mapToObj(LogAuditTest::received).toList());
  }

  private Report audit(List<String> lines, String sentLine, long messages) throws Exception {
    Path file = Files.write(folder.resolve("app.log"), lines);
    LinePattern sent = sentLine == null ? null : LinePattern.parse(sentLine);
    AuditSettings settings = new AuditSettings(LinePattern.parse(LINE), sent, messages, null);
    return new Auditor(settings).audit(file).get(0);
  }

  private Report audit(List<String> lines) throws Exception {
    return audit(lines, null, 0);
  }

  @Test
  void everyNumberOnceInOrderPasses() throws Exception {
    Report report = audit(honest(0, 10_000), null, 10_000);

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().delivered()).isEqualTo(10_000);
    assertThat(report.reasons()).containsExactly("numbers 0 to 9,999, 10,000 different ones");
  }

  @Test
  void aMissingARepeatedAndALateNumberAreEachFound() throws Exception {
    List<String> lines = honest(0, 100);
    lines.set(17, received(16));
    lines.add(60, lines.remove(50));
    Report report = audit(lines);

    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.counts().duplicated()).isEqualTo(1);
    assertThat(report.counts().reordered()).isEqualTo(1);
    assertThat(report.reasons()).contains("missing: 17");
    assertThat(report.anomalies())
        .anyMatch(a -> a.kind() == Kind.DUPLICATED && a.detail().equals("line 18 repeats it"));
  }

  @Test
  void gapsAreListedAndCapped() throws Exception {
    List<String> lines =
        IntStream.range(0, 200).filter(n -> n % 5 > 1).mapToObj(LogAuditTest::received).toList();
    Report report = audit(lines, null, 200);

    assertThat(report.counts().lost()).isEqualTo(80);
    assertThat(report.reasons())
        .anyMatch(r -> r.startsWith("missing: 0–1, 5–6, ") && r.endsWith("and 20 gaps more"));
  }

  @Test
  void whatIsMissingAtTheEndIsInDoubt() throws Exception {
    Report report = audit(honest(0, 90), null, 100);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().inDoubt()).isEqualTo(10);
  }

  @Test
  void withoutATotalThePassSaysWhatItDoesNotKnow() throws Exception {
    Report report = audit(honest(1, 101));

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.reasons()).anyMatch(r -> r.contains("behind the last number is not known"));
    assertThat(audit(honest(57, 101)).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void sentAndReceivedLinesAreMatched() throws Exception {
    List<String> lines = new ArrayList<>();
    for (int n = 0; n < 50; n++) {
      lines.add("Sent: Request Number [" + n + "]");
      if (n != 20 && n < 48) {
        lines.add(received(n));
      }
    }
    lines.add(received(99));
    Report report = audit(lines, SENT, 0);

    assertThat(report.counts().sent()).isEqualTo(50);
    assertThat(report.counts().lost()).isEqualTo(3);
    assertThat(report.counts().unexpected()).isEqualTo(1);
    assertThat(report.counts().delivered()).isEqualTo(47);
  }

  @Test
  void aLineThatWasCutIsMalformedAndAnotherIsOther() throws Exception {
    List<String> lines = honest(0, 20);
    lines.set(19, "Received: [12] Requ");
    lines.add(0, "connected");
    Report report = audit(lines);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons())
        .contains("1 line is malformed or missing: what they held is not judged")
        .contains("line 21 does not fit the pattern that it resembles: \"Received: [12] Requ\"")
        .contains("1 other line, such as line 1: \"connected\"");
  }

  @Test
  void nothingThatFitsIsInconclusive() throws Exception {
    assertThat(audit(List.of()).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(audit(List.of("a", "b")).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(audit(List.of("Received: [x]")).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void connectionsAreToldApart() throws Exception {
    Path file = Files.writeString(folder.resolve("two.log"), "a 0\nb 0\r\na 1\nb 2\na 2\nb 3\n\n");
    LinePattern line = LinePattern.parse("{connection} {sequence}");
    Report report = new Auditor(new AuditSettings(line, null, 0, null)).audit(file).get(0);

    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.reasons()).contains("connection b: missing: 1");
  }

  @Test
  void aPatternNeedsASequence() {
    assertThatThrownBy(() -> LinePattern.parse("Received {any}"))
        .hasMessageContaining("must contain {sequence} exactly once");
    assertThatThrownBy(() -> LinePattern.parse("{sequence}{sequence}"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
