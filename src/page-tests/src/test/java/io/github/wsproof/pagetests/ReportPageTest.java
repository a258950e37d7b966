package io.github.wsproof.pagetests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Verdict;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** What the page shows and hands on, and whoever uses it with whatever. */
class ReportPageTest extends PageTests {
  @Test
  void wrongSettingsAreExplainedBesideTheirFields() {
    openEstablished("");
    browser.fill("messages", "5");
    browser.fill("connections", "6" + Keys.ENTER);
    assertThat(browser.text("connections-problem")).contains("at most the number of messages");
    assertThat(browser.focused().getAttribute("id")).isEqualTo("connections");
    assertThat(browser.text("start")).isEqualTo("Start 5 Messages");
    browser.fill("connections", "5");
    assertThat(browser.text("connections-problem")).isEmpty();
  }

  @Test
  void hostileTextStaysText() {
    String hostile = "<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>";
    openEstablished("");
    browser.fill("text", hostile + Keys.ENTER);
    browser.await("a reply", () -> browser.text("reply").startsWith(hostile));
    browser.await("its row", () -> browser.text("log").contains("Received:" + "\n" + hostile));

    String report =
        reportJson("FAIL", 1)
            .replace("\"a reason\"", "\"" + hostile.replace("\"", "\\\"") + "\"")
            .replace("\"unanswered\"", "\"" + hostile.replace("\"", "\\\"") + "\"");
    browser.run(DROP, hostile + ".json", report);
    browser.await("the report", () -> browser.text("reasons").contains(hostile));
    assertThat(browser.text("anomalies")).contains(hostile);
    browser.run(DROP, hostile + ".json", "nonsense");
    browser.await("a sentence", () -> browser.text("file-problem").contains(hostile));

    assertThat(browser.all("main img, main script")).isEmpty();
    assertThat(browser.run("return window.hacked")).isNull();
  }

  @Test
  @SuppressWarnings("unchecked")
  void theLedgerMakesOfTheVectorsWhatTheJavaLedgerMakes() {
    openEstablished("");
    Object results =
        browser.later(
            "const {checkAll} = await import(new URL('test/vectors.js', document.baseURI));"
                + "return checkAll(await (await fetch('test/vectors.json')).json());");

    List<Map<String, Object>> vectors = (List<Map<String, Object>>) results;
    assertThat(vectors).hasSizeGreaterThan(50);
    assertThat(vectors).filteredOn(v -> !((List<Object>) v.get("problems")).isEmpty()).isEmpty();
  }

  @Test
  void aReportIsWrittenThatTheCommandLineReads() throws IOException {
    openEstablished("#messages=500&seed=42");
    runToVerdict("start");
    Report report = downloadedReport();

    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    assertThat(report.run().seed()).isEqualTo(42);
    assertThat(report.run().receipts()).isTrue();
    assertThat(report.counts().delivered()).isEqualTo(500);
    assertThat(report.wsproof()).matches("\\d+\\.\\d+.*");
    assertThat(report.epochs()).hasSize(1);
    assertThat(report.timeline().replies().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(500);
    Histogram histogram = decode(report.histogram());
    assertThat(histogram.getTotalCount()).isEqualTo(500);
    assertThat(histogram.getValueAtPercentile(50) / 1e3)
        .isEqualTo(report.latencyMicros().sent().p50());
    assertThat(histogram.getMaxValue() / 1e3).isEqualTo(report.latencyMicros().sent().max());
  }

  @Test
  void aTranscriptHoldsEveryMessageAndReply() throws IOException {
    openEstablished("#messages=200&connections=2&seed=1");
    runToVerdict("start");
    Path file = browser.download(".jsonl", () -> browser.click("download-transcript"));
    List<String> lines = Files.readAllLines(file);

    assertThat(lines.get(0)).startsWith("{\"event\":\"run\",\"transcript\":1,");
    assertThat(lines).filteredOn(line -> line.contains("\"event\":\"sent\"")).hasSize(200);
    assertThat(lines)
        .filteredOn(line -> line.contains("\"event\":\"received\""))
        .filteredOn(line -> !line.contains("\"sequence\":\"end\""))
        .hasSize(200);
    assertThat(lines)
        .filteredOn(line -> line.contains("\"text\":\"Request 0/0 53d49737\""))
        .hasSize(1);
    assertThat(lines).filteredOn(line -> line.contains("\"event\":\"closed\"")).hasSize(2);
    assertThat(lines.get(lines.size() - 1)).startsWith("{\"event\":\"end\",").contains("PASS");
  }

  @Test
  void aDroppedReportIsShown() {
    openEstablished("");
    browser.run(DROP, "theirs.json", reportJson("FAIL", 1));
    browser.await("the verdict", () -> browser.title().startsWith("FAIL"));
    assertThat(browser.text("verdict-meaning")).contains("Report from theirs.json");
    assertThat(count("lost")).isEqualTo(1);
    assertThat(browser.text("reasons")).contains("a reason");
    assertThat(browser.text("anomalies")).contains("0/17", "client → server");

    for (String other :
        List.of("{\"hello\":1}", "[]", reportJson("FAIL", 1).replace("[{", "[null, {"))) {
      browser.run("document.getElementById('file-problem').textContent = ''");
      browser.run(DROP, "other.json", other);
      browser.await("a sentence", () -> browser.text("file-problem").contains("no wsproof report"));
    }

    String row = "{\"kind\": \"lost\", \"connection\": 0, \"sequence\": 1},";
    String many = reportJson("FAIL", 2).replace("[{", "[" + row.repeat(100_000) + "{");
    browser.run(DROP, "many.json", many);
    browser.await("the longer one", () -> count("lost") == 2);
    assertThat(browser.all("#anomalies tbody tr")).hasSize(1000);
    assertThat(browser.text("anomalies")).contains("A sample");
  }

  @Test
  void aLinkSharesTheTest() {
    openEstablished("");
    browser.fill("messages", "123");
    browser.fill("rate", "50");
    String address = server.echo() + "?max=7";
    browser.fill("address", address + Keys.ENTER);
    browser.await("the link", () -> browser.address().contains("max%3D7"));
    String link = browser.address();

    browser.open(link);
    awaitState(ESTABLISHED);
    assertThat(browser.element("messages").getAttribute("value")).isEqualTo("123");
    assertThat(browser.element("rate").getAttribute("value")).isEqualTo("50");
    assertThat(browser.element("address").getAttribute("value")).isEqualTo(address);
    assertThat(browser.text("start")).isEqualTo("Start 123 Messages");
  }

  @Test
  void theCommandIsQuotedForAShell() throws Exception {
    openEstablished(
        "#messages=77&connections=3&expect=" + URLEncoder.encode("-it's {message}$(x)", UTF_8));
    browser.click("copy-command");
    browser.await("the command", () -> !browser.text("command").isEmpty());
    String command = browser.text("command");
    Process shell =
        new ProcessBuilder("sh", "-c", "wsproof() { printf '%s\\n' \"$@\"; }; " + command).start();

    assertThat(new String(shell.getInputStream().readAllBytes(), UTF_8).lines().toList())
        .containsExactly(
            "verify",
            server.echo(),
            "-n",
            "77",
            "-c",
            "3",
            "-w",
            "64",
            "--expect=-it's {message}$(x)");
  }

  @Test
  void theLogShowsFiltersPausesAndClears() {
    openEstablished("#messages=300&connections=3");
    runToVerdict("start");
    browser.await("all rows", () -> browser.text("log-size").equals("612 rows"));
    assertThat(rows()).anySatisfy(row -> assertThat(row).contains("Received:", "Request"));

    browser.fill("log-text", "REQUEST 1/17 ");
    browser.await("two rows", () -> browser.text("log-size").startsWith("2 rows of 612"));
    browser.await("them", () -> rows().size() == 2);
    assertThat(rows().get(0)).contains("Sent:", "Request 1/17 ");
    browser.fill("log-text", Keys.BACK_SPACE.toString());
    choose("log-connection", "2");
    choose("log-show", "sent");
    browser.await("its messages", () -> browser.text("log-size").startsWith("101 rows"));

    choose("log-connection", "");
    choose("log-show", "");
    browser.click("log-pause");
    browser.click("send");
    browser.await("two more", () -> browser.text("log-size").equals("614 rows"));
    assertThat(String.join("\n", rows())).doesNotContain("Hello Server");
    browser.click("log-pause");
    browser.await("them", () -> String.join("\n", rows()).contains("Hello Server"));

    browser.click("log-clear");
    browser.await("nothing", () -> browser.text("log-size").equals("0 rows"));
    browser.await("no rows", () -> rows().isEmpty());
  }

  @Test
  void theKeyboardAloneIsEnough() {
    openEstablished("#messages=50");
    tabTo("text");
    browser.focused().sendKeys(Keys.END, "!", Keys.ENTER);
    browser.await("a reply", () -> browser.text("reply").startsWith("Hello Server! - "));
    tabTo("messages");
    browser.focused().sendKeys(Keys.chord(Keys.CONTROL, "a"), "60");
    tabTo("start");
    browser.focused().sendKeys(Keys.SPACE);
    awaitVerdict();
    assertThat(browser.text("account")).contains("60 sent");
    assertThat(browser.focused().getAttribute("id")).isEqualTo("start");
    tabTo("log-text");
    browser.focused().sendKeys("0/59 ");
    browser.await("two rows", () -> browser.text("log-size").startsWith("2 rows of"));
    tabTo("log");
  }

  @Test
  void thePlotsAreReadByPointerAndByArrowKeys() {
    openEstablished("#messages=5000");
    runToVerdict("start");
    browser.hover("plot-latency");
    browser.await(
        "a point",
        () ->
            browser
                .text("read-latency")
                .matches("[\\d.]+ s: (no reply|median .* ms, longest .* ms)"));
    browser.hover("verdict");
    browser.await("no point", () -> browser.text("read-latency").isEmpty());

    tabTo("plot-randoms");
    browser.focused().sendKeys(Keys.HOME);
    browser.await("the first", () -> browser.text("read-randoms").matches("1: \\d+ times"));
    browser.focused().sendKeys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    browser.await("the third", () -> browser.text("read-randoms").matches("3: \\d+ times"));
    browser.focused().sendKeys(Keys.END, Keys.ARROW_RIGHT);
    browser.await("the last", () -> browser.text("read-randoms").matches("100: \\d+ times"));
    assertAccessible();
  }

  @Test
  void everyoneCanUseIt() {
    openEstablished("#messages=200");
    assertAccessible();
    runToVerdict("start");
    browser.run("document.getElementById('more').open = true");
    browser.click("copy-command");
    assertAccessible();
    browser.prefer("prefers-color-scheme", "dark");
    assertAccessible();
    browser.fill("messages", "0" + Keys.ENTER);
    assertAccessible();
  }

  @Test
  void thePageFitsEveryScreen() throws IOException {
    openEstablished("#messages=300");
    runToVerdict("start");
    try {
      for (int width : new int[] {320, 768, 3840}) {
        browser.device(width, width == 3840 ? 2160 : 1200);
        assertThat(((Number) browser.run("return document.documentElement.scrollWidth")).intValue())
            .as("the width of what is drawn")
            .isLessThanOrEqualTo(width);
        browser.screenshot("width-" + width);
      }
    } finally {
      browser.noDevice();
    }
  }

  private static Histogram decode(String base64) {
    try {
      return Histogram.decodeFromCompressedByteBuffer(
          ByteBuffer.wrap(Base64.getDecoder().decode(base64)), 0);
    } catch (java.util.zip.DataFormatException e) {
      throw new AssertionError(e);
    }
  }

  private static String reportJson(String verdict, int lost) {
    return """
        {"wsproof": "0.1", "verdict": "%s", "reasons": ["a reason"],
         "run": {"id": "1", "seed": 1, "url": "ws://example/", "startedAt": "2026-01-01T00:00:00Z",
                 "seconds": 0.5, "messages": 100, "connections": 1, "window": 64},
         "counts": {"planned": 100, "sent": 100, "delivered": %d, "lost": %d, "duplicated": 0,
                    "reordered": 0, "corrupted": 0, "misdelivered": 0, "unexpected": 0,
                    "inDoubt": 0, "neverSent": 0},
         "legs": null,
         "anomalies": [{"kind": "lost", "connection": 0, "sequence": 17, "leg": "outbound",
                        "detail": "unanswered", "expected": "Request 0/17", "actual": null}]}
        """
        .formatted(verdict, 100 - lost, lost);
  }
}
