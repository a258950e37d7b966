package io.github.wsproof.pagetests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.ReceivePlan;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.Reports;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.StreamMessages;
import java.io.IOException;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.java_websocket.WebSocket;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The page receives what a server pushes, with the account of {@code wsproof receive}. */
class StreamPageTest extends PageTests {
  private static final int MESSAGES = 200;
  private static final StreamMessages OURS = new StreamMessages("a", "00000001");
  private static final StreamMessages ANEW = new StreamMessages("a", "00000002");
  private static final StreamMessages OTHER = new StreamMessages("b", "00000001");
  private static final String IDLE = "Not connected. Receive opens the stream.";

  /** What is done with the honest texts of the messages. */
  private record Lie(Kind kind, Consumer<List<String>> change) {}

  private static final Map<String, Lie> LIES =
      Map.ofEntries(
          Map.entry("drop", new Lie(Kind.LOST, texts -> texts.remove(17))),
          Map.entry("double", new Lie(Kind.DUPLICATED, texts -> texts.add(20, texts.get(17)))),
          Map.entry("swap", new Lie(Kind.REORDERED, texts -> Collections.swap(texts, 17, 18))),
          Map.entry("late", new Lie(Kind.REORDERED, texts -> texts.add(99, texts.remove(17)))),
          Map.entry("random", new Lie(Kind.CORRUPTED, texts -> change(texts, "[17]", "[71]"))),
          Map.entry("number", new Lie(Kind.CORRUPTED, texts -> change(texts, "r [17]", "r [57]"))),
          Map.entry("all of it", new Lie(Kind.CORRUPTED, texts -> texts.set(17, "<b>x</b>"))),
          Map.entry("first", new Lie(Kind.CORRUPTED, texts -> texts.set(0, "[0] Reque"))),
          Map.entry("exchange", new Lie(Kind.MISDELIVERED, t -> t.set(17, OTHER.sealed(5, 17)))),
          Map.entry("insert", new Lie(Kind.UNEXPECTED, t -> t.add(17, OTHER.sealed(5, 3)))),
          Map.entry("greet", new Lie(Kind.UNEXPECTED, texts -> texts.add(0, "welcome"))));

  private static void change(List<String> texts, String from, String to) {
    texts.set(17, texts.get(17).replace(from, to));
  }

  private static List<String> texts(StreamMessages stream, long from, long to) {
    List<String> texts = new ArrayList<>();
    for (long sequence = from; sequence < to; sequence++) {
      texts.add(stream.sealed(sequence % 100, sequence));
    }
    return texts;
  }

  private static void push(WebSocket client, List<String> texts) {
    texts.forEach(client::send);
  }

  private void openReceiver(String url, String more) {
    openAt("#mode=receive&url=" + URLEncoder.encode(url, UTF_8) + more);
    awaitState(IDLE);
  }

  private void receiveFrom(PushingServer lying, String more) {
    openReceiver(lying.url(), "&messages=" + MESSAGES + "&drainSeconds=1" + more);
    runToVerdict("start");
  }

  private String stream(String name) {
    return server.echo().replaceFirst("echo$", "stream/" + name);
  }

  @Test
  void aStreamIsReceivedAsTheCommandLineReceivesIt() throws Exception {
    openReceiver(stream("page"), "&messages=3000&connections=2");
    assertThat(browser.text("start")).isEqualTo("Receive 3,000 Messages");
    runToVerdict("start");

    assertThat(browser.title()).startsWith("PASS");
    assertThat(browser.text("verdict-meaning"))
        .isEqualTo("Every message came exactly once, in order and intact.");
    assertThat(browser.text("account"))
        .startsWith("PASS  6,000 sent · 6,000 delivered · 0 lost · 0 duplicated");
    assertThat(browser.text("progress-text")).isEqualTo("6,000 of 6,000 received");
    assertThat(browser.text("state")).isEqualTo("Closed by this page (1000).");
    assertThat(browser.element("latency").isDisplayed()).isFalse();
    assertThat(rows()).anySatisfy(row -> assertThat(row).contains("Received:", "Request Number"));
    browser.run("scrollTo(0, 0)");
    browser.screenshot("receive-light");

    Report ours = downloadedReport();
    assertThat(ours.verdict()).isEqualTo(Verdict.PASS);
    assertThat(ours.run().receives()).isTrue();
    assertThat(ours.run().receipts()).isTrue();
    assertThat(ours.run().messages()).isEqualTo(6000);
    assertThat(ours.run().options().get("streams").toString()).matches("\\[page/[0-9a-f]{8}]");
    assertThat(ours.epochs()).hasSize(2);
    assertThat(ours.timeline().replies().stream().mapToLong(Long::longValue).sum()).isEqualTo(6000);
    assertThat(browser.element("download-transcript").isDisplayed()).isFalse();

    Report theirs =
        ReceivePlan.to(stream("page")).messages(3000).connections(2).reconnect(true).build().run();
    assertThat(theirs.counts()).isEqualTo(ours.counts());
    assertThat(theirs.run().options()).hasToString(ours.run().options().toString());
    for (String part : List.of("", ".run", ".counts", ".legs.inbound", ".rate", ".path")) {
      assertThat(keysOfPage("report" + part)).as(part).isEqualTo(keysOf(theirs, part));
    }
    assertThat(keysOfPage("report.epochs[0]")).isEqualTo(keysOf(theirs, ".epochs[0]"));
  }

  /** The names of what a part of the page's report has; `merged` is of those that were merged. */
  @SuppressWarnings("unchecked")
  private Set<String> keysOfPage(String part) {
    return new TreeSet<>(
        (List<String>) browser.run("return Object.keys(wsproof.state." + part + ")"));
  }

  @SuppressWarnings("unchecked")
  private Set<String> keysOf(Report report, String part) {
    Set<String> keys =
        new TreeSet<>(
            (List<String>)
                browser.run(
                    "return Object.keys(JSON.parse(arguments[0])" + part + ")",
                    Reports.toJson(report)));
    keys.remove("merged");
    return keys;
  }

  @Test
  @Tag(THOROUGH)
  void eachLieOfAServerIsExactlyItsAnomaly() throws Exception {
    List<String> lies = new ArrayList<>(LIES.keySet());
    Collections.sort(lies);
    for (String name : lies) {
      Lie lie = LIES.get(name);
      List<String> texts = texts(OURS, 0, MESSAGES);
      lie.change.accept(texts);
      try (PushingServer lying = PushingServer.start((client, life, from) -> push(client, texts))) {
        receiveFrom(lying, "");
      }
      assertThat(browser.title()).as(name).startsWith("FAIL");
      for (Kind kind : Kind.values()) {
        assertThat(count(kind.label()))
            .as(kind + " of " + name)
            .isEqualTo(kind == lie.kind ? 1 : 0);
      }
      assertThat(browser.text("anomalies")).as(name).contains("server → client");
    }
  }

  @Test
  void whatALyingServerDidIsShownAndFoundInTheLog() throws Exception {
    List<String> texts = texts(OURS, 0, MESSAGES);
    for (Lie lie : List.of(LIES.get("double"), LIES.get("random"))) {
      lie.change.accept(texts);
    }
    texts.remove(150);
    try (PushingServer lying = PushingServer.start((client, life, from) -> push(client, texts))) {
      receiveFrom(lying, "");
    }
    assertThat(count("lost")).isEqualTo(1);
    assertThat(browser.text("anomalies")).contains("0/17", "0/149", "[71]");
    browser.run("scrollTo(0, 0)");
    browser.screenshot("receive-fail-light");
    browser.prefer("prefers-color-scheme", "dark");
    browser.screenshot("receive-fail-dark");
    assertAccessible();

    choose("log-show", "duplicated");
    browser.await("the copy", () -> browser.text("log-size").startsWith("1 row of"));
    browser.await("its row", () -> rows().size() == 1);
    assertThat(rows().get(0)).contains("Received:", "Request Number [17]", "duplicated");
    Report report = downloadedReport();
    assertThat(report.legs().get(Leg.INBOUND)).containsEntry(Kind.LOST, 1L);
    assertThat(report.anomalies()).anySatisfy(a -> assertThat(a.sequence()).isEqualTo(149));
  }

  @Test
  void messagesWithoutSealsAreJudgedByFormAndNumber() throws Exception {
    try (PushingServer plain =
        PushingServer.start(
            (client, life, from) -> {
              for (int i = 0; i < MESSAGES; i++) {
                if (i != 17) {
                  client.send(StreamMessages.text(42, i));
                }
              }
            })) {
      receiveFrom(plain, "");
      assertThat(plain.asked).containsExactly("/stream/a?receipt=1");
    }
    assertThat(browser.title()).startsWith("FAIL");
    assertThat(count("lost")).isEqualTo(1);
    assertThat(browser.text("reasons")).contains("the server seals no messages");
    assertThat(downloadedReport().legs()).isNull();
  }

  @Test
  void oneMessageWithoutASealIsEnough() throws Exception {
    try (PushingServer plain =
        PushingServer.start(
            (client, life, from) -> {
              client.send(StreamMessages.text(42, 0));
              client.close(1012, "restart");
            })) {
      openReceiver(plain.url(), "&messages=1");
      runToVerdict("start");
      assertThat(plain.asked).hasSize(1);
    }
    assertThat(browser.title()).startsWith("PASS");
    assertThat(downloadedReport().epochs()).hasSize(1);
  }

  /** The rest of the stream comes only when the page has said what is gone. */
  @Test
  void whatIsGoneIsSaidAtOnce() throws Exception {
    CompletableFuture<WebSocket> told = new CompletableFuture<>();
    try (PushingServer pushing =
        PushingServer.start(
            (client, life, from) -> {
              client.send(OURS.sealedGone(0, 39));
              told.complete(client);
            })) {
      openReceiver(pushing.url(), "&messages=" + MESSAGES);
      browser.click("start");
      browser.await(
          "the gap",
          () ->
              browser
                  .text("reasons")
                  .equals("connection 0: messages 0–39 are gone; the server has let go of them"));
      assertThat(count("gone")).isEqualTo(40);
      assertThat(browser.text("state")).isEqualTo("Receiving");
      assertThat(browser.all("#mode input").get(0).isEnabled()).isFalse();
      browser.screenshot("receive-gone");
      assertAccessible();
      push(told.get(), texts(OURS, 40, MESSAGES));
      awaitVerdict();
    }
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(count("gone")).isEqualTo(40);
    assertThat(count("delivered")).isEqualTo(MESSAGES - 40);
    assertThat(count("lost")).isZero();
    assertThat(browser.text("reasons"))
        .contains("40 messages are gone", "--from 40 is behind them");
    assertThat(browser.text("account")).contains(" · 40 gone");
    assertThat(downloadedReport().counts().gone()).isEqualTo(40);
  }

  @Test
  void aConnectionThatIsCutGoesOnBehindTheLastThatItHas() throws Exception {
    try (PushingServer pushing =
        PushingServer.start(
            (client, life, from) -> {
              push(client, texts(OURS, from, Math.min(MESSAGES, from + 70)));
              if (life < 2) {
                client.close(1012, "restart");
              }
            })) {
      receiveFrom(pushing, "");
      assertThat(pushing.asked)
          .containsExactly(
              "/stream/a?receipt=1",
              "/stream/a?receipt=1&from=70&run=00000001",
              "/stream/a?receipt=1&from=140&run=00000001");
    }
    assertThat(browser.title()).startsWith("PASS");
    assertThat(count("delivered")).isEqualTo(MESSAGES);
    assertThat(browser.text("reasons")).contains("connections were opened again 2 times");
    Report report = downloadedReport();
    assertThat(report.epochs()).hasSize(3);
    assertThat(report.epochs().get(0).closeCode()).isEqualTo(1012);
    assertThat(report.path().reconnects()).isEqualTo(2);
    browser.await("all rows", () -> browser.text("log-size").equals("206 rows"));
  }

  @Test
  void withoutThatACutEndsTheRun() throws Exception {
    try (PushingServer pushing =
        PushingServer.start(
            (client, life, from) -> {
              push(client, texts(OURS, 0, 70));
              client.close(1001, "the server is stopping");
            })) {
      receiveFrom(pushing, "&reconnect=false");
    }
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(count("neverSent")).isEqualTo(MESSAGES - 70);
    assertThat(browser.text("reasons"))
        .contains(
            "connection 0 was closed by the server with 1001 \"the server is stopping\", with 130"
                + " messages still to come");
    assertThat(browser.text("state")).contains("Closed by the server (1001");
  }

  @Test
  void aNewRunOfTheStreamIsReceivedFromItsFirstMessageAndTold() throws Exception {
    for (boolean refuses : List.of(true, false)) {
      try (PushingServer pushing =
          PushingServer.start(
              (client, life, from) -> {
                if (life == 0) {
                  push(client, texts(OURS, 0, 70));
                  client.close(1012, "restart");
                } else if (life == 1 && refuses) {
                  client.close(1008, "run 00000001 has ended; this is run 00000002, from=0");
                } else {
                  push(client, texts(ANEW, 0, MESSAGES));
                }
              })) {
        receiveFrom(pushing, "");
        assertThat(pushing.asked)
            .containsExactly(
                "/stream/a?receipt=1",
                "/stream/a?receipt=1&from=70&run=00000001",
                "/stream/a?receipt=1&run=00000002");
      }
      assertThat(browser.title()).startsWith("INCONCLUSIVE");
      assertThat(count("delivered")).isEqualTo(MESSAGES);
      assertThat(browser.text("reasons"))
          .contains(
              "the server began the stream a anew (run 00000002 in place of 00000001); what the run"
                  + " before had sent after message 69 is unknown");
    }
  }

  @Test
  @Tag(THOROUGH)
  void aServerThatIsRestartedGoesOnWithAnotherRun() throws Exception {
    int port;
    String url;
    try (Host first = Host.start(0)) {
      port = first.port();
      url = first.echo().replaceFirst("echo$", "stream/restarted");
      openReceiver(url, "&messages=10000&rate=2000");
      browser.click("start");
      browser.await("messages", () -> count("delivered") > 500);
    }
    browser.await("a cut", () -> browser.text("state").startsWith("The connection was cut."));
    try (Host again = Host.start(port)) {
      awaitVerdict();
      assertThat(again.port()).isEqualTo(port);
    }
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(browser.text("reasons"))
        .contains("the server began the stream restarted anew", "connections were opened again");
    assertThat(count("delivered")).isEqualTo(10_000);
    assertThat(count("lost") + count("duplicated") + count("corrupted")).isZero();
  }

  @Test
  void aStreamCanBeStopped() {
    openReceiver(stream("endless"), "&messages=1000000000");
    browser.click("start");
    browser.await("messages", () -> count("delivered") > 1000);
    browser.click("stop");
    awaitVerdict();
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(browser.text("reasons")).contains("the run was interrupted");
    assertThat(count("sent") + count("neverSent")).isEqualTo(1_000_000_000);
    assertThat(browser.focused().getAttribute("id")).isEqualTo("start");
  }

  @Test
  void whatTheServerRefusesIsQuoted() {
    openReceiver(stream("none-yet"), "&from=5");
    runToVerdict("start");
    assertThat(browser.title()).startsWith("INCONCLUSIVE");
    assertThat(browser.text("state"))
        .contains("Closed by the server (1008, “there is no stream none-yet yet: from=5”)");
    assertThat(browser.text("advice")).contains("Correct what the server refuses");

    browser.fill("address", stream("none-yet") + "?from=5" + Keys.ENTER);
    assertThat(browser.text("address-problem")).contains("Must not say “from=”");
    browser.fill("address", server.echo() + "/nothing" + Keys.ENTER);
    browser.await(
        "a failure", () -> browser.text("state").startsWith("No WebSocket connection to"));
    assertThat(browser.text("advice")).contains("Is the server running");
  }

  @Test
  void theModeIsSwitchedByKeyAndSharedByLink() throws Exception {
    openEstablished("");
    tabTo("address");
    browser.focused().sendKeys(Keys.chord(Keys.SHIFT, Keys.TAB));
    browser.focused().sendKeys(Keys.ARROW_RIGHT);
    awaitState(IDLE);
    assertThat(browser.element("address").getAttribute("value")).isEqualTo(stream("requests"));
    assertThat(browser.element("text").isDisplayed()).isFalse();
    assertThat(browser.element("connect").isDisplayed()).isFalse();
    assertAccessible();
    browser.prefer("prefers-color-scheme", "dark");
    assertAccessible();
    browser.screenshot("receive-idle-dark");

    browser.fill("address", stream("shared"));
    browser.fill("messages", "123");
    browser.fill("from", "7");
    browser.click("reconnect");
    browser.click("copy-command");
    browser.await("the command", () -> !browser.text("command").isEmpty());
    assertThat(browser.text("command"))
        .isEqualTo("wsproof receive " + stream("shared") + " -n 123 --from 7");
    String link = browser.address();

    browser.open(link);
    awaitState(IDLE);
    assertThat(browser.element("address").getAttribute("value")).isEqualTo(stream("shared"));
    assertThat(browser.element("messages").getAttribute("value")).isEqualTo("123");
    assertThat(browser.element("from").getAttribute("value")).isEqualTo("7");
    assertThat(browser.element("reconnect").isSelected()).isFalse();

    browser.fill("from", "-1" + Keys.ENTER);
    assertThat(browser.text("from-problem")).startsWith("Must be 0 to");
    browser.run("document.querySelector('#mode input').click()");
    awaitState(ESTABLISHED);
    assertThat(browser.element("address").getAttribute("value")).isEqualTo(server.echo());
    runToVerdict("start");
    assertThat(browser.text("account")).contains("123 sent · 123 delivered");
  }

  @Test
  void aReportOfTheCommandLineIsShownWithWhatIsGone() throws Exception {
    Report report;
    try (PushingServer pushing =
        PushingServer.start(
            (client, life, from) -> {
              client.send(StreamMessages.gone(0, 39));
              for (int i = 40; i < MESSAGES; i++) {
                client.send(StreamMessages.text(42, i));
              }
            })) {
      report = ReceivePlan.to(pushing.url()).messages(MESSAGES).build().run();
    }
    openEstablished("");
    browser.run(DROP, "theirs.json", Reports.toJson(report));
    browser.await("the verdict", () -> browser.title().startsWith("INCONCLUSIVE"));
    assertThat(count("gone")).isEqualTo(40);
    assertThat(browser.text("account")).contains("160 delivered", "40 gone");
    assertThat(browser.element("latency").isDisplayed()).isFalse();
  }

  @Test
  void theReceiverFitsEveryScreen() throws IOException {
    openReceiver(stream("screens"), "&messages=500");
    runToVerdict("start");
    try {
      for (int width : new int[] {320, 768, 3840}) {
        browser.device(width, width == 3840 ? 2160 : 1200);
        assertThat(number("return document.documentElement.scrollWidth"))
            .as("the width of what is drawn")
            .isLessThanOrEqualTo(width);
        browser.screenshot("receive-width-" + width);
      }
    } finally {
      browser.noDevice();
    }
  }

  @Test
  @SuppressWarnings("unchecked")
  void theLedgerOfStreamsMakesOfTheVectorsWhatTheJavaLedgerMakes() {
    openAt("#mode=receive");
    Object results =
        browser.later(
            "const {checkAll} = await import(new URL('test/stream-vectors.js', document.baseURI));"
                + "return checkAll(await (await fetch('test/stream-vectors.json')).json());");

    List<Map<String, Object>> vectors = (List<Map<String, Object>>) results;
    assertThat(vectors).hasSizeGreaterThan(50);
    assertThat(vectors).filteredOn(v -> !((List<Object>) v.get("problems")).isEmpty()).isEmpty();
  }
}
