package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopTest {

  private static final long MILLI = 1_000_000;

  private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
  private final EventLoop loop = new EventLoop("under-test", (thread, e) -> uncaught.add(e));
  private final BlockingQueue<Object> ran = new LinkedBlockingQueue<>();

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private Object nextRan() throws InterruptedException {
    return ran.poll(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void tasksOfOneThreadRunInTheirOrderOnTheLoopsThread() throws Exception {
    List<Object> expected = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      int number = i;
      expected.add(i);
      loop.execute(() -> ran.add(loop.inLoop() ? number : "elsewhere"));
    }
    List<Object> got = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      got.add(nextRan());
    }
    assertThat(got).isEqualTo(expected);
    assertThat(loop.inLoop()).isFalse();
  }

  @Test
  void aTaskOfATaskRunsAfterIt() throws Exception {
    loop.execute(
        () -> {
          loop.execute(() -> ran.add("inner"));
          ran.add("outer");
        });
    assertThat(nextRan()).isEqualTo("outer");
    assertThat(nextRan()).isEqualTo("inner");
  }

  @Test
  void tasksThatGoOnForEverDoNotKeepTimersFromRunning() throws Exception {
    Runnable[] again = new Runnable[1];
    again[0] = () -> loop.execute(again[0]);
    loop.execute(again[0]);
    loop.schedule(MILLI, () -> ran.add("timer"));
    assertThat(nextRan()).isEqualTo("timer");
  }

  @Test
  void timersRunByDeadlineAndNotBeforeIt() throws Exception {
    long start = System.nanoTime();
    // On the loop: a stall of this thread would let one run before the next is scheduled.
    loop.execute(
        () -> {
          loop.schedule(30 * MILLI, () -> ran.add(System.nanoTime() - start));
          loop.schedule(10 * MILLI, () -> ran.add("second"));
          loop.schedule(-1, () -> ran.add("first"));
        });
    assertThat(nextRan()).isEqualTo("first");
    assertThat(nextRan()).isEqualTo("second");
    assertThat((Long) nextRan()).isGreaterThanOrEqualTo(30 * MILLI);
  }

  @Test
  void roughTimersRunBesideTheOthersAndNotBeforeTheirDeadline() throws Exception {
    long start = System.nanoTime();
    loop.execute(
        () -> {
          loop.scheduleRoughly(30 * MILLI, () -> ran.add(System.nanoTime() - start));
          loop.scheduleRoughly(20 * MILLI, () -> ran.add("cancelled")).cancel();
          loop.schedule(10 * MILLI, () -> ran.add("punctual"));
          loop.scheduleRoughly(-1, () -> ran.add("first"));
        });
    assertThat(nextRan()).isEqualTo("first");
    assertThat(nextRan()).isEqualTo("punctual");
    assertThat((Long) nextRan()).isGreaterThanOrEqualTo(30 * MILLI);
  }

  @Test
  void aCancelledTimerDoesNotRun() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    loop.execute(
        () -> {
          try {
            cancelled.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    EventLoop.Timer timer = loop.schedule(20 * MILLI, () -> ran.add("cancelled"));
    loop.schedule(40 * MILLI, () -> ran.add("kept"));
    timer.cancel();
    timer.cancel();
    cancelled.countDown();
    assertThat(nextRan()).isEqualTo("kept");
  }

  @Test
  void manyCancelledTimersAreForgotten() throws Exception {
    loop.execute(
        () -> {
          for (int i = 0; i < 100_000; i++) {
            loop.schedule(3_600_000 * MILLI, () -> ran.add("never")).cancel();
          }
          loop.schedule(MILLI, () -> ran.add("due"));
        });
    assertThat(nextRan()).isEqualTo("due");
  }

  @Test
  void whatATaskThrowsReachesTheHandlerAndTheLoopGoesOn() throws Exception {
    RuntimeException fromTask = new RuntimeException("task");
    Error fromTimer = new AssertionError("timer");
    loop.execute(
        () -> {
          throw fromTask;
        });
    loop.schedule(
        0,
        () -> {
          throw fromTimer;
        });
    loop.schedule(MILLI, () -> ran.add("alive"));
    assertThat(nextRan()).isEqualTo("alive");
    assertThat(uncaught).containsExactlyInAnyOrder(fromTask, fromTimer);
  }

  @Test
  void aHandlerThatThrowsDoesNotEndTheLoop() throws Exception {
    try (EventLoop careless =
        new EventLoop(
            "careless",
            (thread, e) -> {
              throw new IllegalStateException("handler");
            })) {
      java.util.logging.Logger logger =
          java.util.logging.Logger.getLogger(EventLoop.class.getName());
      logger.setUseParentHandlers(false);
      careless.execute(
          () -> {
            throw new IllegalStateException("task");
          });
      careless.execute(() -> ran.add("alive"));
      assertThat(nextRan()).isEqualTo("alive");
      logger.setUseParentHandlers(true);
    }
  }

  @Test
  void aBlockingTaskShowsAsALongTurn() throws Exception {
    CompletableFuture<Void> released = new CompletableFuture<>();
    loop.execute(
        () -> {
          long start = System.nanoTime();
          while (System.nanoTime() - start < 50 * MILLI) {
            Thread.onSpinWait();
          }
          released.complete(null);
        });
    released.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
    loop.execute(() -> loop.execute(() -> loop.execute(() -> ran.add("two turns later"))));
    nextRan();
    assertThat(loop.longestTurnNanos()).isGreaterThanOrEqualTo(50 * MILLI);
    assertThat(loop.busyNanos()).isGreaterThanOrEqualTo(50 * MILLI);
    assertThat(loop.takeLongestTurnNanos()).isGreaterThanOrEqualTo(50 * MILLI);
    assertThat(loop.longestTurnNanos()).isLessThan(50 * MILLI);
  }

  @Test
  void waitingCountsAsIdle() throws Exception {
    loop.schedule(50 * MILLI, () -> ran.add("waited"));
    nextRan();
    assertThat(loop.idleNanos()).isGreaterThanOrEqualTo(40 * MILLI);
    assertThat(loop.turns()).isPositive();
  }

  @Test
  void aClosedLoopRefusesTasksAndItsThreadHasEnded() {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    loop.execute(() -> thread.complete(Thread.currentThread()));
    loop.close();
    loop.close();
    assertThat(thread.join().isAlive()).isFalse();
    assertThatThrownBy(() -> loop.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("under-test");
    assertThatThrownBy(() -> loop.schedule(0, () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void aLoopCanCloseItself() throws Exception {
    CompletableFuture<Thread> thread = new CompletableFuture<>();
    loop.execute(
        () -> {
          loop.close();
          thread.complete(Thread.currentThread());
        });
    Thread ending = thread.get(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
    ending.join(TestClient.BOUND_SECONDS * 1000);
    assertThat(ending.isAlive()).isFalse();
  }
}
