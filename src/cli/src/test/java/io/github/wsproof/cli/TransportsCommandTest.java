package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class TransportsCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int wsproof(String... args) {
    return Main.run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), args);
  }

  @Test
  void transportsAreComparedInATableInJsonAndAsAPage(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("transports.json");
    Path html = folder.resolve("transports.html");

    String few =
        "-n 5 --burst 20 -w 4 --rounds 1 --poll-every 10ms --json " + json + " --html " + html;
    assertThat(wsproof(("transports " + few).split(" "))).isEqualTo(Exit.PASS);

    // Once to warm up, and once to be measured.
    assertThat(out.toString(UTF_8))
        .contains("websocket ", "long polling ", "server-sent events ")
        .contains("PASS  250 sent · 250 delivered over 5 of 5 transports");
    assertThat(Files.readString(json)).contains("\"verdict\" : \"PASS\"", "\"bytesPerMessage\"");
    assertThat(Files.readString(html)).startsWith("<!DOCTYPE html>").contains("<svg");
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void aServerThatIsNotThereProvesNothing() {
    assertThat(wsproof("transports", "--rounds", "1", "ws://127.0.0.1:1/echo"))
        .isEqualTo(Exit.INCONCLUSIVE);
    assertThat(out.toString(UTF_8))
        .contains(
            "websocket was not to be had: could not connect to 127.0.0.1:1: Connection refused",
            "INCONCLUSIVE  0 sent");
  }

  @ParameterizedTest
  @CsvSource({
    "-n,           0,             must be 1..1000000: --messages=0",
    "-w,           1001,          must be 1..1000: --window=1001",
    "--rounds,     0,             must be 1..999: --rounds=0",
    "--proxy,      http://x:1,    must be left out",
    "--poll-every, 2h,            must be 1ms..1m: --poll-every=2h",
  })
  void whatMakesNoSenseIsAUsageError(String option, String value, String sentence) {
    assertThat(wsproof("transports", option, value, "ws://127.0.0.1:1/")).isEqualTo(Exit.USAGE);
    assertThat(err.toString(UTF_8)).contains(sentence).doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:1/,  did you mean ws://127.0.0.1:1/?",
    "ws://,                must be a URL such as ws://host:port/path: ws://",
    "ws:/x,                'must name a host, as in ws://host:port/path: ws:/x'",
    "ws://h:70000/,        must have a port of 1..65535: ws://h:70000/",
    "ws://h/#f,            must have no fragment",
    "ws://u:secret@h/,     which reports would show (use --user): ws://***@h/",
  })
  void anAddressThatIsNoWebSocketIsAUsageError(String url, String sentence) {
    assertThat(wsproof("transports", url)).isEqualTo(Exit.USAGE);
    assertThat(err.toString(UTF_8)).contains(sentence).doesNotContain("secret");
  }

  @Test
  void aFileThatCannotBeWrittenIsToldBeforeTheFirstMessage() {
    assertThat(wsproof("transports", "--json", "a", "--html", "a")).isEqualTo(Exit.USAGE);
    assertThat(wsproof("transports", "--json", "no/such/folder/x.json", "ws://127.0.0.1:1/"))
        .isEqualTo(Exit.UNAVAILABLE);
  }
}
