package io.github.wsproof.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Slow and obvious: keeps every event, and judges each message by looking at all of them. */
final class Oracle {
  private record Reply(int arrival, int owner, long sequence, boolean damaged) {}

  private final List<Reply> replies = new ArrayList<>();
  private final long[] sent;
  private final boolean[] ended;
  private long unexpected;

  Oracle(int connections) {
    sent = new long[connections];
    ended = new boolean[connections];
  }

  void send(int connection) {
    sent[connection]++;
  }

  void end(int connection) {
    ended[connection] = true;
  }

  boolean hasEnded(int connection) {
    return ended[connection];
  }

  void noise() {
    unexpected++;
  }

  void reply(int arrival, int owner, long sequence, boolean damaged) {
    if (sequence < sent[owner]) {
      replies.add(new Reply(arrival, owner, sequence, damaged));
    } else {
      unexpected++;
    }
  }

  long sent(int connection) {
    return sent[connection];
  }

  long sent() {
    return LongStream.of(sent).sum();
  }

  long firstUnanswered(int connection) {
    long sequence = 0;
    while (sequence < sent[connection] && firstAtHome(connection, sequence) >= 0) {
      sequence++;
    }
    return sequence;
  }

  long unanswered(int connection) {
    return LongStream.range(0, sent[connection])
        .filter(s -> firstAtHome(connection, s) < 0)
        .count();
  }

  long inFlight(int connection) {
    return LongStream.range(0, sent[connection])
        .filter(s -> to(connection, s).isEmpty() && !isOvertaken(connection, s))
        .count();
  }

  Counts counts(long planned) {
    long delivered = 0;
    long lost = 0;
    long duplicated = 0;
    long reordered = 0;
    long corrupted = 0;
    long misdelivered = 0;
    long inDoubt = 0;
    for (int c = 0; c < sent.length; c++) {
      for (long s = 0; s < sent[c]; s++) {
        List<Integer> all = to(c, s);
        int home = firstAtHome(c, s);
        duplicated += Math.max(0, all.size() - 1);
        if (home >= 0) {
          boolean damaged = replies.get(home).damaged;
          corrupted += damaged ? 1 : 0;
          delivered += damaged ? 0 : 1;
          reordered += all.get(0) == home && isLate(c, s, home) ? 1 : 0;
        } else if (!all.isEmpty()) {
          misdelivered++;
        } else if (isOvertaken(c, s) || !ended[c]) {
          lost++;
        } else {
          inDoubt++;
        }
      }
    }
    return new Counts(
        planned,
        sent(),
        delivered,
        lost,
        duplicated,
        reordered,
        corrupted,
        misdelivered,
        unexpected,
        inDoubt,
        planned - sent());
  }

  /** The indices of all replies to a message. */
  private List<Integer> to(int connection, long sequence) {
    List<Integer> to = new ArrayList<>();
    for (int i = 0; i < replies.size(); i++) {
      if (replies.get(i).owner == connection && replies.get(i).sequence == sequence) {
        to.add(i);
      }
    }
    return to;
  }

  private int firstAtHome(int connection, long sequence) {
    return to(connection, sequence).stream()
        .filter(i -> replies.get(i).arrival == connection)
        .findFirst()
        .orElse(-1);
  }

  private boolean isLate(int connection, long sequence, int home) {
    return LongStream.range(sequence + 1, sent[connection])
        .anyMatch(s -> firstAtHome(connection, s) >= 0 && firstAtHome(connection, s) < home);
  }

  private boolean isOvertaken(int connection, long sequence) {
    return LongStream.range(sequence + 1, sent[connection])
        .anyMatch(s -> firstAtHome(connection, s) >= 0);
  }
}
