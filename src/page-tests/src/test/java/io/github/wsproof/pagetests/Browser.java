package io.github.wsproof.pagetests;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * Chromium without a window, driven as a person would: by click and key.
 *
 * <p>Both programs are found on the PATH, or named by the system properties {@code
 * wsproof.chromium} and {@code wsproof.chromedriver}; nothing is downloaded. Not thread-safe.
 */
final class Browser implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(20);
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private final ChromeDriver driver;
  private final Path profile;
  private final Path downloads;

  private Browser(ChromeDriver driver, Path profile) {
    this.driver = driver;
    this.profile = profile;
    this.downloads = profile.resolve("downloads");
  }

  /** What is missing for {@link #start} to work, in a sentence. */
  static Optional<String> missing() {
    return Stream.of("chromium", "chromedriver")
        .filter(name -> find(name).isEmpty())
        .findFirst()
        .map(
            name ->
                "there is no "
                    + name
                    + " on the PATH; install it (Debian: apt-get install chromium chromium-driver) or"
                    + " set -Dwsproof."
                    + name
                    + "=/path/to/it");
  }

  static Browser start() throws IOException {
    Path profile = Files.createTempDirectory("wsproof-browser");
    Path downloads = Files.createDirectory(profile.resolve("downloads"));
    ChromeOptions options = new ChromeOptions();
    options.setBinary(find("chromium").orElseThrow());
    options.addArguments(
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--user-data-dir=" + profile);
    options.setExperimentalOption(
        "prefs",
        Map.of(
            "download.default_directory",
            downloads.toString(),
            // To ask for the clipboard is to wait for a click on a prompt that nobody sees.
            "profile.default_content_setting_values.clipboard",
            1));
    options.setCapability("goog:loggingPrefs", Map.of("browser", "ALL"));
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(find("chromedriver").orElseThrow())
            .usingAnyFreePort()
            .build();
    return new Browser(new ChromeDriver(service, options), profile);
  }

  private static Optional<File> find(String name) {
    String named = System.getProperty("wsproof." + name);
    Stream<File> candidates =
        named != null
            ? Stream.of(new File(named))
            : Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> new File(folder, name));
    return candidates.filter(File::canExecute).findFirst();
  }

  /** Opens an address in a fresh page, even if only what is behind its # differs. */
  void open(String address) {
    driver.get("about:blank");
    driver.manage().logs().get("browser");
    driver.get(address);
  }

  void size(int width, int height) {
    driver.manage().window().setSize(new Dimension(width, height));
  }

  /** A window as narrow as a phone; headless windows are no narrower than 500 px. */
  void device(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  void noDevice() {
    driver.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
  }

  void prefer(String feature, String value) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", feature, "value", value))));
  }

  WebElement element(String id) {
    return driver.findElement(By.id(id));
  }

  List<WebElement> all(String css) {
    return driver.findElements(By.cssSelector(css));
  }

  String text(String id) {
    return element(id).getText();
  }

  /** Moves the pointer to the middle of an element. */
  void hover(String id) {
    new Actions(driver).moveToElement(element(id)).perform();
  }

  void click(String id) {
    WebElement element = element(id);
    run("arguments[0].scrollIntoView({block: 'center'})", element);
    element.click();
  }

  /** Replaces what stands in a field. */
  void fill(String id, String text) {
    WebElement field = element(id);
    field.clear();
    field.sendKeys(text);
  }

  String title() {
    return driver.getTitle();
  }

  String address() {
    return driver.getCurrentUrl();
  }

  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  void await(String what, BooleanSupplier condition) {
    await(what, BOUND, condition);
  }

  void await(String what, Duration bound, BooleanSupplier condition) {
    new WebDriverWait(driver, bound, Duration.ofMillis(20))
        .withMessage(() -> what + "; " + consoleErrors() + "; state: " + text("state"))
        .until(ignored -> condition.getAsBoolean());
  }

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Runs a script that returns a promise. */
  Object later(String script, Object... arguments) {
    driver.manage().timeouts().scriptTimeout(BOUND);
    return driver.executeAsyncScript(
        "const done = arguments[arguments.length - 1]; (async (...a) => {"
            + script
            + "})(...arguments).then(done, (e) => done('failed: ' + e));",
        arguments);
  }

  void screenshot(String name) throws IOException {
    Files.createDirectories(SCREENSHOTS);
    Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  /** The file that a download puts down, whole. */
  Path download(String suffix, Runnable action) {
    List<Path> before = downloaded(suffix);
    action.run();
    await("a download of *" + suffix, () -> downloaded(suffix).size() > before.size());
    return downloaded(suffix).stream()
        .filter(file -> !before.contains(file))
        .findAny()
        .orElseThrow();
  }

  private List<Path> downloaded(String suffix) {
    try (Stream<Path> files = Files.list(downloads)) {
      return files.filter(file -> file.toString().endsWith(suffix)).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What the console complains of, but for sockets and files that could not be reached. */
  List<String> consoleErrors() {
    return driver.manage().logs().get("browser").getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= java.util.logging.Level.SEVERE.intValue())
        .map(LogEntry::getMessage)
        .filter(message -> !message.contains("WebSocket connection to"))
        // What stands in for one may be refused as well, and a browser tells of every such answer.
        .filter(message -> !message.contains("/sessions"))
        .toList();
  }

  @Override
  public void close() {
    driver.quit();
    try (Stream<Path> files = Files.walk(profile)) {
      // What a folder holds comes behind it.
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | java.io.UncheckedIOException e) {
      // A process of the browser still writes there; the system clears its temporary folder.
      System.err.println("left behind: " + profile + ": " + e);
    }
  }
}
