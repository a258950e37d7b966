package io.github.wsproof.pagetests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Reports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The page in a real browser, by click and key, on the server that {@link Host} tells. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PageTests {
  /** For CI, on the WAR: it takes long, and what it proves others prove in part. */
  static final String THOROUGH = "thorough";

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

  @BeforeAll
  void startBrowserAndServer() throws Exception {
    assumeTrue(Browser.missing().isEmpty(), () -> Browser.missing().orElse(""));
    server = Host.start(0);
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
}
