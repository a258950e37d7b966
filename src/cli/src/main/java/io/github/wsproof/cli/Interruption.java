package io.github.wsproof.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ctrl-C ends a run early instead of the program: the program ends when the account is told, with
 * its exit code.
 */
final class Interruption implements AutoCloseable {
  private static final long BOUND_SECONDS = 15;

  private final Runnable stop;
  private final Runnable cleanUp;
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private final Thread hook = new Thread(this::interrupted, "wsproof-stop");

  private Interruption(Runnable stop, Runnable cleanUp) {
    this.stop = stop;
    this.cleanUp = cleanUp;
  }

  /**
   * From now on until {@link #close}, Ctrl-C calls {@code stop} and waits for {@link #finished}.
   *
   * @param stop ends what runs; called on a thread of its own
   * @param cleanUp removes what must not stay behind; called there before the program ends
   */
  static Interruption calls(Runnable stop, Runnable cleanUp) {
    Interruption interruption = new Interruption(stop, cleanUp);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** All is told: a Ctrl-C that came before ends the program with this code. */
  int finished(int code) {
    exitCode.complete(code);
    return code;
  }

  private void interrupted() {
    stop.run();
    int code;
    try {
      code = exitCode.get(BOUND_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      code = Exit.INTERNAL;
    }
    cleanUp.run();
    Runtime.getRuntime().halt(code);
  }

  @Override
  public void close() {
    exitCode.complete(Exit.INTERNAL);
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // Ctrl-C came: the hook is running, and ends the program.
      return;
    }
  }
}
