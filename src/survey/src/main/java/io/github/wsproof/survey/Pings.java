package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Whether pings come back as pongs between the messages (RFC 6455 section 5.5.2). */
final class Pings implements Probe {
  private static final int MESSAGES = 100;
  private static final int MESSAGES_PER_SECOND = 100;
  private static final Duration EVERY = Duration.ofMillis(20);

  @Override
  public String name() {
    return "pings";
  }

  @Override
  public Finding look(Target target) throws InterruptedException {
    Report report =
        target.run(
            target.plan().messages(MESSAGES).window(0).rate(MESSAGES_PER_SECOND).ping(EVERY));
    Report.PingInfo pings = report.path() == null ? null : report.path().pings();
    if (!Outcomes.passed(report) || pings == null) {
      return new Finding(name(), Outcomes.of(report), Outcomes.how(report))
          .usually(List.of("a server or a proxy that does not know control frames"));
    }
    Map<String, Object> figures =
        Map.of("sent", pings.sent(), "answered", pings.answered(), "unknown", pings.unknown());
    // The last one may be under way at the end.
    if (pings.answered() < pings.sent() - 1 || pings.unknown() > 0) {
      String found =
          String.format(
              Locale.ROOT,
              "%,d of %,d pings were answered, and %,d pongs came that nobody asked for",
              pings.answered(),
              pings.sent(),
              pings.unknown());
      return new Finding(name(), Finding.Outcome.LIMIT, found)
          .usually(List.of("a server or a proxy that answers pings late, or not each"))
          .figures(figures);
    }
    String found =
        String.format(
            Locale.ROOT,
            "answered, %,d of %,d; p50 %.1f ms",
            pings.answered(),
            pings.sent(),
            pings.roundTripMicros().p50() / 1000);
    return new Finding(name(), Finding.Outcome.OK, found).figures(figures);
  }
}
