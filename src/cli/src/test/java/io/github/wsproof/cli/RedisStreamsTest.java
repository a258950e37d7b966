package io.github.wsproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.cli.RedisServers.Server;
import io.github.wsproof.client.ReceivePlan;
import io.github.wsproof.client.ReceiveRun;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunListener;
import io.github.wsproof.ledger.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Streams of several servers in a real Redis, which the test starts and stops, on loopback. Runs
 * where the property says which program that is: the profile {@code redis}.
 */
@Timeout(180)
@EnabledIfSystemProperty(named = "wsproof.redis-server", matches = ".+")
class RedisStreamsTest {
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

  /** Receivers of one server, which remember what they got. */
  private static final class Receivers implements RunListener {
    final CompletableFuture<Report> report = new CompletableFuture<>();

    /** Fulfilled when a message of that number has come to any. */
    final CompletableFuture<Void> reached = new CompletableFuture<>();

    private final long at;
    private final Map<Integer, CRC32C> contents = new ConcurrentHashMap<>();

    Receivers(ReceivePlan.Builder plan, long at) {
      this.at = at;
      ReceiveRun run = new ReceiveRun(plan.build(), this);
      Thread thread =
          new Thread(
              () -> {
                try {
                  report.complete(run.execute());
                } catch (InterruptedException | RuntimeException e) {
                  report.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void received(int connection, byte[] content, boolean binary, long nanos) {
      contents.computeIfAbsent(connection, c -> new CRC32C()).update(content);
    }

    @Override
    public void answered(int connection, long sequence) {
      if (sequence >= at) {
        reached.complete(null);
      }
    }

    /** Each has got all, once and in order; the checksum of what they all got. */
    long allTheSame() throws Exception {
      Report done = report.get(120, TimeUnit.SECONDS);
      assertThat(done.verdict())
          .as(done.reasons() + " " + done.anomalies())
          .isEqualTo(Verdict.PASS);
      List<Long> sums = contents.values().stream().map(CRC32C::getValue).distinct().toList();
      assertThat(sums).as("contents").hasSize(1);
      return sums.get(0);
    }
  }

  private static ReceivePlan.Builder plan(Server server, int connections, double rate, long count) {
    return ReceivePlan.to(server.streams() + "test")
        .connections(connections)
        .rate(rate)
        .messages(count)
        .reconnect(true)
        .drain(Duration.ofSeconds(30));
  }

  private static void allTheSame(List<Receivers> all) throws Exception {
    long sum = all.get(0).allTheSame();
    for (Receivers each : all) {
      assertThat(each.allTheSame()).isEqualTo(sum);
    }
  }

  private static String message(long sequence) {
    return "\\[\\d{1,3}] Request Number \\[" + sequence + "] Waiting for next number\\.\\.\\.";
  }

  @ParameterizedTest
  @ValueSource(doubles = {2000, 0})
  void receiversOfOneStreamSitOnAnyServer(double rate) throws Exception {
    List<Server> servers = List.of(redis.serve(), redis.serve(), redis.serve());
    List<Receivers> all = new ArrayList<>();
    for (Server server : servers) {
      all.add(new Receivers(plan(server, 10, rate, 8_000), 0));
    }
    allTheSame(all);

    Server late = redis.serve();
    all.add(new Receivers(plan(late, 3, rate, 8_000), 0));
    allTheSame(all);
    new Receivers(plan(late, 1, rate, 4_000).from(4_000), 0).allTheSame();
  }

  @ParameterizedTest
  @ValueSource(doubles = {2000, 0})
  void aServerAndThenRedisAreKilledAndNothingIsLost(double rate) throws Exception {
    List<Server> servers = List.of(redis.serve(), redis.serve(), redis.serve());
    long count = rate == 0 ? 400_000 : 20_000;
    List<Receivers> all = new ArrayList<>();
    for (Server server : servers) {
      all.add(new Receivers(plan(server, rate == 0 ? 2 : 10, rate, count), count / 4));
    }
    all.get(0).reached.get(60, TimeUnit.SECONDS);
    servers.get(0).kill();
    redis.serve(servers.get(0).port(), List.of());
    redis.killRedis();
    redis.startRedis();

    allTheSame(all);
    assertThat(all.get(0).report.get().path().reconnects()).isPositive();
  }

  @Test
  void anotherServerGoesOnWithTheScheduleOfOneThatIsKilled() throws Exception {
    Server first = redis.serve();
    Server second = redis.serve();
    RoomTexts one = new RoomTexts(first.streams() + "test?rate=100");
    one.until(message(10));
    RoomTexts two = new RoomTexts(second.streams() + "test");
    two.until(message(10));
    first.kill();

    List<String> texts = two.until(message(100));
    for (int i = 0; i < texts.size(); i++) {
      assertThat(texts.get(i)).matches(message(11 + i));
    }
  }

  @Test
  void whileRedisIsAwayNothingIsMadeAndNothingIsLost() throws Exception {
    Server server = redis.serve();
    RoomTexts receiver = new RoomTexts(server.streams() + "slow?rate=100");
    Receivers asFastAsRead = new Receivers(plan(server, 2, 0, 500_000), 1_000);
    asFastAsRead.reached.get(60, TimeUnit.SECONDS);
    List<String> texts = new ArrayList<>(receiver.until(message(50)));
    redis.killRedis();
    String refused;
    do {
      refused = new RoomTexts(server.streams() + "slow").until(".").get(0);
    } while (!refused.startsWith("closed"));
    assertThat(refused).isEqualTo("closed 1013 the store of the streams is away; try again later");

    redis.startRedis();
    texts.addAll(receiver.until(message(400)));
    for (int i = 0; i < texts.size(); i++) {
      assertThat(texts.get(i)).matches(message(i));
    }
    asFastAsRead.allTheSame();
  }

  @Test
  void oneWhoComesWhileRedisIsAwayIsTakenWhenItIsBack() throws Exception {
    Server server = redis.serve();
    new RoomTexts(server.streams() + "other").until(message(0));
    redis.killRedis();
    Receivers early = new Receivers(plan(server, 3, 0, 1_000), 0);
    assertThat(new RoomTexts(server.streams() + "test").until(".").get(0))
        .startsWith("closed 1013 ");
    redis.startRedis();

    early.allTheSame();
  }

  /** With appendfsync everysec a Redis that is killed forgets what it has answered last. */
  @Test
  void whatRedisHasForgottenTheServersGiveBack() throws Exception {
    Server server = redis.serve();
    RoomTexts receiver = new RoomTexts(server.streams() + "test?rate=1000");
    List<String> texts = new ArrayList<>(receiver.until(message(2500)));
    redis.killRedis();
    redis.emptyRedis();
    redis.startRedis();
    texts.addAll(receiver.until(message(4000)));

    assertThat(texts).hasSize(4001);
    Server second = redis.serve();
    assertThat(new RoomTexts(second.streams() + "test").until(message(4000))).isEqualTo(texts);
  }

  @Test
  void aStreamThatRedisHasLostBeginsAnew() throws Exception {
    Server server = redis.serve();
    RoomTexts onTime = new RoomTexts(server.streams() + "test?rate=100");
    RoomTexts asFastAsRead = new RoomTexts(server.streams() + "fast");
    onTime.until(message(20));
    asFastAsRead.until(message(20));
    redis.command("FLUSHALL");

    assertThat(onTime.until("closed"))
        .last()
        .isEqualTo("closed 1013 the stream has begun anew; from=0");
    assertThat(asFastAsRead.until("closed"))
        .last()
        .isEqualTo("closed 1013 the stream has begun anew; from=0");
    assertThat(new RoomTexts(server.streams() + "test?rate=100").until(message(20))).hasSize(21);
  }

  @Test
  void whatIsOneTooManyIsGoneOnEveryServer() throws Exception {
    Server first = redis.serve("-Dwsproof.stream-messages=100");
    assertThat(new RoomTexts(first.streams() + "test?n=500").until("closed")).hasSize(501);
    Server second = redis.serve("-Dwsproof.stream-messages=100");
    List<String> texts = new RoomTexts(second.streams() + "test").until("closed");
    assertThat(texts.get(0)).isEqualTo("messages 0–399 are gone");
    assertThat(texts).hasSize(102).last().isEqualTo("closed 1000 all 500 messages were sent");
  }

  @Test
  void whatIsTooOldIsGoneOnEveryServer() throws Exception {
    Server first = redis.serve("-Dwsproof.stream-age=1");
    Server second = redis.serve("-Dwsproof.stream-age=1");
    new RoomTexts(first.streams() + "test?rate=100").until(message(300));

    assertThat(new RoomTexts(second.streams() + "test").until(" ").get(0))
        .matches("messages 0–\\d{2,3} are gone");
  }

  @Test
  void whatContradictsTheStreamIsRefusedByAnyServer() throws Exception {
    Server first = redis.serve();
    Server second = redis.serve();
    new RoomTexts(first.streams() + "test?rate=100&n=100000").until(message(10));

    for (String[] each :
        new String[][] {
          {"test?rate=7", "the stream was started with rate=100: rate=7"},
          {"test?n=7", "the stream was started with n=100000: n=7"},
          {"test?from=90000", "from must be at most \\d+, the next message: from=90000"},
          {"test?run=00000000", "run 00000000 has ended; this is run [0-9a-f]{8}, from=0"},
          {"other?from=5", "there is no stream other yet: from=5"},
        }) {
      assertThat(new RoomTexts(second.streams() + each[0]).until("closed").get(0))
          .matches("closed 1008 " + each[1]);
    }
  }

  @Test
  void serversThatPushTheSameShareItAndItLastsWhileOneLives() throws Exception {
    String idle = "-Dwsproof.stream-idle=1";
    List<String> push = List.of("--push", "100");
    Server first = redis.serve(0, push, idle);
    Server second = redis.serve(0, push, idle);
    List<String> texts = new RoomTexts(first.streams() + "requests").until(message(100));
    first.kill();

    assertThat(new RoomTexts(second.streams() + "requests").until(message(400)).subList(0, 101))
        .isEqualTo(texts);
  }

  @Test
  void aStreamThatNobodyReceivesEndsInRedisAsWell() throws Exception {
    Server server = redis.serve("-Dwsproof.stream-idle=1");
    new RoomTexts(server.streams() + "test?n=10").until("closed");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(RedisServers.BOUND_SECONDS);
    String keys;
    do {
      keys = redis.command("EXISTS wsproof:stream:{test}:meta wsproof:stream:{test}:log");
      assertThat(System.nanoTime()).as("keys: " + keys).isLessThan(deadline);
    } while (!keys.equals(":0"));
  }
}
