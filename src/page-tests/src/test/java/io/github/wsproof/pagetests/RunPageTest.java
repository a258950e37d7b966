package io.github.wsproof.pagetests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.relay.Fault;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.relay.Relay;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** What the page sends, over whatever path, and what it makes of what comes back. */
class RunPageTest extends PageTests {
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
  void theAddressIsDerivedFromTheContextPath() {
    openEstablished("");
    assertThat(browser.element("address").getAttribute("value")).isEqualTo(server.echo());
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
  @Tag(THOROUGH)
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
    try (Host other = Host.start(0)) {
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

    try (Host again = Host.start(port)) {
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
  @Tag(THOROUGH)
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

  private double seconds() {
    return number("return wsproof.state.report.run.seconds");
  }
}
