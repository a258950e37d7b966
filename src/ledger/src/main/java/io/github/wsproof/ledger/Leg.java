package io.github.wsproof.ledger;

/** A way that a message goes. */
public enum Leg {
  /** From the client to the server. */
  OUTBOUND("outbound"),
  /** From the server to the client. */
  INBOUND("inbound"),
  /** One of the two: no receipt proves which. */
  UNKNOWN("unknown");

  private final String label;

  Leg(String label) {
    this.label = label;
  }

  /** The word for it in reports. */
  public String label() {
    return label;
  }
}
