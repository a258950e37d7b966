package io.github.wsproof.ledger;

/**
 * The exact counts of one run, in messages or, for duplicated, reordered, unexpected and foreign
 * room, in replies.
 *
 * <p>Always: {@code delivered + recovered + lost + corrupted + misdelivered + inDoubt + gone ==
 * sent} and {@code sent + neverSent == planned}.
 */
public record Counts(
    long planned,
    long sent,
    long delivered,
    long lost,
    long duplicated,
    long reordered,
    long corrupted,
    long misdelivered,
    long unexpected,
    long inDoubt,
    long neverSent,
    long recovered,
    long gone,
    long foreignRoom) {

  /** Counts of a run that sends each message once, to a server that keeps none. */
  public Counts(
      long planned,
      long sent,
      long delivered,
      long lost,
      long duplicated,
      long reordered,
      long corrupted,
      long misdelivered,
      long unexpected,
      long inDoubt,
      long neverSent) {
    this(
        planned,
        sent,
        delivered,
        lost,
        duplicated,
        reordered,
        corrupted,
        misdelivered,
        unexpected,
        inDoubt,
        neverSent,
        0,
        0,
        0);
  }

  /** These and those, of runs that have no message in common. */
  public Counts plus(Counts other) {
    return new Counts(
        planned + other.planned,
        sent + other.sent,
        delivered + other.delivered,
        lost + other.lost,
        duplicated + other.duplicated,
        reordered + other.reordered,
        corrupted + other.corrupted,
        misdelivered + other.misdelivered,
        unexpected + other.unexpected,
        inDoubt + other.inDoubt,
        neverSent + other.neverSent,
        recovered + other.recovered,
        gone + other.gone,
        foreignRoom + other.foreignRoom);
  }

  /** The count of one kind. */
  public long of(Kind kind) {
    return switch (kind) {
      case LOST -> lost;
      case DUPLICATED -> duplicated;
      case REORDERED -> reordered;
      case CORRUPTED -> corrupted;
      case MISDELIVERED -> misdelivered;
      case UNEXPECTED -> unexpected;
      case FOREIGN_ROOM -> foreignRoom;
      case IN_DOUBT -> inDoubt;
      case RECOVERED -> recovered;
      case GONE -> gone;
      case NEVER_SENT -> neverSent;
    };
  }
}
