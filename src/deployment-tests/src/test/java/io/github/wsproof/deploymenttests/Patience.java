package io.github.wsproof.deploymenttests;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How long a server puts up with a connection that says nothing, and with one that reads nothing;
 * seen from threads of its own, beside other tests.
 */
final class Patience implements AutoCloseable {
  /** Jetty's is 30 s. */
  private static final long SECONDS = 32;

  private static final int TEXT = 1;

  /** A pool might have fewer threads than these that block. */
  private static final Executor THREADS = task -> new Thread(task, "patience").start();

  private final long startNanos = System.nanoTime();
  private final RawConnection silent;
  private final RawConnection deaf;
  private final RawConnection deafToOurs;
  private final CompletableFuture<Long> silentSeconds;
  private final CompletableFuture<Long> deafSeconds;

  /**
   * Opens the connections.
   *
   * @param bare the endpoint that is asked about
   * @param ours where one more client reads nothing
   */
  Patience(URI bare, URI ours) throws IOException {
    silent = RawConnection.open(bare);
    deaf = RawConnection.open(bare);
    deafToOurs = RawConnection.open(ours);
    silentSeconds = CompletableFuture.supplyAsync(this::awaitEnd, THREADS);
    deafSeconds = CompletableFuture.supplyAsync(() -> sendOnly(deaf), THREADS);
    THREADS.execute(() -> sendOnly(deafToOurs));
  }

  /** When a connection without messages was ended. */
  String withSilence() throws InterruptedException, ExecutionException {
    return told(silentSeconds, "none in %d s");
  }

  /** When a connection was ended whose client sends and does not read. */
  String withDeafness() throws InterruptedException, ExecutionException {
    return told(deafSeconds, "waits for %d s");
  }

  private String told(CompletableFuture<Long> end, String never)
      throws InterruptedException, ExecutionException {
    try {
      return "ended after %d s".formatted(end.get(SECONDS - seconds(), TimeUnit.SECONDS));
    } catch (TimeoutException e) {
      return never.formatted(SECONDS);
    }
  }

  private long awaitEnd() {
    while (true) {
      try {
        silent.read();
        return seconds();
      } catch (SocketTimeoutException e) {
        // Still open.
      } catch (IOException e) {
        return seconds();
      }
    }
  }

  private long sendOnly(RawConnection connection) {
    try {
      while (true) {
        connection.put(TEXT, new byte[8000]);
        connection.write();
      }
    } catch (IOException e) {
      return seconds();
    }
  }

  private long seconds() {
    return Math.round((System.nanoTime() - startNanos) / 1e9);
  }

  @Override
  public void close() throws IOException {
    silent.close();
    deaf.close();
    deafToOurs.close();
  }
}
