package io.github.wsproof.ledger;

import java.util.Arrays;

/** The account of a stream as one would write it first: a state for each message. */
final class StreamOracle {
  private enum State {
    AHEAD,
    MISSING,
    RIGHT,
    DAMAGED,
    /** Something damaged came in its place. */
    DISPLACED,
    /** Something foreign came in its place. */
    EXCHANGED,
    GONE
  }

  private final int from;
  private final State[] states;
  private int next;
  private int highest = -1;
  private long duplicated;
  private long reordered;
  private long unexpected;

  StreamOracle(int from, int count) {
    this.from = from;
    this.next = from;
    this.states = new State[from + count];
    Arrays.fill(states, State.AHEAD);
  }

  private void overtake(int to) {
    for (; next < Math.min(to, states.length); next++) {
      states[next] = State.MISSING;
    }
  }

  void message(int sequence) {
    if (sequence < from) {
      unexpected++;
      return;
    }
    overtake(sequence);
    if (sequence >= states.length) {
      return;
    }
    switch (states[sequence]) {
      case AHEAD -> next++;
      case MISSING -> reordered++;
      case DISPLACED, EXCHANGED -> {
        unexpected++;
        reordered += sequence < highest ? 1 : 0;
      }
      case GONE -> unexpected++;
      default -> duplicated++;
    }
    if (states[sequence] != State.GONE
        && states[sequence] != State.RIGHT
        && states[sequence] != State.DAMAGED) {
      states[sequence] = State.RIGHT;
      highest = Math.max(highest, sequence);
    }
  }

  /** Its number can be read, its checksum is wrong. */
  void damaged(int sequence) {
    boolean within = sequence >= from && sequence < states.length;
    if (within && sequence < next && states[sequence] != State.MISSING) {
      duplicated++;
    } else if (within) {
      overtake(sequence);
      states[sequence] = State.DAMAGED;
      next = Math.max(next, sequence + 1);
    } else {
      instead(State.DISPLACED);
    }
  }

  void noise() {
    instead(State.DISPLACED);
  }

  void foreign() {
    instead(State.EXCHANGED);
  }

  private void instead(State state) {
    if (next < states.length) {
      states[next++] = state;
    } else {
      unexpected++;
    }
  }

  void gone(int first, int last) {
    if (last < next) {
      unexpected++;
      return;
    }
    overtake(first);
    for (; next < Math.min(last + 1, states.length); next++) {
      states[next] = State.GONE;
    }
  }

  int next() {
    return next;
  }

  private long count(State... which) {
    return Arrays.stream(states).filter(Arrays.asList(which)::contains).count();
  }

  Counts counts(long planned) {
    return new Counts(
        planned,
        next - from,
        count(State.RIGHT),
        count(State.MISSING),
        duplicated,
        reordered,
        count(State.DAMAGED, State.DISPLACED),
        count(State.EXCHANGED),
        unexpected,
        0,
        planned - (next - from),
        0,
        count(State.GONE),
        0);
  }
}
