package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.benchmarks.Processes.Outcome;
import io.github.wsproof.benchmarks.ServerTarget.Which;
import java.io.IOException;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Servers, each in a process of its own, with the same client, in turn, round by round: messages a
 * second, and the CPU time of the server's process; prints Markdown.
 *
 * <p>The client is {@code wsproof verify}: a round counts only if every message was delivered once.
 */
final class Servers {
  private static final Set<Work> WORKS =
      Set.of(Work.WINDOW_1, Work.WINDOW_256, Work.CONNECTIONS_100);
  private static final long FIRST_MESSAGES = 100_000;

  private final Options options;
  private final PrintStream out = new PrintStream(System.out, true, UTF_8);

  private Servers(Options options) {
    this.options = options;
  }

  /** Runs it. Arguments: as {@link SideBySide}. */
  public static void main(String[] args) throws IOException {
    new Servers(Options.parse(args)).run();
  }

  private void run() throws IOException {
    out.printf(
        "%s; %d rounds of about %.0f s each, %d cores, Java %s.%n",
        LocalDate.now(),
        options.rounds(),
        options.seconds(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.vm.version"));
    for (Work work : options.works()) {
      if (WORKS.contains(work)) {
        print(work, measure(work));
      }
    }
  }

  private Map<Which, Series> measure(Work work) throws IOException {
    Map<Which, Series> measured = new EnumMap<>(Which.class);
    Map<Which, Target> targets = new EnumMap<>(Which.class);
    Map<Which, Long> messages = new EnumMap<>(Which.class);
    try {
      for (Which which : Which.values()) {
        Progress.tell(work.title + ": calibrating " + which.title);
        Target target = Target.start(work.pinned, ServerTarget.class, which.name());
        targets.put(which, target);
        measured.put(which, new Series());
        messages.put(which, calibrated(work, target));
      }
      for (int round = 1; round <= options.rounds(); round++) {
        for (Which which : Which.values()) {
          Progress.tell(work.title + ": round " + round + ", " + which.title);
          double cpuBefore = Processes.cpuSeconds(targets.get(which).pid());
          Result result = verify(work, targets.get(which), messages.get(which));
          double cpu = Processes.cpuSeconds(targets.get(which).pid()) - cpuBefore;
          measured.get(which).add(result.rate(), cpu * 1e6 / result.messages());
        }
      }
      return measured;
    } finally {
      for (Target target : targets.values()) {
        target.close();
      }
    }
  }

  /** So many that a round takes as long as is wanted; and the server is warm. */
  private long calibrated(Work work, Target target) throws IOException {
    verify(work, target, FIRST_MESSAGES);
    double rate = verify(work, target, FIRST_MESSAGES).rate();
    rate = verify(work, target, Math.round(rate * options.seconds())).rate();
    return Math.max(FIRST_MESSAGES, Math.round(rate * options.seconds()));
  }

  private Result verify(Work work, Target target, long messages) throws IOException {
    List<String> command = Contender.wsproof(options, target);
    command.addAll(List.of("-n", String.valueOf(messages), "--no-receipts", "--json", "-"));
    command.addAll(List.of("-c", String.valueOf(work.connections)));
    command.addAll(List.of("-w", String.valueOf(work.window)));
    Outcome outcome =
        Processes.run(Processes.pinned(work.pinned, command), 60 + 20 * options.seconds());
    if (outcome.exit() != 0) {
      throw new IOException("exit " + outcome.exit() + ": " + outcome.err() + outcome.out());
    }
    JsonNode report = JsonMapper.shared().readTree(outcome.out());
    return new Result(
        report.at("/counts/delivered").asLong(), report.at("/run/seconds").asDouble());
  }

  private void print(Work work, Map<Which, Series> measured) {
    Series stock = measured.get(Which.STOCK_TYRUS);
    out.printf("%n### %s%n%n", work.title);
    out.println(
        "| server | messages/s, median | min – max | server's CPU µs a message | ÷ Tyrus's own |");
    out.println("|---|---:|---:|---:|---:|");
    measured.forEach(
        (which, series) ->
            out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %,.0f – %,.0f | %.2f | %.2f |%n",
                which.title,
                series.median(),
                series.min(),
                series.max(),
                series.cpuMicros(),
                series.ratioTo(stock)));
    overhead("serve", measured.get(Which.SERVE), measured.get(Which.BARE_WITHOUT_TIMER));
    overhead("Tomcat", measured.get(Which.TOMCAT), measured.get(Which.TOMCAT_BARE));
  }

  private void overhead(String container, Series echo, Series bare) {
    out.printf(
        Locale.ROOT,
        "%nOn %s the echo endpoint takes %.2f × the CPU of the bare one without a timer, and makes %.2f ×"
            + " its messages/s.%n",
        container,
        echo.cpuMicros() / bare.cpuMicros(),
        echo.ratioTo(bare));
  }
}
