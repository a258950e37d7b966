package io.github.wsproof.ledger;

/**
 * One outcome or event that is wrong.
 *
 * @param kind what it is
 * @param connection the connection of the message, or, where no message is known, the one on which
 *     the reply came
 * @param sequence the message's sequence, or {@link #NO_SEQUENCE}
 * @param leg where it happened
 * @param detail a sentence
 * @param expected what should have come, shortened; null where nothing should
 * @param actual what came, shortened; null where nothing did
 */
public record Anomaly(
    Kind kind,
    int connection,
    long sequence,
    Leg leg,
    String detail,
    String expected,
    String actual) {
  /** The sequence of a reply that belongs to no message. */
  public static final long NO_SEQUENCE = -1;
}
