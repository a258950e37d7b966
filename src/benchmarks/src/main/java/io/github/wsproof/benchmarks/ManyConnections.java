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

  private final Options options;
  private final Target target;
  private long peakMebibytes;

  ManyConnections(Options options, Target target) {
    this.options = options;
    this.target = target;
  }

  void print(PrintStream out) throws IOException {
    out.printf("%n### 10,000 connections, 1 message/s each, 60 s%n%n");
    if (!helpHas("--rate") || !helpHas("--duration")) {
      out.println("Skipped: this wsproof has no --rate and --duration.");
      return;
    }
    Progress.tell("10,000 connections");
    List<String> command = Contender.wsproof(options, target);
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
    print(out, JsonMapper.shared().readTree(outcome.out()), outcome);
  }

  private void print(PrintStream out, JsonNode report, Outcome outcome) {
    out.println("| verdict | sent | delivered | lost | never sent | peak RSS | CPU s | p99 |");
    out.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    out.printf(
        "| %s | %,d | %,d | %,d | %,d | %d MiB (target: under 400) | %.1f | %.1f ms |%n",
        report.at("/verdict").asString(),
        report.at("/counts/sent").asLong(),
        report.at("/counts/delivered").asLong(),
        report.at("/counts/lost").asLong(),
        report.at("/counts/neverSent").asLong(),
        peakMebibytes,
        outcome.cpuSeconds(),
        report.at("/latencyMicros/sent/p99").asDouble() / 1000);
  }

  private boolean helpHas(String option) throws IOException {
    List<String> command = Contender.wsproof(options, target);
    command.add("--help");
    return Processes.run(command, 20).out().contains(option);
  }
}
