package io.github.wsproof.ledger;

/** The outcome of a run, from best to worst; the worst wins. */
public enum Verdict {
  /** At least one message, and every planned message delivered once, in order, intact. */
  PASS,
  /** Nothing is proved wrong, but not everything is proved right. */
  INCONCLUSIVE,
  /** Something is proved wrong. */
  FAIL;

  /** The verdict that counts lead to. */
  public static Verdict of(Counts counts) {
    return of(counts, false);
  }

  /**
   * The verdict that counts lead to.
   *
   * @param acceptRecovered whether a message that was sent again counts as delivered
   */
  public static Verdict of(Counts counts, boolean acceptRecovered) {
    boolean doubtful =
        counts.planned() == 0 || counts.delivered() + counts.recovered() < counts.planned();
    for (Kind kind : Kind.values()) {
      if (counts.of(kind) > 0) {
        if (kind.isFailure()) {
          return FAIL;
        }
        doubtful |= kind != Kind.RECOVERED || !acceptRecovered;
      }
    }
    return doubtful ? INCONCLUSIVE : PASS;
  }
}
