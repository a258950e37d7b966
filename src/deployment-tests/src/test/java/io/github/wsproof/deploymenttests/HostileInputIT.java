package io.github.wsproof.deploymenttests;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.hostile.HostileClient;
import io.github.wsproof.hostile.Siege;
import io.github.wsproof.ledger.Verdict;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** Raw bytes from many clients that mean no good, and honest clients beside them. */
@EnabledIfSystemProperty(named = "arquillian.launch", matches = "tomcat.*|payara-micro")
@ExtendWith(ArquillianExtension.class)
class HostileInputIT {
  static final int MAX_MESSAGE_BYTES = 65_536;

  private static final long INPUTS = Long.getLong("wsproof.fuzz.inputs", 3_000);
  private static final long FIRST_SEED = Long.getLong("wsproof.fuzz.seed", 1);
  private static final String OPEN = "(?s).*\nwsproof_connections 0\\.0\n.*";

  @ArquillianResource private URL url;

  @Deployment(testable = false)
  static WebArchive war() {
    return Wars.with(
        Wars.built("hostile.war"), "wsproof.max-message-bytes", String.valueOf(MAX_MESSAGE_BYTES));
  }

  @Test
  void everyAttackEndsAsTheContainerIsKnownToAndHonestClientsLoseNothing() throws Exception {
    URI echo = Address.of(url).echo();
    AtomicBoolean over = new AtomicBoolean();
    ExecutorService honest = Executors.newSingleThreadExecutor();
    try {
      Future<List<Report>> reports = honest.submit(() -> verifyUntil(over, echo));
      HostileClient attacker = new HostileClient(echo, Habits.ofContainer());
      assertThat(Siege.lay(attacker, FIRST_SEED, INPUTS)).isEmpty();
      over.set(true);
      assertThat(reports.get(60, TimeUnit.SECONDS))
          .allSatisfy(
              report ->
                  assertThat(report.verdict())
                      .as(report.reasons().toString())
                      .isEqualTo(Verdict.PASS));
    } finally {
      honest.shutdownNow();
    }
    awaitNoConnection();
  }

  private static List<Report> verifyUntil(AtomicBoolean over, URI echo) throws Exception {
    List<Report> reports = new ArrayList<>();
    do {
      reports.add(
          RunPlan.to(echo.toString()).messages(1_000).connections(4).window(4).build().run());
    } while (!over.get());
    return reports;
  }

  private void awaitNoConnection() throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest metrics = HttpRequest.newBuilder(Address.of(url).page().resolve("metrics")).build();
    // Payara does not tell of all that have gone: 80 seconds pass until they have not answered.
    long deadline = System.nanoTime() + 150_000_000_000L;
    while (!client.send(metrics, BodyHandlers.ofString()).body().matches(OPEN)) {
      assertThat(System.nanoTime())
          .as("150 seconds for every connection to end")
          .isLessThan(deadline);
      Thread.sleep(50);
    }
  }
}
