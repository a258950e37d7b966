package io.github.wsproof.devserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.hostile.HostileClient;
import io.github.wsproof.hostile.Policy;
import io.github.wsproof.hostile.Siege;
import io.github.wsproof.ledger.Verdict;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Raw bytes from many clients that mean no good, and an honest client beside them. */
class HostileInputTest {
  private static final long INPUTS = Long.getLong("wsproof.fuzz.inputs", 5_000);
  private static final long FIRST_SEED = Long.getLong("wsproof.fuzz.seed", 1);
  private static final long MOST_GROWTH_BYTES = 32 << 20;

  @Test
  @Timeout(600)
  void everyAttackEndsRightAndHonestClientsLoseNothing() throws Exception {
    try (Complaints complaints = new Complaints();
        DevServer server = DevServer.start("127.0.0.1", 0)) {
      HostileClient attacker = new HostileClient(server.uri(), Policy.STRICT);
      Siege.lay(attacker, FIRST_SEED + INPUTS, 2_000);
      long before = usedBytes();
      int threadsBefore = Thread.getAllStackTraces().size();

      AtomicLong verified = new AtomicLong();
      AtomicBoolean over = new AtomicBoolean();
      ExecutorService honest = Executors.newSingleThreadExecutor();
      try {
        Future<Verdict> verdict = honest.submit(() -> verify(server, verified, over));
        assertThat(Siege.lay(attacker, FIRST_SEED, INPUTS)).isEmpty();
        over.set(true);
        assertThat(verdict.get(60, TimeUnit.SECONDS)).isEqualTo(Verdict.PASS);
        assertThat(verified).hasPositiveValue();
      } finally {
        honest.shutdownNow();
      }

      await(() -> server.connections() == 0);
      assertThat(server.sessions()).isZero();
      await(() -> Thread.getAllStackTraces().size() <= threadsBefore);
      await(() -> usedBytes() - before < MOST_GROWTH_BYTES);
      assertThat(complaints.all).isEmpty();
    }
  }

  /** Runs, one after the other, while the attack lasts; the worst verdict. */
  private static Verdict verify(DevServer server, AtomicLong verified, AtomicBoolean over)
      throws Exception {
    Verdict worst = Verdict.PASS;
    do {
      Report report =
          RunPlan.to(server.uri().toString())
              .messages(20_000)
              .connections(4)
              .window(16)
              .build()
              .run();
      worst = report.verdict() == Verdict.PASS ? worst : report.verdict();
      verified.addAndGet(report.counts().delivered());
    } while (!over.get());
    return worst;
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it came true in time").isLessThan(endNanos);
      Thread.sleep(50);
    }
  }

  /** What the log says that an operator would have to look into: a warning, or a stack trace. */
  private static final class Complaints extends Handler implements AutoCloseable {
    final Set<String> all = ConcurrentHashMap.newKeySet();

    Complaints() {
      Logger.getLogger("").addHandler(this);
    }

    @Override
    public void publish(LogRecord event) {
      if (event.getThrown() != null || event.getLevel().intValue() >= Level.WARNING.intValue()) {
        all.add(event.getLoggerName() + ": " + event.getMessage() + " " + event.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
      Logger.getLogger("").removeHandler(this);
    }
  }
}
