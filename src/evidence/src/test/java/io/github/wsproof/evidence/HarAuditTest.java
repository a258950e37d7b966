package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.Receipt;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A browser's HAR export is judged to the byte, though it does not hold the run's seed. */
class HarAuditTest {
  private record HarMessage(String type, double time, int opcode, String data) {}

  @TempDir private Path folder;
  private final List<List<HarMessage>> sockets = new ArrayList<>();
  private Messages messages = new Messages(0x1234_5678_9ABC_DEFL, 0);
  private double time = 1_700_000_000.25;

  @BeforeEach
  void twoSockets() {
    sockets.add(new ArrayList<>());
    sockets.add(new ArrayList<>());
  }

  private String message(int connection, long sequence) {
    return new String(messages.content(new Identity(connection, sequence)), UTF_8);
  }

  private void add(int socket, String type, String data) {
    sockets.get(socket).add(new HarMessage(type, time += 0.001, 1, data));
  }

  private void send(int connection, long sequence) {
    add(connection, "send", message(connection, sequence));
  }

  private void receive(int socket, String message, long count) {
    String reply = message + " - 7";
    add(
        socket,
        "receive",
        count == 0 ? reply : new String(Receipt.append(reply.getBytes(UTF_8), count), UTF_8));
  }

  private void honest(int connection, int from, int to, boolean receipts) {
    for (int n = from; n < to; n++) {
      send(connection, n);
      receive(connection, message(connection, n), receipts ? n + 1 : 0);
    }
  }

  private Path export() throws Exception {
    JsonMapper mapper = new JsonMapper();
    StringBuilder har = new StringBuilder("{\n \"log\": {\"version\":\"1.2\",\"entries\":[");
    har.append("{\"request\":{\"url\":\"http://localhost/ü\"},\"response\":{\"headers\":[]}}");
    for (List<HarMessage> socket : sockets) {
      if (!socket.isEmpty()) {
        har.append(",\n{\"_resourceType\":\"websocket\",\"_webSocketMessages\":")
            .append(mapper.writeValueAsString(socket))
            .append(",\"request\":{\"url\":\"ws://localhost/echo?receipt=1\"},")
            .append("\"response\":{\"headers\":[{\"name\":\"wsproof-reply\",")
            .append("\"value\":\"{message} - {random:1-9}\"}]}}");
      }
    }
    return Files.writeString(folder.resolve("page.har"), har + "]}}");
  }

  private List<Report> audit(AuditSettings settings) throws Exception {
    return new Auditor(settings).audit(export());
  }

  private Report audit() throws Exception {
    List<Report> reports = audit(new AuditSettings(null, null, 0, null));
    assertThat(reports).hasSize(1);
    return reports.get(0);
  }

  @Test
  void anHonestExportPasses() throws Exception {
    honest(0, 0, 50, true);
    honest(1, 0, 50, true);
    Report report = audit();

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().delivered()).isEqualTo(100);
    assertThat(report.run().receipts()).isTrue();
    assertThat(report.run().url()).isEqualTo("ws://localhost/echo?receipt=1");
    assertThat(report.run().startedAt()).startsWith("2023-11-14T22:13:20");
    assertThat(report.latencyMicros().sent().p50()).isBetween(990.0, 1010.0);
  }

  @Test
  void whatWentWrongIsFoundWithItsLeg() throws Exception {
    honest(0, 0, 10, true);
    send(0, 10);
    send(0, 11);
    receive(0, message(0, 11), 12);
    receive(0, message(0, 11), 12);
    Report report = audit();

    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.counts().duplicated()).isEqualTo(1);
    assertThat(Words.legs(report, io.github.wsproof.ledger.Kind.LOST)).isEqualTo("1 inbound");
  }

  @Test
  void aReplyOnTheOtherSocketIsMisdelivered() throws Exception {
    honest(0, 0, 5, false);
    honest(1, 0, 5, false);
    send(0, 5);
    receive(1, message(0, 5), 0);
    honest(0, 6, 9, false);
    Report report = audit();

    assertThat(report.counts().misdelivered()).isEqualTo(1);
    assertThat(report.counts().lost()).isZero();
  }

  @Test
  void paddedContentIsJudgedToTheByte() throws Exception {
    messages = new Messages(99, 300);
    honest(0, 0, 5, false);
    send(0, 5);
    receive(0, message(0, 5).substring(0, 200) + "!" + message(0, 5).substring(201), 0);

    assertThat(audit().counts().corrupted()).isEqualTo(1);
  }

  @Test
  void binaryMessagesAreBase64() throws Exception {
    byte[] content = messages.content(new Identity(0, 0));
    String sent = Base64.getEncoder().encodeToString(content);
    String reply = Base64.getEncoder().encodeToString((message(0, 0) + " - 7").getBytes(UTF_8));
    sockets.get(0).add(new HarMessage("send", 1, 2, sent));
    sockets.get(0).add(new HarMessage("receive", 2, 2, reply));

    assertThat(audit().verdict()).isEqualTo(Verdict.PASS);
  }

  @Test
  void whatIsUnansweredAtTheEndIsInDoubt() throws Exception {
    honest(0, 0, 5, false);
    send(0, 5);
    Report report = audit();

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().inDoubt()).isEqualTo(1);
  }

  @Test
  void twoRunsInOneExportAreTwoReports() throws Exception {
    honest(0, 0, 5, false);
    messages = new Messages(2, 0);
    for (int n = 0; n < 3; n++) {
      add(1, "send", message(0, n));
      receive(1, message(0, n), 0);
    }
    List<Report> reports = audit(new AuditSettings(null, null, 0, null));

    assertThat(reports).extracting(r -> r.counts().delivered()).containsExactly(5L, 3L);
    assertThat(reports).extracting(r -> r.run().seed()).last().isEqualTo(2L);
  }

  @Test
  void anExportThatWasCutIsInconclusive() throws Exception {
    honest(0, 0, 50, false);
    String whole = Files.readString(export());
    Path cut =
        Files.writeString(folder.resolve("cut.har"), whole.substring(0, whole.length() * 2 / 3));
    Report report = new Auditor(new AuditSettings(null, null, 0, null)).audit(cut).get(0);

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().delivered()).isBetween(20L, 40L);
    assertThat(report.reasons()).anyMatch(r -> r.contains("ends early"));
  }

  @Test
  void foreignMessagesAreJudgedByTheirNumbers() throws Exception {
    for (int n = 1; n <= 20; n++) {
      add(0, "send", "{\"id\":" + n + "}");
      if (n != 7) {
        add(0, "receive", "{\"id\":" + n + ",\"ok\":true}");
      }
    }
    AuditSettings settings =
        new AuditSettings(
            LinePattern.parse("{\"id\":{sequence},{any}"),
            LinePattern.parse("{\"id\":{sequence}}"),
            0,
            null);
    Report report = audit(settings).get(0);

    assertThat(report.counts().lost()).isEqualTo(1);
    assertThat(report.counts().delivered()).isEqualTo(19);
    assertThat(audit(new AuditSettings(null, null, 0, null)).get(0).verdict())
        .isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void anExportWithoutSocketsIsInconclusive() throws Exception {
    Report report = audit();

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.reasons().get(0)).contains("no WebSocket messages");
  }
}
