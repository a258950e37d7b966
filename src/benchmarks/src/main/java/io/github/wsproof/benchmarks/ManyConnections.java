package io.github.wsproof.benchmarks;

import io.github.wsproof.benchmarks.Processes.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** 10,000 connections that send a message a second each: what is lost, and the memory it takes. */
final class ManyConnections {
  private static final double MOST_SECONDS = 240;

  /** On a large machine a JVM lets its heap grow to a quarter of it before it collects. */
  private static final String SMALL_HEAP = "-Xmx256m";

  private final Options options;
  private final Target target;
  private long peakMebibytes;

  ManyConnections(Options options, Target target) {
    this.options = options;
    this.target = target;
  }

  void print(PrintStream out) throws IOException {
    out.printf("%n### 10,000 connections, 1 message/s each, 60 s%n%n");
    out.println(
        "| JVM | verdict | sent | delivered | lost | never sent | peak RSS | CPU s | p50 | p99 |");
    out.println("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|");
    row(out, "as it comes");
    row(out, SMALL_HEAP, SMALL_HEAP);
  }

  private void row(PrintStream out, String name, String... jvm) throws IOException {
    Progress.tell("10,000 connections, JVM " + name);
    peakMebibytes = 0;
    List<String> command = Contender.wsproof(options, target, jvm);
    command.addAll(List.of("-c", "10000", "--rate", "10000", "--duration", "60s", "--json", "-"));
    Outcome outcome =
        Processes.run(
            command,
            MOST_SECONDS,
            pid -> peakMebibytes = Math.max(peakMebibytes, Processes.peakMebibytes(pid)));
    if (outcome.out().isBlank()) {
      out.println("Failed: " + outcome.err().lines().findFirst().orElse("nothing was said"));
      return;
    }
    JsonNode report = JsonMapper.shared().readTree(outcome.out());
    out.printf(
        "| %s | %s | %,d | %,d | %,d | %,d | %d MiB | %.1f | %.2f ms | %.1f ms |%n",
        name,
        report.at("/verdict").asString(),
        report.at("/counts/sent").asLong(),
        report.at("/counts/delivered").asLong(),
        report.at("/counts/lost").asLong(),
        report.at("/counts/neverSent").asLong(),
        peakMebibytes,
        outcome.cpuSeconds(),
        report.at("/latencyMicros/sent/p50").asDouble() / 1000,
        report.at("/latencyMicros/sent/p99").asDouble() / 1000);
  }
}
