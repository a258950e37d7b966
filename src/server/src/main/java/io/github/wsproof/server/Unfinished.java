package io.github.wsproof.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What all connections of a deployment have sent of messages that are not answered yet, where they
 * come in parts: the memory that clients can take by not finishing what they begin. When it is too
 * much, the message that was begun first is given up: an honest one is whole soon. Thread-safe.
 */
final class Unfinished {
  private final long mostBytes;
  private final Set<Parts> oldestFirst = new LinkedHashSet<>();
  private long bytes;

  /**
   * Nothing yet.
   *
   * @param mostBytes how much memory it may take
   */
  Unfinished(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Accounts for more of a message, and gives up what has to go: that message itself, maybe. */
  void grow(Parts parts, long moreBytes) {
    // Outside the lock, for it takes those of the messages.
    account(parts, moreBytes).forEach(Parts::giveUp);
  }

  private synchronized List<Parts> account(Parts parts, long moreBytes) {
    if (parts.ended) {
      return List.of();
    }
    oldestFirst.add(parts);
    parts.accountedBytes += moreBytes;
    bytes += moreBytes;
    if (bytes <= mostBytes) {
      return List.of();
    }
    List<Parts> givenUp = new ArrayList<>();
    Iterator<Parts> oldest = oldestFirst.iterator();
    while (bytes > mostBytes && oldest.hasNext()) {
      Parts next = oldest.next();
      oldest.remove();
      next.ended = true;
      release(next);
      givenUp.add(next);
    }
    return givenUp;
  }

  /** A message is whole: it takes memory until it is answered, and is not given up any more. */
  synchronized void finished(Parts parts) {
    oldestFirst.remove(parts);
  }

  /** A message takes no memory any more. */
  synchronized void forget(Parts parts) {
    oldestFirst.remove(parts);
    release(parts);
  }

  /** Nothing more is kept of this connection. */
  synchronized void end(Parts parts) {
    parts.ended = true;
    forget(parts);
  }

  private void release(Parts parts) {
    bytes -= parts.accountedBytes;
    parts.accountedBytes = 0;
  }
}
