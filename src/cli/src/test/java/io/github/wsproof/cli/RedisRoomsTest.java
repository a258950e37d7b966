package io.github.wsproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.cli.RedisServers.Server;
import io.github.wsproof.client.FanoutPlan;
import io.github.wsproof.client.FanoutRun;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunListener;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Rooms of several servers in a real Redis, which the test starts and stops, on loopback. Runs
 * where the property says which program that is: the profile {@code redis}.
 */
@Timeout(180)
@EnabledIfSystemProperty(named = "wsproof.redis-server", matches = ".+")
class RedisRoomsTest {
  private static final long BOUND_SECONDS = RedisServers.BOUND_SECONDS;

  @TempDir private Path folder;
  private RedisServers redis;

  @BeforeEach
  void start() throws Exception {
    redis = new RedisServers(folder);
    redis.startRedis();
  }

  @AfterEach
  void stop() throws Exception {
    redis.stop();
  }

  private static FanoutPlan plan(List<Server> servers, UnaryOperator<FanoutPlan.Builder> options) {
    FanoutPlan.Builder plan = FanoutPlan.to(servers.get(0).rooms() + "test");
    servers.subList(1, servers.size()).forEach(server -> plan.also(server.rooms() + "test"));
    return options.apply(plan.reconnect(true).drain(Duration.ofSeconds(20))).build();
  }

  /** A run, and what is done when it has published so much. */
  private static Report run(FanoutPlan plan, long at, Disturbance disturbance) throws Exception {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    AtomicLong sent = new AtomicLong();
    FanoutRun run =
        new FanoutRun(
            plan,
            new RunListener() {
              @Override
              public void sent(int connection, long sequence, byte[] content, long nanos) {
                if (sent.incrementAndGet() == at) {
                  reached.complete(null);
                }
              }
            });
    CompletableFuture<Report> report = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                report.complete(run.execute());
              } catch (InterruptedException | RuntimeException e) {
                report.completeExceptionally(e);
              }
            });
    thread.start();
    reached.get(BOUND_SECONDS * 2, TimeUnit.SECONDS);
    disturbance.disturb();
    return report.get(150, TimeUnit.SECONDS);
  }

  private interface Disturbance {
    void disturb() throws Exception;
  }

  /** Every message that any member got, all got, once and in one order: nothing failed. */
  private static void nothingAcceptedIsLost(Report report) {
    String what = report.counts() + " " + report.reasons() + " " + report.anomalies();
    for (Kind kind : Kind.values()) {
      assertThat(kind.isFailure() ? report.counts().of(kind) : 0).as(kind + ": " + what).isZero();
    }
    long subscribers = report.path().fanout().subscribers();
    assertThat(report.counts().inDoubt())
        .as(what)
        .isEqualTo(subscribers * report.path().fanout().inDoubt());
    assertThat(report.counts().delivered())
        .as(what)
        .isEqualTo(subscribers * report.path().fanout().accepted());
    assertThat(report.verdict()).as(what).isNotEqualTo(Verdict.FAIL);
  }

  @Test
  void membersOfOneRoomSitOnAnyServer() throws Exception {
    List<Server> servers = List.of(redis.serve(), redis.serve(), redis.serve());

    Report report = plan(servers, plan -> plan.publishers(4).subscribers(96).messages(2000)).run();

    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
    assertThat(report.counts().delivered()).isEqualTo(96 * 2000);
  }

  @Test
  void oneWhoComesLateReadsFromAnyServerAndTheRoomOutlivesThemAll() throws Exception {
    Server first = redis.serve();
    Report report = plan(List.of(first), plan -> plan.subscribers(2).messages(500)).run();
    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
    first.kill();

    Server second = redis.serve();
    List<String> texts = new RoomTexts(second.rooms() + "test?from=0").until("n\":500,");
    assertThat(texts.stream().filter(text -> text.contains("\"text\":\"Request 0/"))).hasSize(500);
    for (int i = 1; i < texts.size(); i++) {
      assertThat(texts.get(i)).startsWith("{\"seq\":" + (i - 1) + ",");
    }
  }

  @Test
  void whatIsOneTooManyIsGoneOnEveryServer() throws Exception {
    Server first = redis.serve("-Dwsproof.room-messages=100");
    plan(List.of(first), plan -> plan.subscribers(1).window(10).messages(500)).run();

    Server second = redis.serve("-Dwsproof.room-messages=100");
    List<String> texts = new RoomTexts(second.rooms() + "test?from=0").until("\"event\":\"gone\"");
    assertThat(texts.get(texts.size() - 1))
        .startsWith("{\"event\":\"gone\",\"first\":0,\"last\":4");
  }

  @Test
  void aServerThatIsKilledTakesNothingWithIt() throws Exception {
    List<Server> servers = List.of(redis.serve(), redis.serve(), redis.serve());

    Report report =
        run(
            plan(servers, plan -> plan.publishers(4).subscribers(96).messages(4000)),
            2000,
            () -> servers.get(1).kill());

    nothingAcceptedIsLost(report);
    assertThat(report.path().reconnects()).isPositive();
  }

  @Test
  void aRestartOfRedisUnderLoadLosesNothingThatWasAccepted() throws Exception {
    List<Server> servers = List.of(redis.serve(), redis.serve(), redis.serve());

    Report report =
        run(
            plan(servers, plan -> plan.publishers(4).subscribers(96).messages(4000)),
            2000,
            () -> {
              redis.killRedis();
              redis.startRedis();
            });

    nothingAcceptedIsLost(report);
    assertThat(report.path().fanout().accepted()).isEqualTo(4000);
    assertThat(report.path().fanout().inDoubt()).isZero();
  }

  @Test
  void membersOfAServerThatIsKilledLeaveOnce() throws Exception {
    List<Server> servers = List.of(redis.serve(), redis.serve(), redis.serve());
    RoomTexts dora = new RoomTexts(servers.get(2).rooms() + "test?member=dora");
    dora.until("join");
    RoomTexts carl = new RoomTexts(servers.get(1).rooms() + "test?member=carl");
    for (String member : List.of("ann", "bob")) {
      new RoomTexts(servers.get(0).rooms() + "test?member=" + member).until("join");
    }
    new RoomTexts(servers.get(1).rooms() + "test?member=gone").close();
    dora.until("leave\",\"member\":\"gone");
    servers.get(0).kill();

    carl.until("leave\",\"member\":\"(ann|bob)");
    servers.get(1).signal("STOP");
    List<String> leaves = dora.until("leave\",\"member\":\"carl");
    assertThat(leaves).hasSize(3).allMatch(text -> text.contains("\"event\":\"leave\""));
    assertThat(String.join(" ", leaves.subList(0, 2))).contains("\"ann\"").contains("\"bob\"");

    servers.get(1).signal("CONT");
    assertThat(carl.until("closed"))
        .last()
        .isEqualTo("closed 1013 the server was away for too long; come again");
    new RoomTexts(servers.get(1).rooms() + "test?member=carl").until("join");
    assertThat(dora.until("carl")).hasSize(1).first().asString().contains("\"event\":\"join\"");
  }

  /** With appendfsync everysec a Redis that is killed forgets what it has answered last. */
  @Test
  void whatRedisHasForgottenTheServersGiveBack() throws Exception {
    Server server = redis.serve();
    RoomTexts ann = new RoomTexts(server.rooms() + "test?member=ann");
    ann.until("\"join\"");
    for (int i = 1; i <= 100; i++) {
      ann.send("a \"quoted\" text " + i);
    }
    ann.until("\"n\":100,");
    redis.killRedis();
    redis.emptyRedis();
    redis.startRedis();
    String heard;
    int sent = 100;
    do {
      ann.send("again");
      sent++;
      heard = ann.until("\"n\":" + sent + ",").stream().reduce((a, b) -> b).orElseThrow();
    } while (heard.contains("refused"));

    Server second = redis.serve();
    List<String> texts = new RoomTexts(second.rooms() + "test?from=0").until("\"n\":" + sent + ",");
    assertThat(texts.get(0)).contains("\"first\":0,");
    for (int i = 1; i < texts.size(); i++) {
      assertThat(texts.get(i)).startsWith("{\"seq\":" + (i - 1) + ",");
    }
    assertThat(texts.get(101)).contains("\"n\":100,\"text\":\"a \\\"quoted\\\" text 100\"");
    assertThat(texts).hasSize(103).last().isEqualTo(heard);
  }

  @Test
  void withoutRedisTheServerStaysUpAndSaysSoAndGoesOnWhenItIsThere() throws Exception {
    redis.killRedis();
    Server server = redis.serve();

    assertThat(new RoomTexts(server.rooms() + "test").until("closed").get(0))
        .isEqualTo("closed 1013 the store of the rooms is away; try again later");
    Report echo =
        io.github.wsproof.client.RunPlan.to(server.rooms().replace("rooms/", "echo"))
            .messages(100)
            .build()
            .run();
    assertThat(echo.verdict()).isEqualTo(Verdict.PASS);

    redis.startRedis();
    String welcome = "closed";
    while (welcome.startsWith("closed")) {
      welcome = new RoomTexts(server.rooms() + "test").until("welcome|closed").get(0);
    }
    RoomTexts member = new RoomTexts(server.rooms() + "test?member=ann");
    member.until("\"join\",\"member\":\"ann\"");
    redis.killRedis();
    member.send("too early");
    assertThat(member.until("refused|too early"))
        .last()
        .isEqualTo(
            "{\"event\":\"refused\",\"n\":1,\"reason\":\"the store of the rooms is away; publish it"
                + " again later\"}");
  }
}
