package io.github.wsproof.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnfinishedTest {
  private static final String TEN = "x".repeat(10);

  private final List<String> givenUp = new ArrayList<>();
  // Two messages of ten characters: a buffer may be twice as long as what is in it.
  private final Unfinished unfinished = new Unfinished(40);
  private final Parts first = new Parts(unfinished, () -> givenUp.add("first"));
  private final Parts second = new Parts(unfinished, () -> givenUp.add("second"));
  private final Parts third = new Parts(unfinished, () -> givenUp.add("third"));

  @Test
  void whatWasBegunFirstIsGivenUpWhereItIsTooMuch() {
    assertThat(first.add(TEN)).isTrue();
    assertThat(second.add(TEN)).isTrue();
    assertThat(givenUp).isEmpty();

    assertThat(third.add(TEN)).isTrue();

    assertThat(givenUp).containsExactly("first");
    assertThat(first.add(TEN)).isFalse();
    assertThat(first.takeText()).isNull();
    assertThat(second.takeText()).isEqualTo(TEN);
    assertThat(third.takeText()).isEqualTo(TEN);
  }

  @Test
  void aMessageThatIsAnsweredTakesNothing() {
    for (int i = 0; i < 10; i++) {
      assertThat(first.add(TEN)).isTrue();
      assertThat(first.add(new byte[0])).isTrue();
      assertThat(first.takeText()).isEqualTo(TEN);
      first.answered();
    }
    assertThat(givenUp).isEmpty();
  }

  /** Its memory cannot be had by giving it up. */
  @Test
  void aMessageThatIsBeingAnsweredIsNotGivenUpButTheNextIs() {
    first.add("x".repeat(20));
    assertThat(first.takeText()).hasSize(20);

    assertThat(second.add(TEN)).isFalse();

    assertThat(givenUp).containsExactly("second");
    first.answered();
    assertThat(third.add(TEN)).isTrue();
  }

  /** A container may hand over parts after it has said that the connection is closed. */
  @Test
  void whatComesAfterTheEndOfAConnectionIsNotKeptNorCounted() {
    first.add(TEN);
    first.end();
    for (int i = 0; i < 10; i++) {
      assertThat(first.add(TEN)).isFalse();
    }

    assertThat(second.add(TEN)).isTrue();
    assertThat(third.add(TEN)).isTrue();
    assertThat(givenUp).doesNotContain("second", "third");
  }
}
