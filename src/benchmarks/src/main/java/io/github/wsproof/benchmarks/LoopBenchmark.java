package io.github.wsproof.benchmarks;

import io.github.wsproof.transport.EventLoop;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the event loop itself costs. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class LoopBenchmark {
  private static final int TASKS = 1000;

  private final EventLoop loop = new EventLoop("benchmark-loop");

  /** Ends the loop. */
  @TearDown
  public void close() {
    loop.close();
  }

  /** A turn of the loop: a task that queues itself for the next one, so a look at the sockets. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void turn() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    loop.execute(new Chain(TASKS, done));
    done.await();
  }

  /** A task from another thread among many. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public void executeFromElsewhere() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(TASKS);
    for (int i = 0; i < TASKS; i++) {
      loop.execute(done::countDown);
    }
    done.await();
  }

  /** A task from another thread, awaited: the loop is woken, and wakes the caller. */
  @Benchmark
  public void wakeAndAnswer() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    loop.execute(done::countDown);
    done.await();
  }

  private final class Chain implements Runnable {
    private final CountDownLatch done;
    private int left;

    Chain(int left, CountDownLatch done) {
      this.left = left;
      this.done = done;
    }

    @Override
    public void run() {
      if (--left == 0) {
        done.countDown();
      } else {
        loop.execute(this);
      }
    }
  }
}
