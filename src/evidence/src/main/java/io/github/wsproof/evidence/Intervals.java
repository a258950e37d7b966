package io.github.wsproof.evidence;

import java.util.Map;
import java.util.TreeMap;

/** A set of numbers: a row without a gap costs one entry, however long. */
final class Intervals {
  /** Is told of a row of numbers, both ends included. */
  interface Action {
    void row(long from, long to);
  }

  private final TreeMap<Long, Long> rows = new TreeMap<>();
  private long size;

  boolean add(long value) {
    Map.Entry<Long, Long> before = rows.floorEntry(value);
    if (before != null && before.getValue() >= value) {
      return false;
    }
    long from = before != null && before.getValue() == value - 1 ? before.getKey() : value;
    Long joined = rows.remove(value + 1);
    rows.put(from, joined == null ? value : joined);
    size++;
    return true;
  }

  /** Adds a row of numbers of which none is in the set. */
  void addAll(long from, long to) {
    rows.put(from, to);
    size += to - from + 1;
  }

  boolean contains(long value) {
    Map.Entry<Long, Long> row = rows.floorEntry(value);
    return row != null && row.getValue() >= value;
  }

  long size() {
    return size;
  }

  long first() {
    return rows.firstKey();
  }

  long last() {
    return rows.lastEntry().getValue();
  }

  /** In ascending order. */
  void forEach(Action action) {
    rows.forEach(action::row);
  }

  /** What is in this set and not in another. */
  Intervals without(Intervals other) {
    Intervals rest = new Intervals();
    forEach(
        (from, to) -> {
          long at = from;
          Map.Entry<Long, Long> row = other.rows.floorEntry(from);
          row = row == null || row.getValue() < from ? other.rows.higherEntry(from) : row;
          while (row != null && row.getKey() <= to) {
            if (row.getKey() > at) {
              rest.addAll(at, row.getKey() - 1);
            }
            at = row.getValue() + 1;
            row = other.rows.higherEntry(row.getKey());
          }
          if (at <= to) {
            rest.addAll(at, to);
          }
        });
    return rest;
  }
}
