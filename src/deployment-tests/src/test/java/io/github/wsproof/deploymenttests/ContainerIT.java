package io.github.wsproof.deploymenttests;

import static io.github.wsproof.deploymenttests.Refused.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Report.Epoch;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.deploymenttests.CompatibilityPage.Column;
import io.github.wsproof.deploymenttests.JdkConnection.End;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Set;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What every container has to pass: each message exactly once, at every size and window; limits;
 * the container's own shutdown, a restart and draining, under load. Where a container does
 * something in its own way, {@link Peculiarity} says so.
 */
@ExtendWith(ArquillianExtension.class)
@TestMethodOrder(OrderAnnotation.class)
class ContainerIT {
  private static final int MESSAGES = 10_000;
  private static final int[] SIZES = {8192, 8193, 65_536, 65_537, 1 << 20, 2 << 20};

  private static final int FIRST = 1;

  /** After all that needs a server that has not been stopped. */
  private static final int PATIENCE_ENDED = Order.DEFAULT + 1;

  private static final int STOPPED = PATIENCE_ENDED + 1;
  private static final int DRAINED = STOPPED + 1;

  /** Lasts from the first test to the last before the server is stopped. */
  private static Patience patience;

  @ArquillianResource private URL url;
  @ArquillianResource private Server server;
  private Address address;

  /** The least endpoint that one can write, in the same WAR. */
  private URI bare;

  @Deployment(testable = false)
  static WebArchive war() {
    return Wars.built("wsproof.war").addClass(BareEndpoint.class);
  }

  @BeforeEach
  void locate() {
    address = Address.of(url);
    bare = Peculiarity.HOLDS_ITS_APPLICATION.isHere() ? address.echo() : address.socket("bare");
  }

  /** What a container does by itself is for the page, and must not touch our endpoint. */
  @Test
  @Order(FIRST)
  @Tag("slow")
  void oneConnectionSaysNothingAndOneReadsNothing() throws Exception {
    patience = new Patience(bare, address.echo());
  }

  @Test
  @Order(PATIENCE_ENDED)
  @Tag("slow")
  void theyHaveEndedOrNot() throws Exception {
    try (Patience ended = patience) {
      CompatibilityPage.put(Column.IDLE_LIMIT, ended.withSilence());
      CompatibilityPage.put(Column.SLOW_READER, ended.withDeafness());
    }
    assertThat(get("metrics").body())
        .as("the client of ours that does not read is given up")
        .containsPattern(
            Peculiarity.HOLDS_ITS_APPLICATION.isHere()
                // It resets the connection; no send was waiting to fail.
                ? "(?m)^wsproof_closes_total\\{code=\"1006\"\\} [1-9]"
                : "(?m)^wsproof_failed_sends_total [1-9]");
    assertDelivered(run(RunPlan.to(address.echo().toString()).messages(1000)), 1000);
  }

  @Test
  void whatIsTooLongForABareEndpointIsNotForOurs() throws Exception {
    String limit = "≥ %,d".formatted(SIZES[SIZES.length - 1]);
    int longest = 0;
    for (int size : SIZES) {
      Report report =
          run(
              RunPlan.to(bare.toString())
                  .messages(1)
                  .sizeBytes(size)
                  .expect(bare.getPath().endsWith("bare") ? "{message}" : null));
      if (report.verdict() != Verdict.PASS) {
        limit = "%,d, then %d".formatted(longest, report.epochs().get(0).closeCode());
        break;
      }
      longest = size;
    }
    CompatibilityPage.put(Column.SIZE_LIMIT, limit);
    assertDelivered(run(RunPlan.to(address.echo().toString()).messages(1).sizeBytes(1 << 20)), 1);
  }

  @Test
  void thePageComesWithItsCharsetAndItsProtection() throws Exception {
    HttpResponse<String> page = get("");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<h1>WebSocket Client</h1>");
    assertThat(header(page, "Content-Type").replace(" ", ""))
        .isEqualToIgnoringCase("text/html;charset=utf-8");
    assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(page, "Content-Security-Policy")).contains("default-src 'none'");
    assertThat(get("main.js").statusCode()).isEqualTo(200);
    assertThat(get("missing.js").statusCode()).isEqualTo(404);
    assertThat(get("health").body()).isEqualTo("ok\n");
  }

  @ParameterizedTest
  @CsvSource({"1, false", "64, false", "256, false", "1, true", "64, true", "256, true"})
  void messagesOfEverySizeAreDelivered(int window, boolean binary) throws Exception {
    Report report =
        run(
            RunPlan.to(address.echo().toString())
                .messages(1000)
                .window(window)
                .sizes("125,126,4096,8192,8193,65535,65536")
                .binary(binary));

    assertDelivered(report, 1000);
  }

  @ParameterizedTest
  @CsvSource({"1, false", "16, false", "1, true", "16, true"})
  void messagesOfOneMebibyteAreDelivered(int window, boolean binary) throws Exception {
    Report report =
        run(
            RunPlan.to(address.echo().toString())
                .messages(32)
                .window(window)
                .sizeBytes(1 << 20)
                .binary(binary));

    assertDelivered(report, 32);
  }

  @ParameterizedTest
  @CsvSource({"1, false, ONE_AT_A_TIME", "256, false, PIPELINED", "1, true,", "256, true,"})
  void tenThousandMessagesAreDeliveredWithReceipts(int window, boolean binary, Column column)
      throws Exception {
    Report report =
        run(RunPlan.to(address.echo().toString()).messages(MESSAGES).window(window).binary(binary));

    if (column != null) {
      CompatibilityPage.put(
          column, "%s, %,d delivered".formatted(report.verdict(), report.counts().delivered()));
    }
    assertDelivered(report, MESSAGES);
  }

  /** Its speed is what the page tells; that nothing is lost at it is what is tested. */
  @Test
  void twentyTimesAsManyAreDelivered() throws Exception {
    Report report = run(RunPlan.to(address.echo().toString()).messages(20 * MESSAGES).window(256));

    assertDelivered(report, 20 * MESSAGES);
    double rate = report.rate().messagesPerSecond();
    CompatibilityPage.put(Column.RATE, "%,d".formatted(Math.round(rate / 1000) * 1000));
  }

  /** More than a container has threads. */
  @Test
  void manyConnectionsAreAnsweredAtOnce() throws Exception {
    RunPlan.Builder plan = RunPlan.to(address.echo().toString()).connections(200).messages(2000);

    assertDelivered(run(plan.window(2)), 2000);
  }

  @Test
  void aMessageThatIsTooLongClosesWith1009() {
    try (JdkConnection connection = JdkConnection.open(address.echo())) {
      assertThat(connection.refusal("a".repeat((1 << 20) + 1)))
          .isEqualTo(new End(1009, "a message may have at most 1048576 bytes"));
    }
  }

  @Test
  void handshakesThatAreNotAllowedAreRefused() throws Exception {
    assertRefused(address.echo(), 403, 1008, "Origin", "https://evil.example");
    assertRefused(address.echo("padding=" + "x".repeat(3000)), 414, 1008);
  }

  /** Compressible and incompressible messages in turn, some of them long. */
  @Test
  void whatIsOfferedToBeCompressedIsDeliveredWhetherTheContainerAcceptsOrNot() throws Exception {
    Report report =
        run(
            RunPlan.to(address.echo().toString())
                .messages(MESSAGES)
                .sizes("64,1024,9000")
                .deflate(true));

    assertDelivered(report, MESSAGES);
    boolean accepted = report.path().deflate().accepted() == 1;
    assertThat(accepted).isEqualTo(Peculiarity.DEFLATES.isHere());
    CompatibilityPage.put(
        Column.DEFLATE,
        accepted ? "%,d delivered".formatted(report.counts().delivered()) : "declined");
  }

  /** Whatever the container does with open connections: each message is told of. */
  @Test
  @Order(STOPPED)
  void theContainersOwnShutdownLosesNothingInSilenceAndItComesBack() throws Exception {
    Load load = Load.on(address.echo());
    server.terminate();
    Report report = load.report();

    Epoch epoch = report.epochs().get(0);
    CompatibilityPage.put(
        Column.GRACEFUL_STOP,
        "close %d, %,d in doubt".formatted(epoch.closeCode(), report.counts().inDoubt()));
    assertNothingIsLost(report);

    server.start();
    assertDelivered(run(RunPlan.to(address.echo().toString()).window(256)), MESSAGES);
  }

  @Test
  @Order(DRAINED)
  void drainingUnderLoadTellsEachClientAndLosesNothing() throws Exception {
    Load load = Load.on(address.echo());
    HttpResponse<String> drained = Http.post(address.page().resolve("drain"));
    Report report = load.report();

    assertThat(drained.body()).startsWith("drained: ").endsWith(" 0 still open\n");
    List<Integer> closeCodes = report.epochs().stream().map(Epoch::closeCode).toList();
    assertThat(closeCodes).contains(1001);
    assertThat(closeCodes)
        .isSubsetOf(Peculiarity.RESETS_WHAT_IT_CLOSES.isHere() ? Set.of(1001, 1006) : Set.of(1001));
    assertNothingIsLost(report);
    assertThat(get("health").statusCode()).isEqualTo(503);
    assertRefused(address.echo(), 503, 1013);
  }

  private static Report run(RunPlan.Builder plan) throws InterruptedException {
    return plan.build().run();
  }

  private static void assertDelivered(Report report, int messages) {
    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(report.counts())
        .isEqualTo(new Counts(messages, messages, messages, 0, 0, 0, 0, 0, 0, 0, 0));
    assertThat(report.run().receipts()).isTrue();
  }

  private static void assertNothingIsLost(Report report) {
    Counts counts = report.counts();
    assertThat(report.verdict())
        .as(report.reasons() + " " + counts)
        .isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(counts.lost()).isZero();
    assertThat(counts.delivered()).isPositive();
    assertThat(counts.delivered() + counts.inDoubt()).isEqualTo(counts.sent());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return Http.get(address.page().resolve(path));
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
