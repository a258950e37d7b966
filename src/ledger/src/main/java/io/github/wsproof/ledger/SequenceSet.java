package io.github.wsproof.ledger;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * A sorted set of numbers &gt;= 0: 64 of a row cost one entry.
 *
 * <p>Not thread-safe: owned by the ledger.
 */
final class SequenceSet {
  private final TreeMap<Long, Long> pages = new TreeMap<>();
  private long size;

  boolean add(long value) {
    long bit = 1L << value;
    long page = pages.getOrDefault(value >>> 6, 0L);
    if ((page & bit) != 0) {
      return false;
    }
    pages.put(value >>> 6, page | bit);
    size++;
    return true;
  }

  boolean remove(long value) {
    if (!contains(value)) {
      return false;
    }
    long page = pages.get(value >>> 6) & ~(1L << value);
    if (page == 0) {
      pages.remove(value >>> 6);
    } else {
      pages.put(value >>> 6, page);
    }
    size--;
    return true;
  }

  boolean contains(long value) {
    return size > 0 && (pages.getOrDefault(value >>> 6, 0L) >>> value & 1) != 0;
  }

  long size() {
    return size;
  }

  /** How many of {@code from..to} (both included) are in the set. */
  long count(long from, long to) {
    if (from > to || size == 0) {
      return 0;
    }
    long count = 0;
    for (Map.Entry<Long, Long> page : pages.subMap(from >>> 6, true, to >>> 6, true).entrySet()) {
      long first = page.getKey() << 6;
      long bits = page.getValue();
      if (first < from) {
        bits &= -1L << from;
      }
      if (first + 63 > to) {
        bits &= -1L >>> 63 - to;
      }
      count += Long.bitCount(bits);
    }
    return count;
  }

  /** In ascending order. */
  void forEach(LongConsumer action) {
    pages.forEach(
        (page, bits) -> {
          for (long rest = bits; rest != 0; rest &= rest - 1) {
            action.accept(page << 6 | Long.numberOfTrailingZeros(rest));
          }
        });
  }
}
