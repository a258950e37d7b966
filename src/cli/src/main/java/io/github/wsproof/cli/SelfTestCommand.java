package io.github.wsproof.cli;

import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.relay.Fault;
import io.github.wsproof.relay.Leg;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Proves the detectors: lies to the client in every known way, and compares. */
@Command(
    name = "self-test",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    description = {
      "Proves the detectors: puts a relay that lies on a plan between the client and a server of its"
          + " own, and compares what the client finds with what the relay did.",
      "",
      "The clean path comes first: a false alarm fails the test too. Nothing leaves this machine."
    },
    footer = {"", "Exit codes: 0 every count and leg is exact, 1 one is not, 64 bad usage."},
    exitCodeOnInvalidInput = Exit.USAGE,
    exitCodeOnExecutionException = Exit.INTERNAL)
final class SelfTestCommand implements Callable<Integer> {
  /** Cases at a time: most of a case is waiting for what will not come. */
  private static final int AT_ONCE = 3;

  private static final int FAULTS = 5;
  private static final long FIRST = 20;
  private static final long LAST = 900;
  private static final String FORMAT = "%-34s %8s  %-34s %-9s %s%n";

  private final Output output;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Makes the faults the same again (random).")
  private Long seed;

  SelfTestCommand(Output output) {
    this.output = output;
  }

  @Override
  public Integer call() throws Exception {
    long chosen = seed == null ? ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE) : seed;
    output.out().printf("Self-test with --seed %d%n%n", chosen);
    output.out().printf(FORMAT, "fault", "planned", "found", "leg", "ok");
    long startedNanos = System.nanoTime();
    int wrong = 0;
    int lines = 0;
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try (DevServer server = Servers.start("127.0.0.1", 0)) {
      for (Future<List<SelfTestCase.Line>> result : start(threads, server.uri(), chosen)) {
        for (SelfTestCase.Line line : result.get()) {
          print(line);
          lines++;
          wrong += line.ok() ? 0 : 1;
        }
      }
    } finally {
      threads.shutdownNow();
    }
    output
        .out()
        .printf(
            Locale.ROOT,
            "%n%s  %d of %d lines exact in %.1f s%n",
            wrong == 0 ? "PASS" : "FAIL",
            lines - wrong,
            lines,
            (System.nanoTime() - startedNanos) / 1e9);
    return wrong == 0 ? Exit.PASS : Exit.FAIL;
  }

  private void print(SelfTestCase.Line line) {
    output
        .out()
        .printf(
            FORMAT,
            line.fault(),
            line.planned(),
            line.found(),
            line.leg(),
            line.ok() ? "ok" : "NOT OK: " + line.problem());
  }

  private static List<Future<List<SelfTestCase.Line>>> start(
      ExecutorService threads, URI server, long seed) {
    List<Future<List<SelfTestCase.Line>>> results = new ArrayList<>();
    for (SelfTestCase test : cases()) {
      results.add(threads.submit(() -> test.run(server, seed + results.size())));
    }
    return results;
  }

  static List<SelfTestCase> cases() {
    List<SelfTestCase> cases = new ArrayList<>();
    cases.add(new SelfTestCase("clean", List.of(), 1, 64, false));
    cases.add(new SelfTestCase("clean, one at a time", List.of(), 1, 1, false));
    cases.add(new SelfTestCase("clean, 4 connections, binary", List.of(), 4, 256, true));
    for (Fault fault : Fault.values()) {
      for (Leg leg : Leg.values()) {
        int count = EnumSet.of(Fault.STALL, Fault.RESET, Fault.CLOSE).contains(fault) ? 1 : FAULTS;
        cases.add(
            new SelfTestCase(
                fault.name(),
                List.of(new SelfTestCase.Planned(fault, leg, count, FIRST, LAST)),
                2,
                64,
                false));
      }
    }
    cases.add(mixture("mixture, outbound", EnumSet.of(Leg.OUTBOUND), 3, 64, false));
    cases.add(mixture("mixture, inbound", EnumSet.of(Leg.INBOUND), 3, 64, true));
    cases.add(mixture("mixture, both legs", EnumSet.allOf(Leg.class), 2, 256, false));
    return cases;
  }

  /** Every fault that concerns single messages, each in a stretch of its own. */
  private static SelfTestCase mixture(
      String name, EnumSet<Leg> legs, int connections, int window, boolean binary) {
    EnumSet<Fault> faults = EnumSet.range(Fault.DROP, Fault.PHANTOM);
    long stretch = (LAST - FIRST) / (faults.size() * legs.size());
    List<SelfTestCase.Planned> planned = new ArrayList<>();
    long from = FIRST;
    for (Leg leg : legs) {
      for (Fault fault : faults) {
        planned.add(new SelfTestCase.Planned(fault, leg, 3, from, from + stretch - 8));
        from += stretch;
      }
    }
    return new SelfTestCase(name, planned, connections, window, binary);
  }
}
