package io.github.wsproof.deploymenttests;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.deploymenttests.CompatibilityPage.Column;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.net.URL;
import java.time.Duration;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The reason why this tool exists: endpoints as many people write them, and the messages that they
 * lose. What {@code docs/compatibility.md} says of each is shown here.
 */
@ExtendWith(ArquillianExtension.class)
class LossesIT {
  /** Each loss is a race; most show in the first run. */
  private static final int MOST_RUNS = 20;

  private static final Duration DRAIN = Duration.ofSeconds(3);

  @ArquillianResource private URL url;

  @Deployment(testable = false)
  static WebArchive war() {
    return ShrinkWrap.create(WebArchive.class, "losses.war")
        .addClasses(
            BareEndpoint.class, AsyncEndpoint.class, PoolEndpoint.class, BatchEndpoint.class)
        .add(
            new StringAsset("<!doctype html><title>Endpoints that lose messages</title>"),
            "index.html");
  }

  @ParameterizedTest
  @CsvSource({"async, ASYNC", "pool, POOL"})
  void theObviousEndpointLosesMessages(String endpoint, Column column) throws Exception {
    Report report = run(endpoint);
    for (int run = 1; run < MOST_RUNS && report.counts().lost() == 0; run++) {
      report = run(endpoint);
    }

    CompatibilityPage.put(column, told(report));
    assertThat(report.counts().lost()).as(report.toString()).isPositive();
    assertThat(report.verdict()).isEqualTo(Verdict.FAIL);
  }

  /**
   * Tomcat sends what it has gathered with its Close: a client that waits for it waits for ever.
   */
  @Test
  void whatIsBatchedIsHeldBackWhereTheContainerDoesBatch() throws Exception {
    Report report = run("batch");

    boolean batches = Peculiarity.BATCHES.isHere();
    double firstMicros = report.latencyMicros().sent().min();
    CompatibilityPage.put(
        Column.BATCH,
        batches
            ? report.verdict() + ": no reply until the connection is closed"
            : told(report) + " (it does not batch)");
    assertThat(report.verdict()).isEqualTo(batches ? Verdict.INCONCLUSIVE : Verdict.PASS);
    assertThat(firstMicros >= DRAIN.toMillis() * 1000).as("first reply").isEqualTo(batches);
  }

  /** So it is not the container. */
  @Test
  void theEndpointThatReturnsItsReplyLosesNothing() throws Exception {
    Report report = run("bare");

    CompatibilityPage.put(Column.BARE, told(report));
    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
  }

  private Report run(String endpoint) throws InterruptedException {
    return RunPlan.to(Address.of(url).socket(endpoint).toString())
        .window(256)
        .expect("{message}")
        .drain(DRAIN)
        .build()
        .run();
  }

  private static String told(Report report) {
    Counts counts = report.counts();
    String told = "%s: %,d lost".formatted(report.verdict(), counts.lost());
    if (counts.reordered() > 0) {
      told += ", %,d reordered".formatted(counts.reordered());
    }
    if (counts.inDoubt() > 0) {
      told += ", %,d in doubt".formatted(counts.inDoubt());
    }
    return told;
  }
}
