package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real Redis and servers that share it, all on loopback and in processes of their own. */
final class RedisServers {
  static final long BOUND_SECONDS = 30;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private Process redis;
  private int redisPort;

  RedisServers(Path folder) {
    this.folder = folder;
  }

  void stop() throws Exception {
    for (Process process : processes) {
      process.destroyForcibly().waitFor(BOUND_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Starts Redis, or starts it again with what its append-only file has kept. */
  void startRedis() throws Exception {
    if (redisPort == 0) {
      redisPort = freePort();
    }
    redis =
        new ProcessBuilder(
                System.getProperty("wsproof.redis-server"),
                "--bind",
                "127.0.0.1",
                "--port",
                "" + redisPort,
                "--dir",
                folder.toString(),
                "--appendonly",
                "yes",
                "--save",
                "")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("redis.log").toFile())
            .start();
    processes.add(redis);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (!answers()) {
      assertThat(System.nanoTime()).as("Redis answers").isLessThan(deadline);
    }
  }

  private boolean answers() {
    try {
      return "+PONG".equals(command("PING"));
    } catch (IOException e) {
      // Not yet.
      return false;
    }
  }

  /** The first line of the answer. */
  String command(String command) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", redisPort), 1000);
      socket.setSoTimeout(1000);
      socket.getOutputStream().write((command + "\r\n").getBytes(UTF_8));
      return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
    }
  }

  void killRedis() throws Exception {
    redis.destroyForcibly().waitFor(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  /** Takes what a Redis that was killed has kept. */
  void emptyRedis() throws IOException {
    try (Stream<Path> log = Files.list(folder.resolve("appendonlydir"))) {
      for (Path file : log.toList()) {
        Files.delete(file);
      }
    }
  }

  /**
   * @param uri ends with a slash
   */
  record Server(Process process, String uri, int port) {
    String rooms() {
      return uri + "rooms/";
    }

    String streams() {
      return uri + "stream/";
    }

    /** STOP or CONT. */
    void signal(String name) throws Exception {
      Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
      assertThat(kill.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    void kill() throws Exception {
      process.destroyForcibly().waitFor(BOUND_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Starts a server on a free port, with system properties. */
  Server serve(String... properties) throws Exception {
    return serve(0, List.of(), properties);
  }

  /** Starts a server. */
  Server serve(int port, List<String> options, String... properties) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Dwsproof.redis=redis://127.0.0.1:" + redisPort));
    command.addAll(List.of(properties));
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "serve",
            "--port",
            "" + port));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command)
            .redirectError(folder.resolve("serve-" + processes.size() + ".log").toFile())
            .start();
    processes.add(process);
    BufferedReader printed = process.inputReader(UTF_8);
    String line = printed.readLine();
    assertThat(line).startsWith("Serving http://localhost:");
    String uri = line.replaceAll("^.*(ws://localhost:\\d+/).*$", "$1");
    return new Server(process, uri, Integer.parseInt(uri.replaceAll("\\D", "")));
  }
}
