package io.github.wsproof.relay;

/** A way through the relay. */
public enum Leg {
  /** From the client to the server. */
  OUTBOUND,
  /** From the server to the client. */
  INBOUND
}
