package io.github.wsproof.ledger;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;

/**
 * Finds the message that a damaged reply is closest to.
 *
 * <p>Candidates are the unanswered messages of the reply's connection, and its last answered ones,
 * of which it may be a damaged copy. They are ranked by their first {@value #HEAD_BYTES} bytes,
 * which hold the whole identity; the winner must be alike in at least half of its bytes.
 */
final class Nearest {
  static final long NONE = -1;
  private static final int HEAD_BYTES = 64;
  private static final int RECENT = 64;

  /** A reply this close to a message is closer to it than to any other: their checks differ. */
  private static final int CERTAIN_DIFFERENCE = 2;

  private static final int CHECK_DIGITS = 8;
  private static final int CHECK_DIGITS_ALIKE = 4;

  private final Messages messages;
  private final Messages heads;
  private final Messages bare;
  private final MessageReader reader;

  private ConnectionLedger connection;
  private byte[] reply;
  private int from;
  private int to;
  private boolean hasSyntax;
  private long best;
  private int bestAlike;
  private int bestLength;

  Nearest(Messages messages) {
    this.messages = messages;
    this.heads = messages.atMost(HEAD_BYTES);
    this.bare = new Messages(messages.seed(), 0);
    this.reader = new MessageReader(messages);
  }

  /**
   * The slot of the closest message, or {@link #NONE}.
   *
   * @param end the offset behind the part of the reply to look at
   */
  long find(ConnectionLedger connection, byte[] reply, int end) {
    this.connection = connection;
    this.reply = reply;
    from = Math.max(0, Math.min(end, connection.form.messageOffset()));
    to = connection.form.messageEnd(reply, from, end);
    best = NONE;
    bestAlike = -1;
    hasSyntax = reader.syntaxAt(reply, from);
    if (hasSyntax && reader.connection() == connection.number && reader.sequence() >= 0) {
      consider(connection.slotOf(reader.sequence()));
    }
    considerAll();
    return best != NONE && isHalfAlike(connection.sequenceOf(best)) ? best : NONE;
  }

  private void considerAll() {
    connection.overtaken.forEach(this::consider);
    connection.misdelivered.keySet().forEach(this::consider);
    long highest = connection.highestAnswered();
    for (long s = highest + 1; s < connection.slots() && !isCertain(); s++) {
      consider(s);
    }
    for (long s = highest; s > Math.max(-1, highest - RECENT) && !isCertain(); s--) {
      consider(s);
    }
  }

  private boolean isCertain() {
    return bestAlike >= 0 && bestLength - bestAlike <= CERTAIN_DIFFERENCE;
  }

  private void consider(long slot) {
    if (isCertain() || slot < 0 || !connection.isSent(slot)) {
      return;
    }
    long sequence = connection.sequenceOf(slot);
    byte[] head = heads.content(new Identity(connection.number, sequence));
    if (head.length == 0 || isOfAnother(sequence, head)) {
      // All is half alike to an empty message.
      return;
    }
    int alike = alike(head);
    if (alike > bestAlike) {
      best = slot;
      bestAlike = alike;
      bestLength = head.length;
    }
  }

  /**
   * A reply with a whole identity of other numbers and a check that has little in common with this
   * message's is a stray, not this message changed.
   */
  private boolean isOfAnother(long sequence, byte[] head) {
    if (!hasSyntax || reader.connection() == connection.number && reader.sequence() == sequence) {
      return false;
    }
    int checkStart = bare.length(new Identity(connection.number, sequence)) - CHECK_DIGITS;
    int same = 0;
    for (int i = 0; i < CHECK_DIGITS; i++) {
      if (head[checkStart + i] == reply[reader.end() - CHECK_DIGITS + i]) {
        same++;
      }
    }
    return same < CHECK_DIGITS_ALIKE;
  }

  private boolean isHalfAlike(long sequence) {
    byte[] content = messages.content(new Identity(connection.number, sequence));
    return 2 * alike(content) >= content.length;
  }

  /**
   * The bytes that a message and the reply have in common: in place, or around one changed spot.
   */
  private int alike(byte[] message) {
    int length = Math.min(message.length, to - from);
    int prefix = 0;
    while (prefix < length && message[prefix] == reply[from + prefix]) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < length - prefix
        && message[message.length - 1 - suffix] == reply[to - 1 - suffix]) {
      suffix++;
    }
    int inPlace = prefix;
    for (int i = prefix; i < length; i++) {
      if (message[i] == reply[from + i]) {
        inPlace++;
      }
    }
    return Math.max(prefix + suffix, inPlace);
  }
}
