package io.github.wsproof.hostile;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Many attacks on one server, some at a time. */
public final class Siege {
  private static final int ATTACKERS = 8;
  private static final int ENOUGH = 20;

  private Siege() {}

  /**
   * Attacks with one seed after the other; stops early when enough is wrong.
   *
   * @return what was wrong, each with the seed that repeats it
   */
  public static List<String> lay(HostileClient attacker, long firstSeed, long inputs)
      throws InterruptedException, ExecutionException {
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    AtomicLong next = new AtomicLong(firstSeed);
    Runnable attacks =
        () -> {
          for (long seed = next.getAndIncrement();
              seed < firstSeed + inputs && wrong.size() < ENOUGH;
              seed = next.getAndIncrement()) {
            String said = attacker.attack(seed);
            if (said != null) {
              wrong.add(said);
            }
          }
        };
    ExecutorService attackers = Executors.newFixedThreadPool(ATTACKERS);
    try {
      List<? extends Future<?>> all =
          IntStream.range(0, ATTACKERS).mapToObj(i -> attackers.submit(attacks)).toList();
      for (Future<?> one : all) {
        one.get();
      }
      return List.copyOf(wrong);
    } finally {
      attackers.shutdownNow();
    }
  }
}
