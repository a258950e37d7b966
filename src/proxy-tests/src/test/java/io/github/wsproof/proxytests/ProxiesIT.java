package io.github.wsproof.proxytests;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.carriers.Comparison;
import io.github.wsproof.carriers.Plan;
import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.client.TlsOptions;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Verdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each proxy with the file that is recommended for it, and with files that are not. */
@Timeout(300)
class ProxiesIT {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir private static Path directory;
  private static Path pem;
  private static TomcatServer server;
  private final List<Proxy> started = new ArrayList<>();

  @BeforeAll
  static void startServer() throws Exception {
    // The workers of some proxies are another user, who must reach it.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    pem = PemFile.write(directory);
    server = new TomcatServer(directory);
  }

  @AfterAll
  static void stopServer() throws Exception {
    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void stopProxies() throws Exception {
    for (Proxy proxy : started) {
      proxy.close();
    }
  }

  private Proxy start(Kind kind) throws Exception {
    return started(Proxy.start(kind, Place.before(server.port(), pem)));
  }

  private Proxy started(Proxy proxy) {
    started.add(proxy);
    return proxy;
  }

  private static void passes(Report report) {
    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
  }

  @ParameterizedTest
  @EnumSource
  void tenThousandInRapidSuccessionAreDelivered(Kind kind) throws Exception {
    Place place = start(kind).place();
    Report report = RunPlan.to(place.echo()).messages(10_000).window(256).build().run();

    passes(report);
    assertThat(server.account(report.run().id()))
        .isEqualTo(new TomcatServer.Account(10_001, 10_001));
    Path log = kind.log(place);
    if (log != null) {
      // So that a report and the proxy's log can be laid side by side.
      String run = report.run().id() + "/0";
      Await.until(
          () -> Files.exists(log) && Files.readString(log).contains(run), run + " in " + log);
    }
  }

  /** Varnish knows no TLS: haproxy ends it there. */
  @ParameterizedTest
  @EnumSource
  void tlsEndsAtTheProxy(Kind kind) throws Exception {
    Place place = start(kind).place();
    if (kind == Kind.VARNISH) {
      place = started(Proxy.start(Kind.HAPROXY, Place.before(place.httpPort(), pem))).place();
    }
    ConnectionOptions trusting =
        ConnectionOptions.builder().tls(TlsOptions.of(pem, null, null, null, false)).build();

    passes(
        RunPlan.to(place.secureEcho())
            .connection(trusting)
            .messages(10_000)
            .window(256)
            .build()
            .run());
  }

  @ParameterizedTest
  @EnumSource
  void theLargestMessageThatTheServerTakesPasses(Kind kind) throws Exception {
    passes(
        RunPlan.to(start(kind).place().echo())
            .messages(20)
            .window(4)
            .sizes("65535,1048576")
            .build()
            .run());
  }

  /** A proxy that waits for the end of a response would keep its events to itself. */
  @ParameterizedTest
  @EnumSource
  void whatGoesOnWithoutAWebSocketPassesAsWell(Kind kind) throws Exception {
    Comparison comparison =
        Comparison.of(
            new Plan(
                URI.create(start(kind).place().echo()),
                10,
                20,
                4,
                1,
                0,
                Duration.ofMillis(20),
                Duration.ofSeconds(10),
                null,
                ConnectionOptions.NONE,
                1),
            progress -> {});

    assertThat(comparison.verdict()).as(comparison.toJson()).isEqualTo(Verdict.PASS);
  }

  /** Whoever comes through a proxy of this machine is not on this machine. */
  @ParameterizedTest
  @EnumSource
  void whoComesThroughTheProxyIsNoAdministrator(Kind kind) throws Exception {
    URI metrics = URI.create("http://127.0.0.1:" + start(kind).place().httpPort() + "/metrics");
    assertThat(
            HTTP.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(403);
    URI direct = URI.create("http://127.0.0.1:" + server.port() + "/metrics");
    assertThat(
            HTTP.send(HttpRequest.newBuilder(direct).build(), BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  void aReloadUnderLoadLosesNothingInSilence(Kind kind) throws Exception {
    Proxy proxy = start(kind);
    Report report;
    try (Load load = new Load(proxy.place().echo())) {
      load.awaitReplies(500);
      proxy.reload();
      if (kind.onReload == Kind.OnReload.CUTS) {
        load.awaitReopened();
      }
      // A client that comes afterwards is let in.
      passes(RunPlan.to(proxy.place().echo()).messages(100).build().run());
      load.awaitReplies(500);
      report = load.end();
    }
    if (kind.onReload == Kind.OnReload.KEEPS) {
      passes(report);
      assertThat(report.path().reconnects()).isZero();
    }
    agreesWithTheServer(report);
  }

  @ParameterizedTest
  @EnumSource
  void aProxyThatIsKilledLosesNothingInSilence(Kind kind) throws Exception {
    Proxy proxy = start(kind);
    try (Load load = new Load(proxy.place().echo())) {
      load.awaitReplies(500);
      proxy.kill();
      proxy.start();
      load.awaitReopened();
      load.awaitReplies(500);

      agreesWithTheServer(load.end());
    }
  }

  /** The proxy knows a second or two later; until then it asks the other one by itself. */
  @ParameterizedTest
  @EnumSource(names = {"NGINX", "HAPROXY"})
  void aServerThatDrainsHandsItsClientsToTheOther(Kind kind) throws Exception {
    Path base = Files.createTempDirectory(directory, "second");
    try (TomcatServer second = new TomcatServer(base)) {
      Place place = Place.before(server.port(), second.port(), pem);
      Text file = kind.recommended();
      if (kind == Kind.NGINX) {
        file = file.with("# server 127.0.0.1:8081;", "server 127.0.0.1:" + second.port() + ";");
      }
      started(Proxy.start(kind, place, file, kind.command(place)));
      try (Load load = new Load(place.echo())) {
        load.awaitReplies(500);
        URI drain = URI.create("http://127.0.0.1:" + second.port() + "/drain");
        HttpRequest post = HttpRequest.newBuilder(drain).POST(BodyPublishers.noBody()).build();
        var drained = HTTP.sendAsync(post, BodyHandlers.ofString());
        passes(RunPlan.to(place.echo()).messages(50).perConnection(1).connections(5).build().run());
        load.awaitReopened(1);
        assertThat(drained).succeedsWithin(Duration.ofSeconds(60));
        load.awaitReplies(500);

        Report report = load.end();
        assertThat(report.epochs())
            .anyMatch(life -> life.closeCode() == 1001 && life.closedBy().equals("server"));
        agreesWithTheServer(report);
      }
    }
  }

  /**
   * All that was sent was answered or is in doubt, and the server has at least what was answered.
   */
  private static void agreesWithTheServer(Report report) throws Exception {
    Counts counts = report.counts();
    TomcatServer.Account account = server.account(report.run().id());
    long ends = report.epochs().stream().filter(e -> e.closedBy().equals("client")).count();

    assertThat(report.verdict()).as(report.reasons().toString()).isNotEqualTo(Verdict.FAIL);
    assertThat(counts.delivered() + counts.inDoubt()).isEqualTo(counts.sent());
    assertThat(account.received()).isBetween(counts.delivered(), counts.sent() + ends);
    assertThat(account.replied()).isBetween(counts.delivered(), account.received());
    if (counts.inDoubt() > 0) {
      assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anIdleLimitIsFoundItsSettingNamedAndPingsHelp(Kind kind) throws Exception {
    Place place = Place.before(server.port(), pem);
    started(Proxy.start(kind, place, kind.idle(kind.recommended()), kind.idleCommand(place)));
    Duration overIt = Duration.ofSeconds(6);
    if (kind.idleSetting() == null) {
      passes(silent(place, overIt).build().run());
      return;
    }
    Report report = silent(place, Duration.ofSeconds(60)).build().run();
    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.epochs().get(0).closedBy()).isEqualTo("nobody");
    assertThat(report.reasons().get(0))
        .matches("connection 0 was cut after [\\d.]+ s of silence .*")
        .contains(kind.idleSetting());
    passes(silent(place, overIt).ping(Duration.ofSeconds(1)).build().run());
  }

  private static RunPlan.Builder silent(Place place, Duration silence) {
    return RunPlan.to(place.echo()).messages(2).window(1).idle(silence);
  }

  @ParameterizedTest
  @EnumSource
  void withoutTheUpgradeTheMissingHeaderIsNamed(Kind kind) throws Exception {
    Place place = Place.before(server.port(), pem);
    started(Proxy.start(kind, place, kind.naive(kind.recommended()), kind.command(place)));
    Report report = RunPlan.to(place.echo()).messages(10).build().run();

    assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(report.counts().sent()).isZero();
    assertThat(report.reasons().get(0))
        .contains("HTTP 426", "without its header Upgrade", kind.upgradeSetting);
  }
}
