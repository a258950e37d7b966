package io.github.wsproof.transport;

/**
 * How a connection has really ended. (Tyrus tells 1006 of every end without a Close frame.)
 *
 * @param cause what ended it
 * @param closeFirst whether this side's Close frame was sent before the peer's came, or the peer's
 *     never came
 * @param code the code of the peer's Close frame (1005 if it carried none), else 1006
 * @param reason the reason in the peer's Close frame; where there was none, what was observed
 */
public record ConnectionEnd(Cause cause, boolean closeFirst, int code, String reason) {

  /** What ended a connection. */
  public enum Cause {
    /** The peer's Close frame came. */
    CLOSE_FRAME,
    /** The peer ended its half of the TCP connection (FIN) without a Close frame. */
    END_OF_STREAM,
    /** The peer, or something in between, reset the TCP connection. */
    RESET,
    /** Nothing came within a bound: after this side's Close, or TCP gave up. */
    TIMED_OUT,
    /** Another failure of the socket or of TLS. */
    FAILED,
    /** This side cut it: its loop was closed. */
    CUT
  }

  static final int NO_CLOSE_FRAME = 1006;

  static ConnectionEnd without(Cause cause, boolean closeSent, String observed) {
    return new ConnectionEnd(cause, closeSent, NO_CLOSE_FRAME, observed);
  }
}
