package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/** Processes that are started, bounded in time and measured, one after the other. */
final class Processes {
  private static final double TICKS_PER_SECOND = 100;

  private Processes() {}

  /**
   * How a process went.
   *
   * @param seconds from its start to its end
   * @param cpuSeconds of all its threads, in the system too; to a hundredth
   */
  record Outcome(int exit, String out, String err, double seconds, double cpuSeconds) {
    String lastLine() {
      return out.substring(out.stripTrailing().lastIndexOf('\n') + 1).strip();
    }
  }

  /** The command on CPU 0, or where the system puts it. */
  static List<String> pinned(boolean pinned, List<String> command) {
    if (!pinned) {
      return command;
    }
    List<String> all = new ArrayList<>(List.of("taskset", "-c", "0"));
    all.addAll(command);
    return all;
  }

  static Outcome run(List<String> command, double mostSeconds) throws IOException {
    return run(command, mostSeconds, pid -> {});
  }

  /**
   * Runs a command to its end.
   *
   * @param watch is called with its process id four times a second
   */
  static Outcome run(List<String> command, double mostSeconds, LongConsumer watch)
      throws IOException {
    Path out = Files.createTempFile("wsproof-benchmarks", ".out");
    Path err = Files.createTempFile("wsproof-benchmarks", ".err");
    try {
      double cpuBefore = cpuSecondsOfChildren();
      long startNanos = System.nanoTime();
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      await(process, startNanos, mostSeconds, watch);
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      double cpuSeconds = cpuSecondsOfChildren() - cpuBefore;
      return new Outcome(
          process.exitValue(),
          Files.readString(out, UTF_8),
          Files.readString(err, UTF_8),
          seconds,
          cpuSeconds);
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static void await(
      Process process, long startNanos, double mostSeconds, LongConsumer watch) throws IOException {
    try {
      while (!process.waitFor(250, TimeUnit.MILLISECONDS)) {
        watch.accept(process.pid());
        if (System.nanoTime() - startNanos > mostSeconds * 1e9) {
          process.destroyForcibly().waitFor();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IOException("interrupted", e);
    }
  }

  /** proc(5): fields 16 and 17, what children have used that have ended and been waited for. */
  private static double cpuSecondsOfChildren() throws IOException {
    return cpuSeconds("/proc/self/stat", 13);
  }

  private static double cpuSeconds(String file, int user) throws IOException {
    String stat = Files.readString(Path.of(file), UTF_8);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[user]) + Long.parseLong(fields[user + 1])) / TICKS_PER_SECOND;
  }

  /** What a process that runs has used so far, all its threads, in the system too. */
  static double cpuSeconds(long pid) throws IOException {
    return cpuSeconds("/proc/" + pid + "/stat", 11);
  }

  /** The most memory that a process has had resident, in MiB; 0 where it has gone. */
  static long peakMebibytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"), UTF_8)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
    } catch (IOException e) {
      // It has just ended.
      return 0;
    }
    return 0;
  }
}
