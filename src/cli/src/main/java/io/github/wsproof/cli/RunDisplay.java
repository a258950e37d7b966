package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunListener;
import io.github.wsproof.ledger.Counts;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What a user sees while a run goes on. */
final class RunDisplay implements RunListener {
  /** What is shown. */
  enum Show {
    /** Nothing. */
    NOTHING,
    /** A bar, if on a terminal. */
    BAR,
    /** Each message and each reply. */
    MESSAGES
  }

  private static final int BAR_UPDATE_MILLIS = 100;

  private final Output output;
  private final boolean messages;
  private final ProgressBar bar;
  private long answered;

  RunDisplay(Show show, long planned, Output output) {
    this.output = output;
    this.messages = show == Show.MESSAGES;
    this.bar = show == Show.BAR && System.console() != null ? openBar(planned, output) : null;
  }

  /** A run of either kind. */
  interface Running {
    Report execute() throws InterruptedException;
  }

  /** Executes a run, and clears what is shown of its progress. */
  Report during(Running run) throws InterruptedException {
    try {
      return run.execute();
    } finally {
      if (bar != null) {
        bar.close();
      }
    }
  }

  private static ProgressBar openBar(long planned, Output output) {
    return new ProgressBarBuilder()
        .setTaskName("Verifying")
        .setInitialMax(planned)
        .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
        .setUpdateIntervalMillis(BAR_UPDATE_MILLIS)
        .setConsumer(new ConsoleProgressBarConsumer(output.err()))
        .clearDisplayOnFinish()
        .build();
  }

  @Override
  public void sent(int connection, long sequence, byte[] content, long nanos) {
    if (messages) {
      output.out().println("Sent: " + new String(content, UTF_8));
    }
  }

  @Override
  public void received(int connection, byte[] content, boolean binary, long nanos) {
    if (messages) {
      output.out().println("Received: " + new String(content, UTF_8));
    }
  }

  @Override
  public void ignored(int connection, byte[] content, boolean binary, long nanos) {
    received(connection, content, binary, nanos);
  }

  @Override
  public void soFar(Counts counts, long inFlight, long nanos) {
    output.out().println(AccountLine.soFar(counts, inFlight, nanos));
  }

  @Override
  public void answered(int connection, long sequence) {
    answered++;
    if (bar != null) {
      bar.stepTo(answered);
    }
  }
}
