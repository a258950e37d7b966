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

  /** Counts of a run without rooms. */
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
      long neverSent,
      long recovered,
      long gone) {
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
        recovered,
        gone,
        0);
  }

  /** Counts of a run in which the client sent, and so nothing was gone. */
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
      long neverSent,
      long recovered) {
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
        recovered,
        0);
  }

  /** Counts of a run in which nothing was sent again. */
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
        0);
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
