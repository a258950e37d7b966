package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A server in a process of its own, which ends with this object or this process. */
final class Target implements AutoCloseable {
  private final Process process;
  private final Map<String, Integer> ports = new TreeMap<>();

  private Target(Process process) throws IOException {
    this.process = process;
    String line =
        new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8)).readLine();
    if (line == null) {
      throw new IOException("the server did not start");
    }
    String[] words = line.split(" ");
    for (int i = 0; i < words.length; i += 2) {
      ports.put(words[i], Integer.valueOf(words[i + 1]));
    }
  }

  /**
   * Starts an {@link EchoTarget}.
   *
   * @param pinned whether on CPU 0 alone
   */
  static Target start(boolean pinned) throws IOException {
    return start(pinned, EchoTarget.class);
  }

  /** Starts a program that prints its ports, each behind its name. */
  static Target start(boolean pinned, Class<?> main, Object... arguments) throws IOException {
    List<String> command = Processes.pinned(pinned, Contender.java(main, arguments));
    return new Target(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  String url() {
    return "ws://127.0.0.1:" + port("ws") + "/";
  }

  int port(String what) {
    return ports.get(what);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
  }
}
