package io.github.wsproof.benchmarks;

import io.github.wsproof.benchmarks.Contender.Kind;
import io.github.wsproof.benchmarks.Processes.Outcome;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One work done by every client, in turn, round by round. */
final class Comparison {
  private static final long FIRST_MESSAGES = 20_000;
  private static final int MOST_CALIBRATIONS = 4;
  private static final double MOST_SECONDS = 60;

  private final Work work;
  private final Target target;
  private final Options options;
  private final Map<Contender, Series> series = new LinkedHashMap<>();
  private final Map<Contender, Long> messages = new LinkedHashMap<>();

  Comparison(Work work, Target target, Options options, List<Contender> contenders) {
    this.work = work;
    this.target = target;
    this.options = options;
    for (Contender contender : contenders) {
      if (!contender.command().of(work, target, 1).isEmpty()) {
        series.put(contender, new Series());
      }
    }
  }

  /** Every client gets as many messages as keep it at work for about as long as the others. */
  Map<Contender, Series> run() throws IOException {
    for (Contender contender : series.keySet()) {
      Progress.tell(work.title + ": calibrating " + contender.name());
      messages.put(contender, calibrate(contender));
    }
    for (int round = 1; round <= options.rounds(); round++) {
      for (Contender contender : series.keySet()) {
        Progress.tell(work.title + ": round " + round + ", " + contender.name());
        measure(contender);
      }
    }
    return series;
  }

  private long calibrate(Contender contender) throws IOException {
    if (work.wholeProcess) {
      return Work.PROCESS_MESSAGES;
    }
    long count = FIRST_MESSAGES;
    for (int i = 0; i < MOST_CALIBRATIONS; i++) {
      Result result = result(contender, outcome(contender, count));
      if (result == null) {
        return count;
      }
      double factor = options.seconds() / result.seconds();
      count = Math.max(FIRST_MESSAGES, Math.round(count * Math.min(factor, 50)));
      if (factor < 2) {
        break;
      }
    }
    return count;
  }

  private void measure(Contender contender) throws IOException {
    Series figures = series.get(contender);
    if (figures.failed()) {
      return;
    }
    Outcome outcome = outcome(contender, messages.get(contender));
    Result result = result(contender, outcome);
    if (result != null) {
      double figure = work.wholeProcess ? outcome.seconds() : result.rate();
      figures.add(figure, outcome.cpuSeconds() * 1e6 / result.messages());
    }
  }

  private Outcome outcome(Contender contender, long count) throws IOException {
    List<String> command = contender.command().of(work, target, count);
    return Processes.run(
        Processes.pinned(work.pinned, command), MOST_SECONDS + 5 * options.seconds());
  }

  /** Null where it failed; the series then says how. */
  private Result result(Contender contender, Outcome outcome) {
    if (outcome.exit() == 0) {
      if (!isVerifier(contender)) {
        return told(outcome.lastLine());
      }
      return work.wholeProcess
          ? new Result(Work.PROCESS_MESSAGES, outcome.seconds())
          : verified(outcome.out());
    }
    String said = outcome.err() + outcome.out();
    series.get(contender).failure =
        "exit " + outcome.exit() + ": " + said.lines().findFirst().orElse("nothing was said");
    return null;
  }

  private static boolean isVerifier(Contender contender) {
    return contender.name().startsWith(Contender.OURS) && contender.kind() != Kind.LIMIT;
  }

  /** Exit 0 has said that all were delivered. */
  private static Result verified(String report) {
    JsonNode root = JsonMapper.shared().readTree(report);
    return new Result(root.at("/counts/delivered").asLong(), root.at("/run/seconds").asDouble());
  }

  private static Result told(String line) {
    JsonNode root = JsonMapper.shared().readTree(line);
    return new Result(root.at("/messages").asLong(), root.at("/seconds").asDouble());
  }
}
