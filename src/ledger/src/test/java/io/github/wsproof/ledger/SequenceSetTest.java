package io.github.wsproof.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class SequenceSetTest {

  @Property(tries = 500)
  void itIsASortedSet(
      @ForAll @Size(max = 100) List<@LongRange(min = 0, max = 300) Long> added,
      @ForAll @Size(max = 50) List<@LongRange(min = 0, max = 300) Long> removed,
      @ForAll @LongRange(min = 0, max = 300) long from,
      @ForAll @LongRange(min = 0, max = 300) long to) {
    SequenceSet set = new SequenceSet();
    TreeSet<Long> expected = new TreeSet<>();

    added.forEach(value -> assertThat(set.add(value)).isEqualTo(expected.add(value)));
    removed.forEach(value -> assertThat(set.remove(value)).isEqualTo(expected.remove(value)));

    List<Long> values = new ArrayList<>();
    set.forEach(values::add);
    assertThat(values).containsExactlyElementsOf(expected);
    assertThat(set.size()).isEqualTo(expected.size());
    assertThat(set.count(from, to))
        .isEqualTo(expected.stream().filter(value -> value >= from && value <= to).count());
    for (long value = 0; value <= 300; value++) {
      assertThat(set.contains(value)).isEqualTo(expected.contains(value));
    }
  }
}
