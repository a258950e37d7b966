package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * After how long a silence a connection is cut: one connection for each time, all at once; each
 * says something at its end, for a connection may be forgotten without being cut.
 */
final class Silence implements Probe {
  private static final List<Integer> SECONDS = List.of(10, 30, 60, 100, 300);
  private static final int MOST_SECONDS_QUICK = 30;

  /** A limit up to which it is tried whether pings keep a connection open. */
  private static final double MOST_SECONDS_WITH_PINGS = 100;

  private record Quiet(int seconds, Report report) {}

  @Override
  public String name() {
    return "silence";
  }

  @Override
  public Finding look(Target target) throws InterruptedException {
    List<Integer> times =
        SECONDS.stream().filter(s -> !target.quick() || s <= MOST_SECONDS_QUICK).toList();
    target.progress().accept("up to " + times.get(times.size() - 1) + " s");
    int survived = 0;
    for (Quiet quiet : together(times, target)) {
      if (Outcomes.passed(quiet.report)) {
        survived = quiet.seconds;
      } else {
        return ended(survived, quiet, target);
      }
    }
    return new Finding(
        name(),
        Finding.Outcome.OK,
        "open after " + survived + " s without a word, the longest that was tried",
        List.of(),
        Map.of("survivedSeconds", survived));
  }

  private static List<Quiet> together(List<Integer> times, Target target)
      throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(times.size());
    try {
      List<Future<Quiet>> running = new ArrayList<>();
      for (int seconds : times) {
        RunPlan.Builder plan = quiet(Duration.ofSeconds(seconds), target);
        running.add(threads.submit(() -> new Quiet(seconds, target.run(plan))));
      }
      List<Quiet> ended = new ArrayList<>();
      for (Future<Quiet> one : running) {
        ended.add(one.get());
      }
      return ended;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      threads.shutdownNow();
    }
  }

  private static RunPlan.Builder quiet(Duration time, Target target) {
    return target.plan().messages(2).window(1).idle(time);
  }

  private Finding ended(int survived, Quiet quiet, Target target) throws InterruptedException {
    Report.Epoch cut = Outcomes.cut(quiet.report);
    if (cut == null) {
      return new Finding(
              name(),
              Outcomes.of(quiet.report),
              String.format(
                  "after %d s of silence (%d s were fine) the path has forgotten the connection and"
                      + " tells nobody: %s",
                  quiet.seconds, survived, Outcomes.how(quiet.report)))
          .usually(List.of("a firewall or a NAT that drops idle connections; a TCP load balancer"))
          .figures(Map.of("survivedSeconds", survived, "forgottenSeconds", quiet.seconds));
    }
    double seconds = Math.round(cut.seconds() * 10) / 10.0;
    String found =
        String.format(
            Locale.ROOT, "cut after %.1f s of silence: %s", seconds, Outcomes.how(quiet.report));
    if (seconds > MOST_SECONDS_WITH_PINGS || target.quick() && seconds > MOST_SECONDS_QUICK) {
      return new Finding(
          name(),
          Finding.Outcome.LIMIT,
          found,
          Causes.ofSilence(seconds, quiet.report),
          Map.of("cutAfterSeconds", seconds));
    }
    boolean kept = pingsKeepItOpen(seconds, target);
    return new Finding(
        name(),
        Finding.Outcome.LIMIT,
        found + (kept ? "; pings keep it open" : "; pings do not keep it open"),
        Causes.ofSilence(seconds, quiet.report),
        Map.of("cutAfterSeconds", seconds, "pingsKeepItOpen", kept));
  }

  private static boolean pingsKeepItOpen(double limitSeconds, Target target)
      throws InterruptedException {
    long millis = (long) (limitSeconds * 1000);
    target.progress().accept(String.format(Locale.ROOT, "%.1f s with pings", limitSeconds * 1.5));
    return Outcomes.passed(
        target.run(
            quiet(Duration.ofMillis(Math.max(2, millis * 3 / 2)), target)
                .ping(Duration.ofMillis(Math.max(1, millis / 3)))));
  }
}
