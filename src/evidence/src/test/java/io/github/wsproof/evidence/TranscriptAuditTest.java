package io.github.wsproof.evidence;

import static io.github.wsproof.evidence.LyingServer.send;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.ReplyForm;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An audit of a run's transcript comes to the run's own account, and sees what is missing. */
@Timeout(60)
class TranscriptAuditTest {
  @TempDir private Path folder;

  private static Report audit(Path file) throws Exception {
    List<Report> reports = new Auditor(new AuditSettings(null, null, 0, null)).audit(file);
    assertThat(reports).hasSize(1);
    return reports.get(0);
  }

  private Path file() {
    return folder.resolve("run.jsonl");
  }

  private Report run(RunPlan.Builder plan) throws Exception {
    try (OutputStream out = Files.newOutputStream(file());
        Transcript transcript = new Transcript(out)) {
      return plan.drain(Duration.ofSeconds(2)).build().run(transcript);
    }
  }

  private Report sameAfterwards(LyingServer.Lie lie, int connections, int messages)
      throws Exception {
    try (LyingServer server = LyingServer.start(lie)) {
      Report report = run(RunPlan.to(server.url()).messages(messages).connections(connections));
      same(report);
      return report;
    }
  }

  private void same(Report report) throws Exception {
    Report again = audit(file());
    assertThat(again.counts()).isEqualTo(report.counts());
    assertThat(again.verdict()).isEqualTo(report.verdict());
    assertThat(again.legs()).isEqualTo(report.legs());
    assertThat(again.anomalies()).isEqualTo(report.anomalies());
    assertThat(again.reasons()).isEqualTo(report.reasons());
    assertThat(again.latencyMicros().sent()).isEqualTo(report.latencyMicros().sent());
    assertThat(again.rate()).isEqualTo(report.rate());
    assertThat(again.run().id()).isEqualTo(report.run().id());
    assertThat(again.run().size()).isEqualTo(report.run().size());
  }

  private static void lie(LyingServer server, WebSocketOf of) {
    String honest = of.message() + " - 42";
    switch (of.n() % 97) {
      case 3 -> {}
      case 13 -> {
        send(of.socket(), honest);
        send(of.socket(), honest);
      }
      case 23 -> server.held = honest;
      case 24 -> {
        send(of.socket(), honest);
        send(of.socket(), server.held);
      }
      case 33 -> send(of.socket(), honest.replace("Request", "Rekwest"));
      case 43 -> send(of.socket(), honest.substring(0, 15));
      case 53 -> send(server.other(of.socket()), honest);
      case 63 -> {
        send(of.socket(), "greetings");
        send(of.socket(), honest);
      }
      default -> send(of.socket(), honest);
    }
  }

  private record WebSocketOf(org.java_websocket.WebSocket socket, String message, int n) {}

  @Test
  void anHonestRunIsTheSameAgain() throws Exception {
    Report report =
        sameAfterwards((server, socket, message, n) -> send(socket, message + " - 1"), 3, 1000);

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void aMixtureOfLiesIsTheSameAgain() throws Exception {
    Report report =
        sameAfterwards(
            (server, socket, message, n) -> lie(server, new WebSocketOf(socket, message, n)),
            4,
            3000);

    for (Kind kind :
        new Kind[] {
          Kind.LOST,
          Kind.DUPLICATED,
          Kind.REORDERED,
          Kind.CORRUPTED,
          Kind.MISDELIVERED,
          Kind.UNEXPECTED
        }) {
      assertThat(report.counts().of(kind)).as(kind.label()).isPositive();
    }
  }

  @Test
  void aClosedConnectionIsTheSameAgain() throws Exception {
    Report report =
        sameAfterwards(
            (server, socket, message, n) -> {
              send(socket, message + " - 1");
              if (n == 500) {
                socket.close(1011, "enough");
              }
            },
            2,
            2000);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void theWrongFormIsTheSameAgain() throws Exception {
    Report report =
        sameAfterwards((server, socket, message, n) -> send(socket, message + ": 1"), 1, 100);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().corrupted()).isZero();
  }

  @Test
  void longMessagesAreJudgedAgainToTheByte() throws Exception {
    LyingServer.Lie lie =
        (server, socket, message, n) -> {
          String honest = message + " - 42";
          switch (n % 10) {
            case 3 -> send(socket, honest.substring(0, 30_000) + "!" + honest.substring(30_001));
            case 5 -> send(socket, honest.substring(0, 40_000));
            case 7 -> server.held = honest;
            case 8 -> send(socket, server.held + honest);
            default -> send(socket, honest);
          }
        };
    try (LyingServer server = LyingServer.start(lie)) {
      Report report = run(RunPlan.to(server.url()).messages(100).sizeBytes(70_000));

      assertThat(report.counts().corrupted())
          .as("%s %s", report.counts(), report.reasons())
          .isEqualTo(40);
      same(report);
      assertThat(Files.size(file())).isLessThan(200_000);
    }
  }

  @Test
  void binaryMessagesAreTheSameAgain() throws Exception {
    try (LyingServer server = LyingServer.start((s, socket, message, n) -> {})) {
      Report report = run(RunPlan.to(server.url()).messages(300).binary(true));

      assertThat(report.counts().corrupted()).isEqualTo(6);
      same(report);
    }
  }

  @Test
  void aReplyThatIsNoUtf8IsCorruptedAgain() throws Exception {
    RunPlan plan = RunPlan.to("ws://localhost/").messages(2).seed(1).build();
    try (OutputStream out = Files.newOutputStream(file());
        Transcript transcript = new Transcript(out)) {
      transcript.started("a", plan, "2026-01-01T00:00:00Z");
      transcript.opened(0, ReplyForm.DEFAULT, Receipts.OFF, 1);
      transcript.sent(0, 0, "Request 0/0 53d49737".getBytes(UTF_8), 2);
      byte[] reply = "Request 0/0 53d49737 - 1".getBytes(UTF_8);
      reply[22] = (byte) 0xE9;
      transcript.received(0, reply, false, 3);
    }

    assertThat(Files.readString(file())).contains("\"base64\":\"UmVxdWVzdC");
    assertThat(audit(file()).counts().corrupted()).isEqualTo(1);
  }

  @Test
  void aGreetingThatIsIgnoredIsInTheTranscript() throws Exception {
    LyingServer.Lie greets =
        (server, socket, message, n) -> {
          if (n == 1) {
            send(socket, "welcome");
          }
          send(socket, message + " - 1");
        };
    try (LyingServer server = LyingServer.start(greets)) {
      Report report = run(RunPlan.to(server.url()).messages(50).ignoreFirst(1));

      assertThat(report.verdict()).isEqualTo(Verdict.PASS);
      same(report);
      assertThat(Files.readString(file())).contains("{\"event\":\"ignored\"", "\"welcome\"");
    }
  }

  private List<String> honestLines(int messages) throws Exception {
    try (LyingServer server =
        LyingServer.start((s, socket, message, n) -> send(socket, message + " - 1"))) {
      run(RunPlan.to(server.url()).messages(messages).receipts(false));
    }
    return new ArrayList<>(Files.readAllLines(file()));
  }

  private Report audit(List<String> lines) throws Exception {
    Files.write(file(), lines);
    return audit(file());
  }

  private static int find(List<String> lines, String event, int sequence) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("{\"event\":\"" + event + "\"")
          && lines.get(i).contains("\"sequence\":" + sequence + ",")) {
        return i;
      }
    }
    throw new AssertionError(event + " " + sequence);
  }

  @Test
  void aRemovedReplyIsLost() throws Exception {
    List<String> lines = honestLines(50);
    lines.remove(find(lines, "received", 20));
    Report report = audit(lines);

    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.anomalies()).extracting(Anomaly::sequence).containsExactly(20L);
    assertThat(report.reasons())
        .anyMatch(r -> r.startsWith("the run itself had counted otherwise"));
  }

  @Test
  void aMalformedReplyIsInDoubtAndShown() throws Exception {
    List<String> lines = honestLines(50);
    int at = find(lines, "received", 20);
    lines.set(at, lines.get(at).substring(0, 40));
    Report report = audit(lines);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().inDoubt()).isEqualTo(1);
    assertThat(report.reasons())
        .anyMatch(r -> r.startsWith("1 line is malformed"))
        .anyMatch(r -> r.startsWith("line " + (at + 1) + " is no JSON: \"{"));
  }

  @Test
  void aChangedReplyIsCorrupted() throws Exception {
    List<String> lines = honestLines(50);
    int at = find(lines, "received", 20);
    lines.set(at, lines.get(at).replace("Request 0/20", "Request 0/2x"));

    assertThat(audit(lines).counts().corrupted()).isEqualTo(1);
  }

  @Test
  void aCutOffTranscriptIsNoticedEvenIfAllIsThere() throws Exception {
    List<String> lines = honestLines(50);
    Report report = audit(lines.subList(0, lines.size() - 1));

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().delivered()).isEqualTo(50);
    assertThat(report.reasons()).contains("the transcript has no end: it was cut off");
  }

  @Test
  void whatIsBehindTheCutIsInDoubtOrNeverSent() throws Exception {
    List<String> lines = honestLines(500);
    Report report = audit(lines.subList(0, find(lines, "received", 100)));

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().delivered()).isEqualTo(100);
    assertThat(report.counts().inDoubt() + report.counts().neverSent()).isEqualTo(400);
    assertThat(report.counts().lost()).isZero();
  }

  @Test
  void aMissingSentLineIsNoticed() throws Exception {
    List<String> lines = honestLines(50);
    lines.remove(find(lines, "sent", 20));
    Report report = audit(lines);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons()).anyMatch(r -> r.contains("follows 0/19: what was sent"));
  }

  @Test
  void nothingAtAllIsInconclusive() throws Exception {
    assertThat(audit(List.of()).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(audit(List.of("one", "two", "three")).reasons())
        .anyMatch(r -> r.startsWith("3 lines are malformed"));
    assertThat(audit(List.of("one")).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }
}
