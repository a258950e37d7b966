package io.github.wsproof.ledger;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A sorted set of numbers &gt;= 0: each unbroken row costs one entry, however long it is.
 *
 * <p>Not thread-safe: owned by a ledger.
 */
final class RangeSet {
  /** The first of each row, and its last. */
  private final TreeMap<Long, Long> rows = new TreeMap<>();

  private long size;

  /** Adds {@code from..to} (both included), of which none is in the set. */
  void addAll(long from, long to) {
    if (from > to) {
      return;
    }
    size += to - from + 1;
    Map.Entry<Long, Long> before = rows.lowerEntry(from);
    long first = before != null && before.getValue() == from - 1 ? before.getKey() : from;
    Long after = rows.remove(to + 1);
    rows.put(first, after == null ? to : after);
  }

  boolean contains(long value) {
    Map.Entry<Long, Long> row = rows.floorEntry(value);
    return row != null && value <= row.getValue();
  }

  boolean remove(long value) {
    if (size == 0 || !contains(value)) {
      return false;
    }
    Map.Entry<Long, Long> row = rows.floorEntry(value);
    rows.remove(row.getKey());
    if (row.getKey() < value) {
      rows.put(row.getKey(), value - 1);
    }
    if (value < row.getValue()) {
      rows.put(value + 1, row.getValue());
    }
    size--;
    return true;
  }

  long size() {
    return size;
  }

  /** All, in ascending order. */
  void forEach(LongConsumer action) {
    first(Integer.MAX_VALUE, action);
  }

  /** The lowest ones, in ascending order. */
  void first(int count, LongConsumer action) {
    int left = count;
    for (Map.Entry<Long, Long> row : rows.entrySet()) {
      for (long value = row.getKey(); value <= row.getValue(); value++) {
        if (left-- == 0) {
          return;
        }
        action.accept(value);
      }
    }
  }
}
