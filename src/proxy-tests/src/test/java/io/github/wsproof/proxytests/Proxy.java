package io.github.wsproof.proxytests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A proxy that runs, as a child of the test, which ends it. */
final class Proxy implements AutoCloseable {
  private static final Duration BOUND = Duration.ofSeconds(60);

  private final Kind kind;
  private final Place place;
  private final List<String> command;
  private Process process;

  private Proxy(Kind kind, Place place, List<String> command) {
    this.kind = kind;
    this.place = place;
    this.command = command;
  }

  /** Starts one with its recommended file. */
  static Proxy start(Kind kind, Place place) throws Exception {
    return start(kind, place, kind.recommended(), kind.command(place));
  }

  /** Starts one, and returns when it takes connections. */
  static Proxy start(Kind kind, Place place, Text file, List<String> command) throws Exception {
    assertThat(Path.of(kind.program()))
        .as("%s must be installed; -Pproxies wants all of docker/proxies", kind.program())
        .isExecutable();
    kind.write(file, place);
    Proxy proxy = new Proxy(kind, place, command);
    proxy.start();
    return proxy;
  }

  /** Again, after {@link #kill}. */
  void start() throws Exception {
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(place.file("output").toFile()))
            .start();
    try {
      Await.until(this::isUp, "the start of " + kind);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private boolean isUp() throws IOException {
    assertThat(process.isAlive()).as(kind + " ended: " + output()).isTrue();
    return takesConnections();
  }

  private boolean takesConnections() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", place.httpPort()), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private String output() throws IOException {
    return Files.readString(place.file("output"));
  }

  Place place() {
    return place;
  }

  /** As whoever runs it does when its file has changed. */
  void reload() throws Exception {
    for (List<String> order : kind.reload(place, process.pid())) {
      Process ordered =
          new ProcessBuilder(order)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(place.file("output").toFile()))
              .start();
      assertThat(ordered.waitFor(60, TimeUnit.SECONDS)).as(order.toString()).isTrue();
      assertThat(ordered.exitValue()).as(order + ": " + output()).isZero();
    }
  }

  /** All its processes, at once; returns when the last has gone, and with it the port. */
  void kill() {
    List<ProcessHandle> workers = process.descendants().toList();
    process.destroyForcibly();
    workers.forEach(ProcessHandle::destroyForcibly);
    assertThat(process.onExit()).succeedsWithin(BOUND);
    workers.forEach(worker -> assertThat(worker.onExit()).succeedsWithin(BOUND));
  }

  @Override
  public void close() {
    // A master that is asked to end ends its workers, those of an earlier reload with them.
    process.destroy();
    try {
      process.onExit().get(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      kill();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
