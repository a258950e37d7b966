package io.github.wsproof.survey;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.survey.Finding.Outcome;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.java_websocket.extensions.IExtension;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.FramedataImpl1;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each limit that a server is given is found, and nothing where there is none. */
@Timeout(120)
class SurveyTest {

  private static Target target(URI url, int connections) {
    return new Target(
        url,
        () -> RunPlan.to(url.toString()),
        ConnectionOptions.NONE,
        true,
        true,
        connections,
        doing -> {});
  }

  private static DevServer server(Map<String, String> settings) throws Exception {
    settings.forEach((name, value) -> System.setProperty("wsproof." + name, value));
    try {
      return DevServer.start(DevServer.LOOPBACK, 0);
    } finally {
      settings.keySet().forEach(name -> System.clearProperty("wsproof." + name));
    }
  }

  @Test
  void theLargestMessageIsFoundToTheByte() throws Exception {
    try (DevServer server = server(Map.of("max-message-bytes", "4321"))) {
      for (boolean binary : new boolean[] {false, true}) {
        Finding finding = new SizeSweep("size", binary).look(target(server.uri(), 1));

        assertThat(finding.outcome()).isEqualTo(Outcome.LIMIT);
        assertThat(finding.figures())
            .containsEntry("largestBytes", 4321)
            .containsEntry("closeCode", 1009);
        assertThat(finding.found()).contains("up to 4,321 bytes", "at 4,322", "closed with 1009");
      }
    }
  }

  @Test
  void aServerThatCutsLongMessagesShortFails() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            (socket, text) ->
                socket.send(text.substring(0, Math.min(9000, text.length())) + " - 1"))) {
      Finding finding = new SizeSweep("size", false).look(target(server.uri(), 1));

      assertThat(finding.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(finding.figures()).containsEntry("largestBytes", 9000);
      assertThat(finding.found()).contains("1 corrupted of 1 sent");
    }
  }

  @Test
  void compressionIsTriedWhereItIsAgreedTo() throws Exception {
    try (DevServer server = server(Map.of());
        ScriptedServer compresses =
            ScriptedServer.start(
                (socket, text) -> socket.send(text + " - 1"), new PerMessageDeflateExtension())) {
      Finding none = new Compression().look(target(server.uri(), 1));
      Finding agreed = new Compression().look(target(compresses.uri(), 1));

      assertThat(none.outcome()).isEqualTo(Outcome.OK);
      assertThat(none.found()).startsWith("not agreed to");
      assertThat(agreed.found()).startsWith("agreed to; permessage-deflate");
      assertThat(agreed.outcome()).isEqualTo(Outcome.OK);
      assertThat((long) agreed.figures().get("wireBytes"))
          .isLessThan((long) agreed.figures().get("payloadBytes"));
    }
  }

  /** As an extension does that keeps the flag of a message it has unpacked. */
  @Test
  void compressionThatBreaksMessagesIsFound() throws Exception {
    IExtension broken =
        new PerMessageDeflateExtension() {
          @Override
          public void encodeFrame(Framedata frame) {
            ((FramedataImpl1) frame).setRSV1(true);
          }

          @Override
          public IExtension copyInstance() {
            return this;
          }
        };
    try (ScriptedServer server =
        ScriptedServer.start((socket, text) -> socket.send(text + " - 1"), broken)) {
      Finding finding = new Compression().look(target(server.uri(), 1));

      assertThat(finding.outcome()).isNotEqualTo(Outcome.OK);
      assertThat(finding.found()).startsWith("with permessage-deflate offered, ");
      assertThat(finding.usually()).isNotEmpty();
    }
  }

  @Test
  void theSilenceThatIsTooLongIsMeasured() throws Exception {
    try (DevServer server = server(Map.of("idle-timeout", "3"))) {
      Finding finding = new Silence().look(target(server.uri(), 1));

      assertThat(finding.outcome()).isEqualTo(Outcome.LIMIT);
      assertThat((double) finding.figures().get("cutAfterSeconds")).isBetween(3.0, 9.0);
      assertThat(finding.found()).contains("s of silence", "pings");
    }
  }

  @Test
  void theMostConnectionsAreCounted() throws Exception {
    try (DevServer server = server(Map.of("max-connections", "7"))) {
      Finding finding = new ManyConnections().look(target(server.uri(), 10));

      assertThat(finding.outcome()).isEqualTo(Outcome.LIMIT);
      assertThat(finding.figures()).containsEntry("answered", 7L).containsEntry("wanted", 10);
      assertThat(finding.found()).contains("7 of 10 were answered");
    }
  }

  @Test
  void connectionsThatWaitForOneAnotherAreNotOpenTogether() {
    assertThat(
            ManyConnections.together(
                List.of(
                    life("2026-01-01T00:00:00Z", 2),
                    life("2026-01-01T00:00:01.500Z", 2),
                    life("2026-01-01T00:00:02Z", 2))))
        .isEqualTo(2);
  }

  private static Report.Epoch life(String openedAt, double seconds) {
    return new Report.Epoch(0, 0, openedAt, seconds, 1000, "client", "", 0);
  }

  @Test
  void aServerThatDropsItsLastAnswersIsFound() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            (socket, text) -> {
              if (!text.startsWith("last word 2")) {
                socket.send(text + " - 1");
              }
            })) {
      Finding finding = new LastWord().look(target(server.uri(), 1));

      assertThat(finding.outcome()).isEqualTo(Outcome.LIMIT);
      assertThat(finding.figures()).containsEntry("sent", 30).containsEntry("answered", 20);
    }
  }

  @Test
  void theRestOfAnHonestServerIsFine() throws Exception {
    try (DevServer server = server(Map.of())) {
      Target target = target(server.uri(), 20);
      for (Probe probe : Survey.PROBES) {
        if (!(probe instanceof Silence || probe instanceof SizeSweep)) {
          assertThat(probe.look(target).outcome()).as(probe.name()).isEqualTo(Outcome.OK);
        }
      }
    }
  }

  @Test
  void whereNothingAnswersNothingMoreIsTried() throws Exception {
    URI nobody;
    try (DevServer server = server(Map.of())) {
      nobody = server.uri();
    }
    Survey survey = Survey.of(target(nobody, 1), new Recorder());

    assertThat(survey.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(survey.findings()).hasSize(1);
    assertThat(survey.findings().get(0).found()).contains("could not connect");
    assertThat(survey.toJson()).contains("\"verdict\" : \"INCONCLUSIVE\"", "\"UNKNOWN\"");
  }

  @Test
  void anInterruptLeavesWhatWasFound() throws Exception {
    try (DevServer server = server(Map.of())) {
      Recorder recorder = new Recorder();
      CompletableFuture<Survey> result = new CompletableFuture<>();
      Thread thread =
          new Thread(() -> result.complete(Survey.of(target(server.uri(), 1), recorder)));
      thread.start();
      recorder.sizes.get(60, TimeUnit.SECONDS);
      thread.interrupt();
      Survey survey = result.get(30, TimeUnit.SECONDS);

      assertThat(survey.interrupted()).isTrue();
      assertThat(survey.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
      assertThat(survey.findings()).hasSizeGreaterThan(5).isEqualTo(recorder.findings);
    }
  }

  private static final class Recorder implements Survey.Listener {
    final List<Finding> findings = new ArrayList<>();
    final CompletableFuture<Void> sizes = new CompletableFuture<>();

    @Override
    public void looking(String probe) {
      if (probe.startsWith("size")) {
        sizes.complete(null);
      }
    }

    @Override
    public void found(Finding finding) {
      findings.add(finding);
    }
  }
}
