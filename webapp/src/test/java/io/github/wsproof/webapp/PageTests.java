package io.github.wsproof.webapp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Reports;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.relay.Fault;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.relay.Relay;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, by click and key; who extends it says which server it is on. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PageTests {
  static final String ESTABLISHED = "WebSocket connection established";
  static final String DROP =
      "const data = new DataTransfer();"
          + "data.items.add(new File([arguments[1]], arguments[0], {type: 'application/json'}));"
          + "for (const type of ['dragover', 'drop']) {"
          + "  document.body.dispatchEvent(new DragEvent(type,"
          + "    {dataTransfer: data, bubbles: true, cancelable: true}));"
          + "}";

  Browser browser;
  Host server;

  /**
   * Starts a server with the page.
   *
   * @param port 0 for any
   */
  abstract Host start(int port) throws Exception;

  @BeforeAll
  void startBrowserAndServer() throws Exception {
    assumeTrue(Browser.missing().isEmpty(), () -> Browser.missing().orElse(""));
    server = start(0);
    browser = Browser.start();
  }

  @AfterAll
  void stopBrowserAndServer() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void desktop() {
    browser.size(1440, 1500);
    browser.prefer("prefers-color-scheme", "light");
  }

  @AfterEach
  void theConsoleIsSilent() {
    assertThat(browser.consoleErrors()).isEmpty();
  }

  @Test
  void oneMessageIsAnsweredWithItsRandomNumberSetApart() {
    openEstablished("");
    browser.fill("text", "How are you?" + Keys.ENTER);
    browser.await("a reply", () -> browser.text("reply").startsWith("How are you? - "));

    String random = browser.text("random");
    assertThat(browser.text("reply")).isEqualTo("How are you? - " + random);
    assertThat(Integer.parseInt(random)).isBetween(1, 100);
    assertThat(browser.text("round-trip")).matches("[\\d.,]+ ms");

    browser.click("one-binary");
    browser.fill("text", "second");
    browser.click("send");
    browser.await("its successor", () -> browser.text("reply").startsWith("second - "));
    assertThat(browser.text("reply-size")).contains("binary");
  }

  @Test
  void tenThousandMessagesInRapidSuccessionComeBackAndThePageStaysAwake() throws IOException {
    openEstablished("#window=256");
    runToVerdict("start");
    browser.run(
        "window.see = (entries) => entries.forEach((e) => longest = Math.max(longest, e.duration));"
            + "window.observer = new PerformanceObserver((list) => see(list.getEntries()));"
            + "observer.observe({type: 'longtask'});");
    double fastest = Double.MAX_VALUE;
    double longest = Double.MAX_VALUE;
    // The best of three: what other programs take of the processor is not the page's.
    for (int i = 0; i < 3; i++) {
      browser.run("window.longest = 0");
      runToVerdict("start");
      fastest = Math.min(fastest, seconds());
      longest = Math.min(longest, number("see(observer.takeRecords()); return window.longest"));
    }

    browser.run(
        "setTimeout(() => {for (const from = performance.now(); performance.now() - from < 150; );})");
    browser.await("the observer", () -> number("return longest") >= 150);

    assertThat(browser.title()).isEqualTo("PASS · WebSocket Client");
    assertThat(browser.text("verdict")).endsWith("PASS");
    assertThat(browser.text("account")).contains("10,000 sent · 10,000 delivered · 0 lost");
    assertThat(count("delivered")).isEqualTo(10_000);
    System.out.printf(
        "10,000 messages in %.2f s; the main thread's longest task %.0f ms%n", fastest, longest);
    assertThat(longest).as("ms, a page that stands still").isLessThan(1000);
    browser.click("send");
    browser.await("a reply", () -> browser.text("reply").startsWith("Hello Server - "));
    browser.run("scrollTo(0, 0)");
    browser.screenshot("pass-light");
    browser.prefer("prefers-color-scheme", "dark");
    browser.screenshot("pass-dark");
  }

  @Test
  void everyWindowAndManyConnectionsAndBinaryMessagesPass() {
    for (String settings :
        List.of(
            "#messages=300&window=1",
            "#messages=5000&window=0&binary=true",
            "#messages=2000&connections=20&size=300",
            "#messages=200&rate=1000&receipts=false")) {
      openEstablished(settings);
      runToVerdict("start");
      assertThat(browser.title()).as(settings).startsWith("PASS");
    }
    assertThat(browser.text("reasons")).contains("no receipts were asked for", "cannot ping");
  }

  @Test
  void aRunCanBeStopped() {
    openEstablished("#messages=5000000");
    assertThat(browser.text("start")).isEqualTo("Start 5,000,000 Messages");
    browser.click("start");
    browser.await("replies", () -> count("delivered") > 1000);
    browser.click("stop");
    awaitVerdict();

    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(browser.text("reasons")).contains("the run was interrupted");
    assertThat(count("neverSent")).isPositive();
    assertThat(count("sent") + count("neverSent")).isEqualTo(5_000_000);
    assertThat(count("lost")).isZero();
    assertThat(browser.focused().getAttribute("id")).isEqualTo("start");
  }

  @Test
  void aServerThatStopsInTheMiddleIsToldAndComesBack() throws Exception {
    int port;
    try (Host other = start(0)) {
      port = other.port();
      browser.open(other.page() + "#messages=5000000");
      awaitState(ESTABLISHED);
      browser.click("start");
      browser.await("replies", () -> count("delivered") > 1000);
    }
    awaitVerdict();
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(browser.text("reasons"))
        .containsAnyOf("was closed by the server with 1001", "broke without a close frame");
    assertThat(count("lost")).isZero();
    browser.await(
        "a countdown", () -> browser.text("countdown").matches("Reconnecting in \\d+ s."));

    try (Host again = start(port)) {
      awaitState(ESTABLISHED);
      assertThat(again.port()).isEqualTo(port);
    }
    browser.await("a countdown", () -> browser.text("countdown").startsWith("Reconnecting in"));
    browser.click("disconnect");
    awaitState("Not connected. Press Connect to try again.");
    assertThat(browser.text("countdown")).isEmpty();
  }

  @Test
  void aConnectionIsClosedAndOpenedByButton() {
    openEstablished("");
    browser.click("disconnect");
    awaitState("Closed by this page (1000).");
    assertThat(browser.element("send").isEnabled()).isFalse();
    browser.click("connect");
    awaitState(ESTABLISHED);
  }

  @Test
  void aWrongAddressIsExplained() throws IOException {
    openEstablished("");
    browser.fill("address", server.echo().replace("ws:", "http:") + Keys.ENTER);
    assertThat(browser.text("address-problem")).contains("Did you mean " + server.echo() + "?");

    browser.fill("address", server.echo() + "/nothing" + Keys.ENTER);
    browser.await(
        "a failure", () -> browser.text("state").startsWith("No WebSocket connection to"));
    assertThat(browser.text("advice")).contains("Is the server running", "Copy as Command");
    browser.screenshot("wrong-address");
    browser.click("disconnect");

    runToVerdict("start");
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(browser.text("reasons"))
        .contains("could not connect to " + server.echo() + "/nothing")
        .contains("nothing was verified");
  }

  @Test
  void aServerThatRefusesTheAddressIsQuoted() {
    String address = server.echo() + "?min=7&max=3";
    openAt("#url=" + URLEncoder.encode(address, UTF_8));
    browser.await("a refusal", () -> browser.text("state").contains("1008"));
    assertThat(browser.text("state")).contains("Closed by the server (1008", "max must be");
    assertThat(browser.text("countdown")).isEmpty();
  }

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
  void behindALyingRelayThePageShowsExactlyWhatHappened() throws IOException {
    FaultPlan.Schedule lies =
        new FaultPlan.Schedule(5)
            .add(Fault.DROP, 3, 0, io.github.wsproof.relay.Leg.OUTBOUND, 100, 400)
            .add(Fault.DROP, 2, 0, io.github.wsproof.relay.Leg.INBOUND, 500, 700)
            .add(Fault.DUPLICATE, 4, 0, io.github.wsproof.relay.Leg.INBOUND, 800, 1000)
            .add(Fault.SWAP, 2, 0, io.github.wsproof.relay.Leg.INBOUND, 1100, 1200);
    URI target = URI.create(server.echo());
    Relay.Options options = new Relay.Options(1, Duration.ofSeconds(1), applied -> {});
    try (Relay relay = Relay.start(target, 0, lies.build(), options)) {
      openAt(
          "#messages=2000&window=16&drainSeconds=1&url="
              + URLEncoder.encode(relay.uri() + target.getPath().substring(1), UTF_8));
      awaitState(
          "Not connected: this link leads to another address. Check it, then press Connect.");
      runToVerdict("start");
    }

    assertThat(browser.title()).startsWith("FAIL");
    assertThat(count("lost")).isEqualTo(5);
    assertThat(count("duplicated")).isEqualTo(4);
    assertThat(count("reordered")).isEqualTo(2);
    assertThat(count("delivered")).isEqualTo(1995);
    assertThat(browser.all("#anomalies tbody tr")).hasSize(11);
    assertThat(browser.text("anomalies")).contains("client → server: 3 lost");
    browser.run("scrollTo(0, 0)");
    browser.screenshot("fail-light");
    browser.prefer("prefers-color-scheme", "dark");
    browser.screenshot("fail-dark");
    assertAccessible();

    choose("log-show", "lost");
    browser.await("the lost", () -> browser.text("log-size").startsWith("5 rows of"));
    assertThat(rows()).hasSize(5).allSatisfy(row -> assertThat(row).contains("Sent:", "lost"));
    Report report = downloadedReport();
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(report.legs().get(Leg.OUTBOUND).get(Kind.LOST)).isEqualTo(3);
    assertThat(report.legs().get(Leg.INBOUND).get(Kind.LOST)).isEqualTo(2);
  }

  @Test
  void aTickerKeepsNoRunFromEnding() throws Exception {
    try (TickingServer ticking = TickingServer.start(500)) {
      openAt("#messages=1000&drainSeconds=1&url=" + URLEncoder.encode(ticking.address(), UTF_8));
      runToVerdict("start");
    }
    assertThat(browser.title()).startsWith("FAIL");
    assertThat(count("delivered")).isEqualTo(999);
    assertThat(count("lost")).isEqualTo(1);
    assertThat(count("unexpected")).isPositive();
  }

  @Test
  void aReplyOfAnotherFormStopsTheRunAndSaysWhatWouldFit() {
    String address = server.echo() + "?form=%7Bmessage%7D!%20{random}";
    openEstablished(
        "#expect="
            + URLEncoder.encode("{message} - {random}", UTF_8)
            + "&url="
            + URLEncoder.encode(address, UTF_8));
    runToVerdict("start");
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(browser.text("reasons")).contains("try --expect '{message}! {random}'");

    browser.fill("expect", "");
    runToVerdict("start");
    assertThat(browser.title()).as("the form that the address asks for").startsWith("PASS");
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

  @Test
  void withoutAWebSocketThePageGoesOnByEventsAndReturnsWhenItCan() throws Exception {
    try (BlockingProxy proxy = new BlockingProxy(server.port(), false)) {
      openThrough(proxy, "server-sent events + POST");
      browser.fill("text", "How are you?" + Keys.ENTER);
      browser.await("a reply", () -> browser.text("reply").startsWith("How are you? - "));
      browser.click("one-binary");
      browser.fill("text", "bytes" + Keys.ENTER);
      browser.await("bytes", () -> browser.text("reply").startsWith("bytes - "));
      assertThat(browser.text("reply-size")).contains("binary");

      runToVerdict("start");
      assertRunFellBack("server-sent events + POST");

      proxy.unblock();
      awaitState(ESTABLISHED);
      browser.click("one-binary");
      browser.fill("text", "Again" + Keys.ENTER);
      browser.await("a reply", () -> browser.text("reply").startsWith("Again - "));
      runToVerdict("start");
      assertThat(browser.run("return wsproof.state.report.run.transport ?? ''")).isEqualTo("");
      assertThat(browser.title()).startsWith("PASS");
    }
  }

  @Test
  void withoutEventsThePagePolls() throws Exception {
    try (BlockingProxy proxy = new BlockingProxy(server.port(), true)) {
      openThrough(proxy, "long polling + POST");

      runToVerdict("start");
      assertRunFellBack("long polling + POST");
    }
  }

  private void openThrough(BlockingProxy proxy, String transport) {
    browser.open(
        "http://localhost:" + proxy.port() + server.context() + "#messages=200&connections=2");
    awaitState(
        "Connected by "
            + transport
            + ": no WebSocket could be opened. The page returns to one when it can.");
  }

  /** The same ledger, receipts and all. */
  private void assertRunFellBack(String transport) {
    assertThat(browser.title()).as(browser.text("account")).startsWith("PASS");
    assertThat(count("delivered")).isEqualTo(200);
    assertThat(browser.run("return wsproof.state.report.run.transport")).isEqualTo(transport);
    assertThat(browser.run("return wsproof.state.report.run.receipts")).isEqualTo(true);
    assertThat(browser.run("return wsproof.state.report.reasons.join()").toString())
        .contains("no WebSocket could be opened: the messages went by " + transport);
  }

  void openAt(String fragment) {
    browser.open(server.page() + fragment);
  }

  void openEstablished(String fragment) {
    openAt(fragment);
    awaitState(ESTABLISHED);
  }

  void awaitState(String sentence) {
    browser.await("the state: " + sentence, () -> browser.text("state").equals(sentence));
  }

  void runToVerdict(String button) {
    browser.run("document.title = 'before'");
    browser.click(button);
    awaitVerdict();
  }

  void awaitVerdict() {
    browser.await(
        "a verdict",
        Duration.ofSeconds(40),
        () -> browser.title().matches("(PASS|FAIL|INCONCLUSIVE) .*"));
  }

  private double seconds() {
    return number("return wsproof.state.report.run.seconds");
  }

  double number(String script) {
    return ((Number) browser.run(script)).doubleValue();
  }

  long count(String kind) {
    Object text =
        browser.run(
            "return document.querySelector(`#counts [data-kind=${arguments[0]}] dd`).textContent",
            kind);
    return Long.parseLong(text.toString().replace(",", ""));
  }

  List<String> rows() {
    return browser.all("#log .row:not([hidden])").stream()
        .map(row -> row.getText().replace("\n", " "))
        .collect(Collectors.toList());
  }

  void choose(String id, String value) {
    WebElement select = browser.element(id);
    new org.openqa.selenium.support.ui.Select(select).selectByValue(value);
  }

  void tabTo(String id) {
    for (int i = 0; i < 60; i++) {
      if (id.equals(browser.focused().getAttribute("id"))) {
        return;
      }
      browser.focused().sendKeys(Keys.TAB);
    }
    throw new AssertionError("the tabulator does not reach " + id);
  }

  @SuppressWarnings("unchecked")
  void assertAccessible() {
    browser.run(resource("/axe.min.js"));
    Object found =
        browser.later(
            "const {violations} = await axe.run(document,"
                + " {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});"
                + "return violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html + n.failureSummary).join());");
    assertThat((List<String>) found).isEmpty();
  }

  private static String resource(String name) {
    try (java.io.InputStream stream = PageTests.class.getResourceAsStream(name)) {
      return new String(stream.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  Report downloadedReport() throws IOException {
    Path file = browser.download(".json", () -> browser.click("download-report"));
    return Reports.fromJson(Files.readString(file));
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
