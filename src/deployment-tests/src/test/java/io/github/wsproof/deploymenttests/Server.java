package io.github.wsproof.deploymenttests;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A container's process, its scripts' processes included. Ends with this JVM at the latest. Owned
 * by the test's thread.
 */
final class Server implements AutoCloseable {
  /** On a busy machine, GlassFish takes more than half a minute. */
  private static final Duration START_BOUND = Duration.ofSeconds(180);

  /** While clients go on sending, Open Liberty waits for half a minute, twice. */
  private static final Duration STOP_BOUND = Duration.ofSeconds(150);

  private static final Duration LOOK = Duration.ofMillis(100);
  private static final int LOG_LINES = 200;

  private final ContainerSettings settings;
  private final Path base;
  private final Path log;
  private final URI page;
  private final Thread atExit = new Thread(this::kill);
  private Process process;

  Server(ContainerSettings settings, Path base, String context) {
    this.settings = settings;
    this.base = base;
    this.log = base.resolve("server.log");
    this.page = Address.of(settings.port(), context).page();
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Starts it, and returns when the application's page is there. */
  void start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", settings.command())
            .directory(base.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    String home = System.getProperty("java.home");
    builder.environment().put("JAVA_HOME", home);
    builder.environment().merge("PATH", home + "/bin", (path, bin) -> bin + ':' + path);
    process = builder.start();
    awaitPage();
  }

  private void awaitPage() throws IOException {
    long deadline = System.nanoTime() + START_BOUND.toNanos();
    while (!isThere()) {
      if (!process.isAlive() || System.nanoTime() > deadline || hasFailed()) {
        throw new IOException(page + " must answer 200; the log ends:\n" + logTail());
      }
      pause();
    }
  }

  private boolean isThere() {
    try {
      return Http.get(page).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private boolean hasFailed() throws IOException {
    return !settings.failure().isEmpty() && Files.readString(log).contains(settings.failure());
  }

  private String logTail() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
  }

  /** Sends SIGTERM to its JVM, as service managers do, and returns when that has ended. */
  void terminate() {
    ProcessHandle jvm = jvm();
    jvm.destroy();
    if (!ends(jvm)) {
      throw new AssertionError("not ended " + STOP_BOUND + " after SIGTERM: " + jvm.info());
    }
    kill();
  }

  /** The innermost Java: what starts it may be Java as well. */
  private ProcessHandle jvm() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .filter(Server::isJava)
        .filter(handle -> handle.descendants().noneMatch(Server::isJava))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no Java in " + settings.command()));
  }

  private static boolean isJava(ProcessHandle handle) {
    return handle.info().command().orElse("").endsWith("/java");
  }

  private static boolean ends(ProcessHandle handle) {
    try {
      handle.onExit().get(STOP_BOUND.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void kill() {
    if (process != null) {
      List<ProcessHandle> all =
          Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
      all.forEach(ProcessHandle::destroyForcibly);
      all.forEach(Server::ends);
    }
  }

  /** Ends it at once: what a test wanted to see of its end, it has seen. */
  @Override
  public void close() {
    kill();
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
