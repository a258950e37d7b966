package io.github.wsproof.deploymenttests;

import static io.github.wsproof.deploymenttests.Refused.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.deploymenttests.JdkConnection.End;
import io.github.wsproof.ledger.Verdict;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits, access and figures of the WAR, from outside. */
@ExtendWith(ArquillianExtension.class)
class LimitsIT {
  @ArquillianResource private URL url;
  private Address address;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @Deployment(testable = false)
  static WebArchive war() {
    WebArchive war = Wars.built("limits.war");
    Wars.with(war, "wsproof.admin-token", "battery-staple");
    Wars.with(war, "wsproof.allowed-origins", "https://friend.example");
    Wars.with(war, "wsproof.max-connections-per-address", "3");
    Wars.with(war, "wsproof.max-query-bytes", "100");
    Wars.with(war, "wsproof.max-buffered-bytes", "1000000");
    Wars.with(war, "wsproof.send-timeout", "1");
    return Wars.with(war, "wsproof.idle-timeout", "2");
  }

  @BeforeEach
  void locate() {
    address = Address.of(url);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable closeable : opened) {
      closeable.close();
    }
    awaitConnections(0);
  }

  private RawConnection open() throws IOException {
    RawConnection connection = RawConnection.open(address.echo());
    opened.add(connection);
    return connection;
  }

  private HttpResponse<String> get(String path, String... headers) throws Exception {
    return Http.get(address.page().resolve(path), headers);
  }

  private String metrics() throws Exception {
    return get("metrics", "Authorization", "Bearer battery-staple").body();
  }

  private double figure(String name) throws Exception {
    Matcher matcher =
        Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(metrics());
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : 0;
  }

  private void awaitConnections(int count) throws Exception {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (figure("wsproof_connections") != count) {
      assertThat(System.nanoTime()).as("30 seconds for " + count).isLessThan(deadline);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null"})
  void aPageOfAnotherSiteIsRefused(String origin) throws Exception {
    assertRefused(address.echo(), 403, 1008, "Origin", origin);
  }

  @Test
  void aPageOfOurOwnAndOneThatIsAllowedMayConnect() throws Exception {
    assertConnects("https://friend.example");
    assertConnects("http://" + address.echo().getAuthority());
  }

  private void assertConnects(String origin) throws Exception {
    try (JdkConnection connection = JdkConnection.open(address.echo(), "Origin", origin)) {
      assertThat(connection.exchange("hello")).startsWith("hello - ");
    }
  }

  @Test
  void oneConnectionTooManyOfAnAddressIsRefusedAndTheOthersGoOn() throws Exception {
    RawConnection first = open();
    open();
    open();
    // A container tells of a connection when its client knows already.
    awaitConnections(3);

    assertRefused(address.echo(), 503, 1013);
    first.put(1, new byte[] {'h', 'i'});
    first.write();
    assertThat(new String(first.read().payload())).startsWith("hi - ");
    assertThat(figure("wsproof_refused_handshakes_total{cause=\"connections-per-address\"}"))
        .isPositive();
  }

  @Test
  void aQueryThatIsTooLongIsRefused() throws Exception {
    assertRefused(address.echo("min=1&padding=" + "x".repeat(100)), 414, 1008);
  }

  @Test
  void anIdleConnectionIsClosed() throws Exception {
    try (JdkConnection connection = JdkConnection.open(address.echo())) {
      assertThat(connection.end()).isEqualTo(new End(1001, "no message for 2 s"));
    }
  }

  /** Else clients that finish nothing could take all of a server's memory. */
  @Test
  void theMessageThatWasBegunFirstIsGivenUpWhereTooMuchIsUnfinished() throws Exception {
    try (JdkConnection first = JdkConnection.open(address.echo());
        JdkConnection second = JdkConnection.open(address.echo("min=7&max=7"))) {
      first.sendPart("x".repeat(300_000));
      // Its pong says that what was sent before has been read.
      first.ping();
      second.sendPart("y".repeat(300_000));
      second.sendText("y");

      assertThat(second.reply().text()).isEqualTo("y".repeat(300_001) + " - 7");
      assertThat(first.end().code()).isEqualTo(1013);
    }
  }

  @Test
  void figuresAndTheAdminSocketAreForAdministrators() throws Exception {
    assertThat(get("metrics").statusCode()).isEqualTo(401);
    assertThat(get("drain").statusCode()).isEqualTo(405);
    assertThat(get("health").body()).isEqualTo("ok\n");
    assertThat(metrics()).contains("# TYPE wsproof_connections gauge");

    URI admin =
        URI.create("ws://" + address.page().getAuthority() + address.page().getPath() + "admin");
    assertRefused(admin, 401, 1008);
    try (JdkConnection connection =
        JdkConnection.open(admin, "Authorization", "Bearer battery-staple")) {
      assertThat(connection.reply().text()).contains("\"path\":\"/limits/admin\"");
    }
  }

  /** It would hold a thread of the container for as long as it likes. */
  @Test
  void aClientThatDoesNotReadIsGivenUp() throws Exception {
    double failedBefore = figure("wsproof_failed_sends_total");
    RawConnection deaf = open();
    Thread sender =
        new Thread(
            () -> {
              try {
                while (true) {
                  deaf.put(1, new byte[60_000]);
                  deaf.write();
                }
              } catch (IOException e) {
                // The server has ended it, or this test has.
              }
            });
    sender.start();
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (figure("wsproof_failed_sends_total") == failedBefore) {
      assertThat(System.nanoTime()).as("30 seconds for a failed send").isLessThan(deadline);
    }

    Report report = RunPlan.to(address.echo().toString()).messages(1000).build().run();
    assertThat(report.verdict()).isEqualTo(Verdict.PASS);
    deaf.close();
    sender.join(30_000);
    assertThat(sender.isAlive()).isFalse();
  }

  @Test
  void thePageIsProtectedAndSaysItsCharset() throws Exception {
    HttpResponse<String> page = get("");

    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(page.headers().firstValue("Content-Type").orElseThrow().toLowerCase())
        .isEqualTo("text/html;charset=utf-8");
  }
}
