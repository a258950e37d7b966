package io.github.wsproof.benchmarks;

import io.github.wsproof.benchmarks.Processes.Outcome;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Very many messages with a heap of 64 MiB: the rate of the first million beside that of all. Time
 * and memory are a matter of the window, not of the number of messages.
 */
final class LongRun {
  private static final String HEAP = "-Xmx64m";
  private static final long SECONDS_PER_MILLION = 15;

  private final Options options;
  private final Target target;
  private long peakMebibytes;

  LongRun(Options options, Target target) {
    this.options = options;
    this.target = target;
  }

  void print(PrintStream out) throws IOException {
    out.printf("%n### %,d messages, window 256, %s%n%n", options.longMessages(), HEAP);
    out.println("| messages | verdict | messages/s | peak RSS | GC ms | p50 | p99 | max |");
    out.println("|---:|---|---:|---:|---:|---:|---:|---:|");
    for (long messages = 10_000; messages <= options.longMessages(); messages *= 10) {
      row(out, messages);
    }
  }

  private void row(PrintStream out, long messages) throws IOException {
    Progress.tell(String.format("long run: %,d", messages));
    peakMebibytes = 0;
    List<String> command = Contender.wsproof(options, target, HEAP);
    command.addAll(List.of("-n", String.valueOf(messages), "-w", "256", "--json", "-"));
    Outcome outcome =
        Processes.run(
            command,
            60 + messages / 1e6 * SECONDS_PER_MILLION,
            pid -> peakMebibytes = Math.max(peakMebibytes, Processes.peakMebibytes(pid)));
    JsonNode report = JsonMapper.shared().readTree(outcome.out());
    out.printf(
        "| %,d | %s | %,.0f | %d MiB | %d | %.2f ms | %.2f ms | %.0f ms |%n",
        messages,
        report.at("/verdict").asString(),
        report.at("/counts/delivered").asLong() / report.at("/run/seconds").asDouble(),
        peakMebibytes,
        report.at("/client/gcPauseMillis").asLong(),
        report.at("/latencyMicros/sent/p50").asDouble() / 1000,
        report.at("/latencyMicros/sent/p99").asDouble() / 1000,
        report.at("/latencyMicros/sent/max").asDouble() / 1000);
  }
}
