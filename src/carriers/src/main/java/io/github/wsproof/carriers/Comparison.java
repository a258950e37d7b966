package io.github.wsproof.carriers;

import io.github.wsproof.client.Versions;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.relay.Meter;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The same messages over each transport in turn, in rounds, so that what else goes on meanwhile
 * hits all alike; a round before the first, of fewer messages, is not measured. Each turn has
 * connections of its own, through a meter of its own.
 *
 * @param wsproof the version that compared
 * @param verdict the worst of the transports that the server has; INCONCLUSIVE if it has none
 * @param startedAt ISO-8601
 * @param seconds how long it took
 * @param interrupted whether it was stopped before its end
 * @param rounds that were planned
 * @param messages of one round, one at a time
 * @param burst of one round, with {@code window} in flight
 * @param size what messages were padded to
 * @param pollMillis the pause of short polling
 * @param results in the order of the transports
 */
public record Comparison(
    String wsproof,
    Verdict verdict,
    String url,
    String startedAt,
    double seconds,
    boolean interrupted,
    int rounds,
    int messages,
    int burst,
    int window,
    int size,
    long pollMillis,
    List<Result> results) {

  private static final int WARM_UP = 200;
  private static final int MOST_ROUNDS = 1000;

  /** One transport while it is being measured. */
  private static final class Running {
    final Carrier carrier;
    final Totals one = new Totals();
    final Totals burst = new Totals();
    final Set<String> reasons = new LinkedHashSet<>();
    final List<Anomaly> anomalies = new ArrayList<>();
    Counts counts;
    String missing;

    Running(Carrier carrier) {
      this.carrier = carrier;
    }

    Result result() {
      return new Result(
          carrier.name(),
          counts == null ? null : Verdict.of(counts),
          missing == null && counts == null ? "there was no time for it" : missing,
          counts,
          one.measured(),
          burst.measured(),
          List.copyOf(reasons),
          anomalies.subList(0, Math.min(anomalies.size(), Ledger.SAMPLE)));
    }
  }

  /**
   * Compares; an interrupt of the thread ends it early.
   *
   * @param progress is told, in a few words, what goes on
   * @throws IOException if no port of this machine can be had
   */
  public static Comparison of(Plan plan, Consumer<String> progress) throws IOException {
    Instant started = Instant.now();
    long startedNanos = System.nanoTime();
    Http http = new Http(plan);
    List<Running> all = new ArrayList<>(List.of(new Running(new SocketCarrier())));
    all.add(new Running(new RequestCarrier(http)));
    for (SessionCarrier.Way way : SessionCarrier.Way.values()) {
      all.add(new Running(new SessionCarrier(http, way)));
    }
    boolean interrupted = false;
    try {
      for (Running running : all) {
        progress.accept(running.carrier.name() + ", warming up");
        turn(plan, running, Math.min(WARM_UP, plan.messages()), 1, plan.seed() + MOST_ROUNDS, null);
        int warm = Math.min(WARM_UP, plan.burst());
        turn(plan, running, warm, plan.window(), plan.seed() - MOST_ROUNDS, null);
      }
      for (int round = 0; round < plan.rounds(); round++) {
        for (Running running : all) {
          String where = running.carrier.name() + ", round " + (round + 1);
          progress.accept(where);
          turn(plan, running, plan.messages(), 1, plan.seed() + round, running.one);
          turn(plan, running, plan.burst(), plan.window(), plan.seed() - 1 - round, running.burst);
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    List<Result> results = all.stream().map(Running::result).toList();
    return new Comparison(
        Versions.WSPROOF,
        verdict(results, interrupted),
        plan.url().toString(),
        started.toString(),
        (System.nanoTime() - startedNanos) / 1e9,
        interrupted,
        plan.rounds(),
        plan.messages(),
        plan.burst(),
        plan.window(),
        plan.sizeBytes(),
        plan.pollEvery().toMillis(),
        results);
  }

  /**
   * One turn.
   *
   * @param measured takes the figures; null for a turn that only warms up, on both sides: its
   *     messages are accounted for
   */
  private static void turn(
      Plan plan, Running running, int messages, int window, long seed, Totals measured)
      throws IOException, InterruptedException {
    if (messages == 0 || running.missing != null) {
      return;
    }
    SSLContext tls = plan.isSecure() ? context(plan) : null;
    boolean checksName = !plan.connection().tls().insecure();
    Outcome outcome;
    Meter.Counts wire;
    URI address;
    String failure;
    try (Meter meter = Meter.start(plan.url().getHost(), plan.port(), tls, checksName)) {
      address = meter.uri();
      outcome = running.carrier.carry(new Turn(plan, address, messages, window, seed));
      wire = meter.counts();
      failure = meter.failure();
    }
    if (outcome.missing() != null) {
      String why =
          failure == null
              ? outcome.missing().replace(address.getAuthority(), plan.url().getRawAuthority())
              : "could not connect to " + plan.url().getRawAuthority() + ": " + failure;
      if (running.counts == null) {
        running.missing = why;
      } else {
        // It was there before: these messages are of the account.
        running.reasons.add(why);
        running.counts = running.counts.plus(neverSent(messages));
      }
      return;
    }
    if (measured != null) {
      measured.add(outcome, wire);
    }
    running.counts =
        running.counts == null ? outcome.counts() : running.counts.plus(outcome.counts());
    running.reasons.addAll(outcome.reasons());
    running.anomalies.addAll(outcome.anomalies());
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static Counts neverSent(int messages) {
    return new Counts(messages, 0, 0, 0, 0, 0, 0, 0, 0, 0, messages);
  }

  private static SSLContext context(Plan plan) throws IOException {
    SSLContext context = plan.connection().tls().context();
    try {
      return context == null ? SSLContext.getDefault() : context;
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IOException("this Java speaks no TLS", e);
    }
  }

  private static Verdict verdict(List<Result> results, boolean interrupted) {
    Verdict worst = Verdict.PASS;
    boolean any = false;
    for (Result result : results) {
      if (result.verdict() != null) {
        any = true;
        worst = result.verdict().compareTo(worst) > 0 ? result.verdict() : worst;
      }
    }
    boolean unproved = !any || interrupted;
    return worst == Verdict.PASS && unproved ? Verdict.INCONCLUSIVE : worst;
  }

  /** As JSON, indented. */
  public String toJson() {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(this);
  }
}
