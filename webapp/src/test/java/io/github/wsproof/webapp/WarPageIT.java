package io.github.wsproof.webapp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The page of the WAR, in a real browser, on Tomcat and under a context path. */
class WarPageIT {
  private static final String CONTEXT = "/some/where";

  private static Tomcat tomcat;
  private static Browser browser;

  @BeforeAll
  static void startTomcatAndBrowser() throws Exception {
    assumeTrue(Browser.missing().isEmpty(), () -> Browser.missing().orElse(""));
    Path base = Files.createDirectories(Path.of("target", "tomcat").toAbsolutePath());
    Files.createDirectories(base.resolve("webapps"));
    tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addWebapp(CONTEXT, new File("target/wsproof.war").getAbsolutePath());
    // The endpoints are the WAR's own, not those that these tests have on their class path.
    ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
    tomcat.start();
    browser = Browser.start();
    browser.size(1440, 1500);
  }

  @AfterAll
  static void stopBrowserAndTomcat() throws Exception {
    if (browser != null) {
      browser.close();
    }
    if (tomcat != null) {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  @AfterEach
  void theConsoleIsSilent() {
    assertThat(browser.consoleErrors()).isEmpty();
  }

  private static void open(String settings) {
    browser.open(
        "http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + CONTEXT + "/" + settings);
    browser.await(
        "a connection", () -> browser.text("state").equals("WebSocket connection established"));
  }

  private static String run() {
    browser.run("document.title = 'before'");
    browser.click("start");
    browser.await(
        "a verdict",
        Duration.ofSeconds(40),
        () -> browser.title().matches("(PASS|FAIL|INCONCLUSIVE) .*"));
    return browser.title();
  }

  @Test
  void theAddressIsDerivedFromTheContextPathAndOneMessageIsAnswered() {
    open("");
    assertThat(browser.element("address").getAttribute("value")).endsWith(CONTEXT + "/echo");
    String hostile = "<img src=x onerror=\"window.hacked=1\">";
    browser.fill("text", hostile + Keys.ENTER);
    browser.await("a reply", () -> browser.text("reply").startsWith(hostile + " - "));

    assertThat(Integer.parseInt(browser.text("random"))).isBetween(1, 100);
    assertThat(browser.run("return window.hacked")).isNull();
  }

  @Test
  void tenThousandMessagesPass() {
    open("#window=256");
    assertThat(run()).startsWith("PASS");
    assertThat(browser.text("account")).contains("10,000 sent · 10,000 delivered · 0 lost");

    open("#window=1&messages=1000&connections=5&binary=true");
    assertThat(run()).startsWith("PASS");
  }

  @Test
  void aRunCanBeStopped() {
    open("#messages=5000000");
    browser.click("start");
    browser.await("replies", () -> browser.text("counts").matches("(?s).*delivered\\s+[1-9].*"));
    browser.click("stop");
    browser.await("a verdict", () -> browser.title().startsWith("INCONCLUSIVE"));
    assertThat(browser.text("reasons")).contains("the run was interrupted");
  }
}
