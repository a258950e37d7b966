package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.RoomMessages;
import io.github.wsproof.protocol.StreamMessages;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What a deployment answers to those who run it. Thread-safe. */
public final class Operations {
  /** For load balancers: 200, or 503 while draining. */
  public static final String HEALTH = "/health";

  /** Figures in Prometheus's text format, for administrators. */
  public static final String METRICS = "/metrics";

  /** Draining, by POST, for administrators. */
  public static final String DRAIN = "/drain";

  /** Where plain requests are answered here, sockets included; a star stands for any name. */
  public static final List<String> PATHS =
      List.of(
          HEALTH,
          METRICS,
          DRAIN,
          AdminEndpoint.PATH,
          StreamMessages.PATH + "*",
          RoomMessages.PATH + "*");

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private final Deployment deployment;

  Operations(Deployment deployment) {
    this.deployment = deployment;
  }

  /** An answer: its HTTP status, its media type, what it says, and headers beside. */
  public record Answer(int status, String type, byte[] body, Map<String, String> headers) {}

  /** Whether there is nothing but a WebSocket at a path: a plain request is told so. */
  static boolean isSocket(String path) {
    return path.equals(AdminEndpoint.PATH)
        || path.startsWith(StreamMessages.PATH)
        || path.startsWith(RoomMessages.PATH);
  }

  /**
   * Answers a request without an upgrade. Its path is one of the above or a socket's; or it is a
   * handshake that has lost its Upgrade.
   */
  public Answer answer(String method, HandshakeRequestView request) {
    return switch (request.path()) {
      case HEALTH -> deployment.isDraining() ? text(503, "draining") : text(200, "ok");
      case METRICS -> forAdmin(request, this::metrics);
      case DRAIN ->
          method.equals("POST")
              ? forAdmin(request, this::drain)
              : new Answer(405, TEXT, line("drain by POST"), Map.of("Allow", "POST"));
      default ->
          isSocket(request.path()) || NotUpgraded.isHandshakeButForUpgrade(request)
              ? NotUpgraded.answer(request)
              : text(404, "there is nothing at " + request.path());
    };
  }

  /** A browser sends what it knows of an administrator whatever page asks it to: see Origin. */
  private Answer forAdmin(HandshakeRequestView request, Supplier<Answer> answer) {
    Refusal refusal =
        deployment.access().allowsOrigin(request)
            ? deployment.access().refuseAdmin(request)
            : Refusal.otherOrigin();
    return refusal == null
        ? answer.get()
        : new Answer(refusal.status(), TEXT, line(refusal.sentence()), refusal.headers());
  }

  private Answer metrics() {
    return new Answer(200, PROMETHEUS, deployment.figures().text(), Map.of());
  }

  private Answer drain() {
    Deployment.Drained drained = deployment.drain();
    return text(
        200,
        "drained: "
            + drained.closed()
            + " closed, "
            + drained.unanswered()
            + " messages unanswered, "
            + drained.open()
            + " still open");
  }

  static Answer text(int status, String sentence) {
    return new Answer(status, TEXT, line(sentence), Map.of());
  }

  static byte[] line(String sentence) {
    return (sentence + "\n").getBytes(UTF_8);
  }
}
