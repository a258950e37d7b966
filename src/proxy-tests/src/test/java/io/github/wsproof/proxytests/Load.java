package io.github.wsproof.proxytests;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.Run;
import io.github.wsproof.client.RunListener;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.ReplyForm;
import java.util.concurrent.TimeUnit;

/** A run that goes on until it is ended, whatever becomes of its connections meanwhile. */
final class Load implements RunListener, AutoCloseable {
  private static final int CONNECTIONS = 4;

  private final Run run;
  private final Thread thread;
  private volatile Report report;

  /** Both written by the run's loop alone. */
  private volatile long replies;

  private volatile int opened;

  /** Returns when all its connections are open. */
  Load(String url) throws Exception {
    run =
        new Run(
            RunPlan.to(url)
                .messages(RunPlan.UNLIMITED_MESSAGES)
                .connections(CONNECTIONS)
                .rate(2000)
                .reconnect(true)
                .build(),
            this);
    thread = new Thread(this::execute, "load");
    thread.start();
    awaitOpened(CONNECTIONS);
  }

  private void execute() {
    try {
      report = run.execute();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void answered(int connection, long sequence) {
    replies = replies + 1;
  }

  @Override
  public void opened(int connection, ReplyForm form, Receipts receipts, long nanos) {
    opened = opened + 1;
  }

  /** Waits for so many more. */
  void awaitReplies(long more) throws Exception {
    long wanted = replies + more;
    Await.until(() -> replies >= wanted, more + " replies");
  }

  /** Waits until each connection has had a second life. */
  void awaitReopened() throws Exception {
    awaitReopened(CONNECTIONS);
  }

  /** Waits until connections have been opened again so often, since the beginning. */
  void awaitReopened(int times) throws Exception {
    awaitOpened(CONNECTIONS + times);
  }

  private void awaitOpened(int lives) throws Exception {
    try {
      Await.until(() -> opened >= lives, lives + " connections");
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + opened + "; " + end().reasons(), e);
    }
  }

  /** Ends it, and returns its account. */
  Report end() {
    close();
    assertThat(report).as("a report within 60 s").isNotNull();
    return report;
  }

  @Override
  public void close() {
    run.stop();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(60));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
