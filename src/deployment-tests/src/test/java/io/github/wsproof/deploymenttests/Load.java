package io.github.wsproof.deploymenttests;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunListener;
import io.github.wsproof.client.RunPlan;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A run that would never end by itself, while a test does something to its server. */
final class Load {
  private static final long BOUND_SECONDS = 180;

  /** A server that hangs while it stops has not lost anything before its connections end. */
  private static final Duration DRAIN = Duration.ofSeconds(BOUND_SECONDS);

  private static final long MESSAGES = 1_000_000_000;
  private static final int FIRST_REPLIES = 20_000;

  private final CountDownLatch replies = new CountDownLatch(FIRST_REPLIES);
  private final CompletableFuture<Report> report;

  private Load(URI echo) {
    RunPlan plan =
        RunPlan.to(echo.toString())
            .messages(MESSAGES)
            .connections(4)
            .window(64)
            .drain(DRAIN)
            .build();
    RunListener listener =
        new RunListener() {
          @Override
          public void answered(int connection, long sequence) {
            replies.countDown();
          }
        };
    report =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return plan.run(listener);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            },
            task -> new Thread(task, "load").start());
  }

  /** Returns when replies are coming. */
  static Load on(URI echo) throws InterruptedException {
    Load load = new Load(echo);
    if (!load.replies.await(BOUND_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("not " + FIRST_REPLIES + " replies within " + BOUND_SECONDS + " s");
    }
    return load;
  }

  /** Returns when the server has ended all connections. */
  Report report() throws InterruptedException, ExecutionException, TimeoutException {
    return report.get(BOUND_SECONDS, TimeUnit.SECONDS);
  }
}
