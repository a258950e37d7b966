package io.github.wsproof.survey;

import io.github.wsproof.client.Versions;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Format;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Looks for the limits of a deployment, one probe after the other, each of small runs.
 *
 * @param wsproof the version that looked
 * @param verdict FAIL if messages were lost, changed or mixed up; INCONCLUSIVE if not all could be
 *     looked at; else PASS: limits are no failures
 * @param startedAt ISO-8601
 * @param seconds how long it took
 * @param interrupted whether it was stopped before its end
 * @param findings in the order of the probes
 */
public record Survey(
    String wsproof,
    Verdict verdict,
    String url,
    String startedAt,
    double seconds,
    boolean interrupted,
    List<Finding> findings) {
  private static final List<String> ORDER =
      List.of("a server that answers from several threads, or a proxy that drops what it buffers");

  static final List<Probe> PROBES =
      List.of(
          new RunProbe(
              "first message",
              plan -> plan.messages(20).window(1).perConnection(1),
              "%,d connections answered what came right behind the handshake",
              List.of(
                  "a server that listens only some time after it has accepted, or a proxy that"
                      + " drops what comes before the upgrade is done")),
          new LastWord(),
          new RunProbe(
              "text and binary mixed",
              plan -> plan.messages(200).window(16).format(Format.MIXED),
              "%,d came back, each as what it was",
              List.of("an application that knows only one of the two")),
          new RunProbe(
              "fragments",
              plan -> plan.messages(50).window(4).sizeBytes(1000).fragments(4),
              "%,d messages of 4 fragments came back whole",
              List.of("a server that reads only whole frames (RFC 6455 section 5.4)")),
          new Compression(),
          new Pings(),
          new RunProbe(
              "256 in flight",
              plan -> plan.messages(10_000).window(256),
              "%,d came back once, in order and intact",
              ORDER),
          new RunProbe(
              "short connections",
              plan -> plan.messages(200).window(1).connections(10).perConnection(1),
              "%,d connections, one message each, were all answered",
              List.of(
                  "a limit of handshakes a second (nginx: limit_req; wsproof:"
                      + " max-handshakes-per-second), or ports in TIME_WAIT")),
          new ManyConnections(),
          new SizeSweep("size, text", false),
          new SizeSweep("size, binary", true),
          new Silence());

  /** Copies the findings. */
  public Survey {
    findings = List.copyOf(findings);
  }

  /** Is told of a survey while it goes on, on its thread. */
  public interface Listener {
    /** A probe begins. */
    void looking(String probe);

    /** It has ended. */
    void found(Finding finding);
  }

  /**
   * Surveys; takes a minute, and five more unless it is to be quick. An interrupt of the thread
   * ends it early.
   */
  public static Survey of(Target target, Listener listener) {
    Instant started = Instant.now();
    long startedNanos = System.nanoTime();
    List<Finding> findings = new ArrayList<>();
    boolean interrupted = false;
    try {
      Finding reachable = look(new Reachable(), target, listener, findings);
      if (reachable.outcome() == Finding.Outcome.OK) {
        for (Probe probe : PROBES) {
          look(probe, target, listener, findings);
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    return new Survey(
        Versions.WSPROOF,
        verdict(findings, interrupted),
        target.url().toString(),
        started.toString(),
        seconds,
        interrupted,
        findings);
  }

  private static Finding look(Probe probe, Target target, Listener listener, List<Finding> findings)
      throws InterruptedException {
    listener.looking(probe.name());
    Finding finding = probe.look(target);
    findings.add(finding);
    listener.found(finding);
    return finding;
  }

  private static Verdict verdict(List<Finding> findings, boolean interrupted) {
    if (findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.FAILED)) {
      return Verdict.FAIL;
    }
    boolean unknown = findings.stream().anyMatch(f -> f.outcome() == Finding.Outcome.UNKNOWN);
    return interrupted || unknown ? Verdict.INCONCLUSIVE : Verdict.PASS;
  }

  /** How many findings are of a kind. */
  public long count(Finding.Outcome outcome) {
    return findings.stream().filter(finding -> finding.outcome() == outcome).count();
  }

  /** As JSON, indented. */
  public String toJson() {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(this);
  }
}
