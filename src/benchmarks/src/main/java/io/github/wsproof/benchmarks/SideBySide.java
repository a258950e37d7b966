package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The client and what a user might pick instead, at the same work against the same server, in turn,
 * round by round; prints Markdown.
 */
final class SideBySide {
  private final Options options;
  private final PrintStream out = new PrintStream(System.out, true, UTF_8);
  private final Tables tables = new Tables(out);

  private SideBySide(Options options) {
    this.options = options;
  }

  /** Runs it. Arguments: wsproof.jar, the folder of the peers, then options. */
  public static void main(String[] args) throws IOException {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      String works =
          Arrays.stream(Work.values()).map(Options::name).collect(Collectors.joining(", "));
      System.err.printf(Options.USAGE, works);
      System.exit(64);
      return;
    }
    new SideBySide(options).run();
  }

  private void run() throws IOException {
    double loadBefore = load();
    List<Contender> contenders = Contender.all(options);
    Map<Work, Map<Contender, Series>> measured = new LinkedHashMap<>();
    try (Target onCpu0 = Target.start(true);
        Target anywhere = Target.start(false)) {
      machine(loadBefore);
      for (Work work : options.works()) {
        Target target = work.pinned ? onCpu0 : anywhere;
        measured.put(work, new Comparison(work, target, options, contenders).run());
        tables.print(work, measured.get(work));
      }
      if (options.profile()) {
        new Profile(options, onCpu0).print(out, Work.WINDOW_1, 300_000);
        new Profile(options, anywhere).print(out, Work.WINDOW_1024, 5_000_000);
        new Profile(options, anywhere).print(out, Work.CONNECTIONS_100, 1_000_000);
      }
      if (options.many()) {
        new ManyConnections(options, anywhere).print(out);
      }
      if (options.longMessages() > 0) {
        new LongRun(options, anywhere).print(out);
      }
    }
    if (!measured.isEmpty()) {
      out.printf("%n### Targets%n%n| work | target | reached | |%n|---|---|---:|---|%n");
      measured.forEach(tables::targets);
    }
  }

  private void machine(double loadBefore) throws IOException {
    out.printf(
        "Commit %s, %s; %d rounds of about %s s each, %d cores, %s, Java %s, node %s, python %s,"
            + " load before %.1f.%n",
        said("git", "describe", "--always", "--dirty", "--abbrev=10"),
        LocalDate.now(),
        options.rounds(),
        number(options.seconds()),
        Runtime.getRuntime().availableProcessors(),
        said("uname", "-sr"),
        System.getProperty("java.vm.version"),
        said("node", "--version"),
        said("/usr/bin/python3", "-c", "import platform; print(platform.python_version())"),
        loadBefore);
  }

  private static String said(String... command) {
    try {
      return Processes.run(List.of(command), 20).out().strip();
    } catch (IOException e) {
      return "none";
    }
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value == Math.rint(value) ? "%.0f" : "%.1f", value);
  }
}
