package io.github.wsproof.server;

import jakarta.websocket.CloseReason.CloseCodes;

/** Decides on handshakes. Thread-safe. */
final class Admission {
  private static final int VIOLATED_POLICY = CloseCodes.VIOLATED_POLICY.getCode();
  private static final int TRY_AGAIN_LATER = CloseCodes.TRY_AGAIN_LATER.getCode();

  private final Limits limits;
  private final Access access;
  private final Connections connections;
  private final Figures figures;
  private final Allowance handshakes;
  private volatile boolean draining;

  Admission(Limits limits, Access access, Connections connections, Figures figures) {
    this.limits = limits;
    this.access = access;
    this.connections = connections;
    this.figures = figures;
    this.handshakes =
        limits.handshakesPerSecond() == 0
            ? null
            : new Allowance(limits.handshakesPerSecond(), System.nanoTime());
  }

  void drain() {
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }

  /** Why a handshake is refused, or null. What it refuses is counted. */
  Refusal check(HandshakeRequestView request) {
    Refusal refusal = refusal(request);
    if (refusal != null) {
      figures.refused(refusal.cause());
    }
    return refusal;
  }

  private Refusal refusal(HandshakeRequestView request) {
    if (draining) {
      return new Refusal(503, TRY_AGAIN_LATER, "the server is draining", "draining");
    }
    if (request.query() != null && request.query().length() > limits.queryBytes()) {
      return new Refusal(
          414,
          VIOLATED_POLICY,
          "the query may have at most " + limits.queryBytes() + " bytes",
          "query");
    }
    if (!access.allowsOrigin(request)) {
      return Refusal.otherOrigin();
    }
    Refusal refusal =
        isAdminPath(request.path()) ? access.refuseAdmin(request) : access.refuseUser(request);
    return refusal == null ? crowded(request) : refusal;
  }

  private Refusal crowded(HandshakeRequestView request) {
    if (handshakes != null) {
      synchronized (handshakes) {
        if (!handshakes.take(1, System.nanoTime())) {
          return new Refusal(
              429,
              TRY_AGAIN_LATER,
              "more than " + limits.handshakesPerSecond() + " handshakes in a second",
              "handshake-rate");
        }
      }
    }
    return connections.crowded(request.address(), limits);
  }

  static boolean isAdminPath(String path) {
    return path.endsWith(AdminEndpoint.PATH);
  }
}
