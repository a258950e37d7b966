package io.github.wsproof.deploymenttests;

import static io.github.wsproof.hostile.Attack.HALF_A_FRAME;
import static io.github.wsproof.hostile.Attack.HTTP_NOISE;
import static io.github.wsproof.hostile.Attack.INVALID_UTF8_IN_A_CLOSE;
import static io.github.wsproof.hostile.Attack.LONG_LENGTH;
import static io.github.wsproof.hostile.Attack.NEGATIVE_LENGTH;
import static io.github.wsproof.hostile.Attack.NO_GET;
import static io.github.wsproof.hostile.Attack.NO_KEY;
import static io.github.wsproof.hostile.Attack.OVERSIZED_LENGTH;
import static io.github.wsproof.hostile.Attack.UNMASKED;
import static io.github.wsproof.hostile.Attack.WRONG_KEY;

import io.github.wsproof.hostile.Attack;
import io.github.wsproof.hostile.End;
import io.github.wsproof.hostile.Frames;
import io.github.wsproof.hostile.Policy;
import java.util.Arrays;
import java.util.Set;

/**
 * What a container does about attacks where RFC 6455 says otherwise, or leaves it open. Each was
 * measured; none is ours to change, for a container reads frames before it asks an endpoint. What
 * operators are told is the table in docs/operations.md.
 */
enum Habits implements Policy {
  TOMCAT(
      // §5.2 wants a length in the fewest bytes.
      new Habit(LONG_LENGTH, true, 1000),
      // §8.1 wants the connection failed, and names no code.
      new Habit(INVALID_UTF8_IN_A_CLOSE, false, 1002),
      // §7.1.7 leaves the Close frame to the server.
      new Habit(HALF_A_FRAME, false, 1002),
      // §4.2.2 wants "an appropriate HTTP error code".
      new Habit(NO_GET, false, 400, 404, 405)),

  /** Tyrus on Grizzly. */
  PAYARA(
      // §5.1: a server must close. It answers what is UTF-8.
      new Habit(UNMASKED, true, 1000, 1007),
      // §5.2: the most significant bit must be 0. It takes what it finds for the payload.
      new Habit(NEGATIVE_LENGTH, false, 1000, 1002, 1011),
      // §7.4.1: 1009 is for what is too big.
      new Habit(OVERSIZED_LENGTH, false, 1011),
      new Habit(LONG_LENGTH, true, 1000),
      // §4.2.1: 16 bytes in base64; a GET.
      new Habit(WRONG_KEY, false, 101),
      new Habit(NO_GET, false, 101),
      new Habit(NO_KEY, false, 404),
      new Habit(HTTP_NOISE, false, 404));

  /** More than either takes in one frame, before it looks at the length. */
  private static final int TOO_MANY_BYTES = 5 << 20;

  /** Tomcat hands parts of so many bytes to an endpoint, which closes after its limit. */
  private static final int TWO_PARTS = 2 * 8192;

  private record Habit(Attack attack, boolean answers, Set<Integer> codes) {
    Habit(Attack attack, boolean answers, Integer... codes) {
      this(attack, answers, Set.of(codes));
    }
  }

  private final Habit[] habits;

  Habits(Habit... habits) {
    this.habits = habits;
  }

  /** Of the container under test. */
  static Habits ofContainer() {
    return System.getProperty("arquillian.launch").startsWith("tomcat") ? TOMCAT : PAYARA;
  }

  /**
   * Both close a socket that holds unread bytes, which resets it: a client may not see the code. No
   * container lingers; RFC 6455 §7.1.1 only wants a clean end where that is possible.
   */
  @Override
  public boolean allows(Attack attack, End end) {
    return Policy.STRICT.allows(attack, new End(end.code(), end.answered(), false))
        || end.equals(new End(End.NONE, false, true))
        || Arrays.stream(habits)
            .anyMatch(
                habit ->
                    habit.attack == attack
                        && habit.codes.contains(end.code())
                        && (habit.answers || !end.answered()));
  }

  @Override
  public byte[] behind(Attack attack) {
    if (attack == OVERSIZED_LENGTH) {
      return new byte
          [this == TOMCAT ? HostileInputIT.MAX_MESSAGE_BYTES + TWO_PARTS : TOO_MANY_BYTES];
    }
    boolean borne =
        attack == LONG_LENGTH
            || this == PAYARA && (attack == UNMASKED || attack == NEGATIVE_LENGTH);
    return borne ? Frames.close(1000) : new byte[0];
  }

  @Override
  public boolean awaitsClient(Attack attack) {
    return attack == OVERSIZED_LENGTH;
  }
}
