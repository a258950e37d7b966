package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import jakarta.websocket.CloseReason.CloseCodes;

/** Decides on handshakes. Thread-safe. */
final class Admission {
  private static final int VIOLATED_POLICY = CloseCodes.VIOLATED_POLICY.getCode();
  private static final int TRY_AGAIN_LATER = CloseCodes.TRY_AGAIN_LATER.getCode();

  /** No namespace is called like these: neither is a name. */
  static final String ADMIN_SCOPE = "/admin";

  static final String USER_SCOPE = "/";

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

  /** The same for a request of a session that was admitted: what waits for it may be fetched. */
  Refusal checkRequest(HandshakeRequestView request) {
    Refusal refusal = queryRefusal(request);
    refusal = refusal == null ? access.refuseUser(request) : refusal;
    if (refusal != null) {
      figures.refused(refusal.cause());
    }
    return refusal;
  }

  private Refusal refusal(HandshakeRequestView request) {
    if (draining) {
      return new Refusal(503, TRY_AGAIN_LATER, "the server is draining", "draining");
    }
    Refusal refusal = queryRefusal(request);
    if (refusal != null) {
      return refusal;
    }
    refusal = refuse(request);
    return refusal == null ? crowded(request) : refusal;
  }

  /** Of its address and its origin. */
  private Refusal queryRefusal(HandshakeRequestView request) {
    if (request.query() != null && request.query().length() > limits.queryBytes()) {
      return new Refusal(
          414,
          VIOLATED_POLICY,
          "the query may have at most " + limits.queryBytes() + " bytes",
          "query");
    }
    return access.allowsOrigin(request) ? null : Refusal.otherOrigin();
  }

  private Refusal refuse(HandshakeRequestView request) {
    String path = request.path();
    if (path.startsWith(RoomMessages.PATH)) {
      String wrong = RoomRequest.wrongName(path.substring(RoomMessages.PATH.length()));
      if (wrong != null) {
        return Rooms.violation(wrong);
      }
    }
    return switch (scope(path)) {
      case ADMIN_SCOPE -> access.refuseAdmin(request);
      case USER_SCOPE -> access.refuseUser(request);
      default -> access.refuseMember(scope(path), request);
    };
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

  /**
   * What a path leads to that takes more than being a user: {@link #ADMIN_SCOPE}, {@link
   * #USER_SCOPE} for nothing of the kind, or the namespace of a room.
   */
  static String scope(String path) {
    if (path.startsWith(RoomMessages.PATH)) {
      int slash = path.indexOf('/', RoomMessages.PATH.length());
      return slash < 0 ? USER_SCOPE : path.substring(RoomMessages.PATH.length(), slash);
    }
    return path.endsWith(AdminEndpoint.PATH) ? ADMIN_SCOPE : USER_SCOPE;
  }
}
