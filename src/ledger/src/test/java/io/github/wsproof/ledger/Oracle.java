package io.github.wsproof.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/** Slow and obvious: keeps every event, and judges each message by looking at all of them. */
final class Oracle {
  private record Reply(int arrival, int owner, long sequence, boolean damaged) {}

  /** A sending of a message, in a life of its connection; a message may have several. */
  private record Copy(int connection, int life, long sequence, boolean again) {}

  private final List<Reply> replies = new ArrayList<>();
  private final List<Copy> copies = new ArrayList<>();
  private final int[] lives;
  private final long[] sent;
  private final boolean[] ended;
  private long unexpected;

  Oracle(int connections) {
    sent = new long[connections];
    ended = new boolean[connections];
    lives = new int[connections];
  }

  void send(int connection) {
    copies.add(new Copy(connection, lives[connection], sent[connection]++, false));
  }

  void resend(int connection, long sequence) {
    copies.add(new Copy(connection, lives[connection], sequence, true));
  }

  void reopen(int connection) {
    ended[connection] = false;
    lives[connection]++;
  }

  /** The sequences that are in doubt. */
  List<Long> inDoubt(int connection) {
    return LongStream.range(0, sent[connection])
        .filter(s -> isInDoubt(connection, s))
        .boxed()
        .toList();
  }

  private boolean isInDoubt(int c, long s) {
    return to(c, s).isEmpty() && !isOvertaken(c, s) && hasEnded(last(c, s));
  }

  private boolean hasEnded(Copy copy) {
    return copy.life < lives[copy.connection] || ended[copy.connection];
  }

  private Copy last(int connection, long sequence) {
    return copies.stream()
        .filter(copy -> copy.connection == connection && copy.sequence == sequence)
        .reduce((a, b) -> b)
        .orElseThrow();
  }

  /** What was sent behind a message in the same life, and in no later one. */
  private List<Copy> behind(Copy copy) {
    return copies.subList(copies.indexOf(copy) + 1, copies.size()).stream()
        .filter(c -> c.connection == copy.connection && c.life == copy.life)
        .filter(c -> last(c.connection, c.sequence).equals(c))
        .toList();
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

  /** A reply without a message: to one of those that are empty, in a fixed order of preference. */
  void replyToEmpty(int c, LongPredicate isEmpty) {
    List<Long> here =
        copies.stream()
            .filter(copy -> copy.connection == c && copy.life == lives[c])
            .map(Copy::sequence)
            .filter(isEmpty::test)
            .toList();
    long inFlight = first(here, s -> to(c, s).isEmpty() && !isOvertaken(c, s));
    long open = inFlight >= 0 ? inFlight : first(here, s -> to(c, s).isEmpty());
    long any = open >= 0 || here.isEmpty() ? open : here.get(here.size() - 1);
    if (any >= 0) {
      replies.add(new Reply(c, c, any, false));
    } else {
      unexpected++;
    }
  }

  private static long first(List<Long> sequences, LongPredicate condition) {
    return sequences.stream().filter(condition::test).findFirst().orElse(-1L);
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

  private LongStream ofThisLife(int connection) {
    return LongStream.range(0, sent[connection])
        .filter(s -> last(connection, s).life == lives[connection]);
  }

  long unanswered(int connection) {
    return ofThisLife(connection).filter(s -> firstAtHome(connection, s) < 0).count();
  }

  long inFlight(int connection) {
    return ofThisLife(connection)
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
    long recovered = 0;
    for (int c = 0; c < sent.length; c++) {
      for (long s = 0; s < sent[c]; s++) {
        List<Integer> all = to(c, s);
        int home = firstAtHome(c, s);
        duplicated += Math.max(0, all.size() - 1);
        if (home >= 0) {
          boolean damaged = replies.get(home).damaged;
          corrupted += damaged ? 1 : 0;
          recovered += !damaged && last(c, s).again ? 1 : 0;
          delivered += damaged || last(c, s).again ? 0 : 1;
          reordered += all.get(0) == home && isLate(c, s, home) ? 1 : 0;
        } else if (!all.isEmpty()) {
          misdelivered++;
        } else if (isInDoubt(c, s)) {
          inDoubt++;
        } else {
          lost++;
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
        planned - sent(),
        recovered,
        0,
        0);
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
    return behind(last(connection, sequence)).stream()
        .mapToInt(later -> firstAtHome(connection, later.sequence))
        .anyMatch(first -> first >= 0 && first < home);
  }

  private boolean isOvertaken(int connection, long sequence) {
    return behind(last(connection, sequence)).stream()
        .anyMatch(later -> firstAtHome(connection, later.sequence) >= 0);
  }
}
