package io.github.wsproof.ledger;

/**
 * What can be wrong with a message (an outcome) or with a reply (an event).
 *
 * <p>The order is the order of reports.
 */
public enum Kind {
  /**
   * Outcome: unanswered although a later message of its connection was answered, or on a connection
   * that is still open when the account is made.
   */
  LOST("lost", true),
  /** Event: a further reply, anywhere and in whatever condition, to a message already answered. */
  DUPLICATED("duplicated", true),
  /** Event: a first reply that came after the reply to a later message of its connection. */
  REORDERED("reordered", true),
  /** Outcome: answered, but the content or its form (text, binary) differs. */
  CORRUPTED("corrupted", true),
  /** Outcome: its reply arrived only on another connection. */
  MISDELIVERED("misdelivered", true),
  /** Event: a reply that no message of this run explains. */
  UNEXPECTED("unexpected", true),
  /** Event: a message of this run that came to a member of another room. */
  FOREIGN_ROOM("foreignRoom", true),
  /** Outcome: unanswered when its connection ended, and no later message was answered. */
  IN_DOUBT("inDoubt", false),
  /**
   * Outcome: in doubt when its connection ended, sent again on the next one, and answered there.
   */
  RECOVERED("recovered", false),
  /**
   * Outcome, of a stream: the server says that it has let go of it, so that it did not come too
   * late, but is not to be had.
   */
  GONE("gone", false),
  /** Outcome: planned, and not sent when the run ended. */
  NEVER_SENT("neverSent", false);

  private final String label;
  private final boolean failure;

  Kind(String label, boolean failure) {
    this.label = label;
    this.failure = failure;
  }

  /** The word for it in reports. */
  public String label() {
    return label;
  }

  /** Whether one of it makes the verdict FAIL; else it makes it INCONCLUSIVE. */
  public boolean isFailure() {
    return failure;
  }
}
