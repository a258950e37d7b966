package io.github.wsproof.deploymenttests;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.ReceivePlan;
import io.github.wsproof.client.Report;
import io.github.wsproof.deploymenttests.JdkConnection.End;
import io.github.wsproof.ledger.Verdict;
import java.net.URI;
import java.net.URL;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams of the WAR, from outside. */
@ExtendWith(ArquillianExtension.class)
class StreamIT {
  private static final int MESSAGES = 20_000;

  @ArquillianResource private URL url;
  private Address address;

  @Deployment(testable = false)
  static WebArchive war() {
    WebArchive war = Wars.built("streams.war");
    Wars.with(war, "wsproof.stream-messages", "50000");
    Wars.with(war, "wsproof.max-streams", "8");
    return Wars.with(war, "wsproof.stream-send-timeout", "1");
  }

  @BeforeEach
  void locate() {
    address = Address.of(url);
  }

  private String stream(String nameAndQuery) {
    return address.echo().toString().replaceFirst("echo$", "stream/" + nameAndQuery);
  }

  private double figure(String name) throws Exception {
    String text = Http.get(address.page().resolve("metrics")).body();
    Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(text);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  @Test
  void everyMessageArrivesAsFastAsItIsRead() throws Exception {
    Report report = ReceivePlan.to(stream("fast")).messages(MESSAGES).build().run();

    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(report.run().receipts()).isTrue();
  }

  @Test
  void manyReceiversGetAStreamWithARateAndOneThatComesLateGetsAllOfIt() throws Exception {
    Report early =
        ReceivePlan.to(stream("ticks?rate=2000")).connections(5).messages(1000).build().run();
    Report late = ReceivePlan.to(stream("ticks")).messages(1500).build().run();

    assertThat(early.verdict()).as(early.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(late.verdict()).as(late.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(late.counts().delivered()).isEqualTo(1500);
  }

  @Test
  void aProgramThatIsNotOursReceivesAndGoesOn() throws Exception {
    try (JdkConnection first = JdkConnection.open(URI.create(stream("short?n=10")))) {
      for (int sequence = 0; sequence < 10; sequence++) {
        assertThat(first.reply().text())
            .matches(
                "\\[\\d+] Request Number \\[" + sequence + "] Waiting for next number\\.\\.\\.");
      }
      assertThat(first.end()).isEqualTo(new End(1000, "all 10 messages were sent"));
    }
    try (JdkConnection second = JdkConnection.open(URI.create(stream("short?from=8")))) {
      assertThat(second.reply().text()).contains("Request Number [8]");
      assertThat(second.reply().text()).contains("Request Number [9]");
      assertThat(second.end().code()).isEqualTo(1000);
    }
    try (JdkConnection third = JdkConnection.open(URI.create(stream("short?from=11")))) {
      assertThat(third.end())
          .isEqualTo(new End(1008, "from must be at most 10, the next message: from=11"));
    }
  }

  @Test
  void aReceiverThatDoesNotReadHoldsUpNobodyAndIsGivenUp() throws Exception {
    double failedBefore = figure("wsproof_failed_sends_total");
    try (RawConnection deaf = RawConnection.open(URI.create(stream("deaf")))) {
      assertThat(deaf.read().toString()).contains("Request Number [0]");
      CompletableFuture<Report> other = new CompletableFuture<>();
      new Thread(
              () -> {
                try {
                  other.complete(ReceivePlan.to(stream("deaf")).messages(MESSAGES).build().run());
                } catch (InterruptedException e) {
                  other.completeExceptionally(e);
                }
              })
          .start();
      assertThat(other.join().counts().delivered() + other.join().counts().gone())
          .isEqualTo(MESSAGES);
      long deadline = System.nanoTime() + 30_000_000_000L;
      while (figure("wsproof_failed_sends_total") == failedBefore) {
        assertThat(System.nanoTime()).as("30 seconds for a failed send").isLessThan(deadline);
      }
    }
  }
}
