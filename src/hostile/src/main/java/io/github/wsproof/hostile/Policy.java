package io.github.wsproof.hostile;

/** What a server may do about an attack. Thread-safe. */
public interface Policy {
  /** What RFC 6455 wants, for the client to see, and nothing else. */
  Policy STRICT = Policy::isRight;

  private static boolean isRight(Attack attack, End end) {
    // By chance, noise begins with a sound message.
    boolean answerable = attack == Attack.NOISE;
    return attack.rightCodes().contains(end.code())
        && (!end.answered() || answerable)
        && !end.reset();
  }

  /** Whether a connection may end so. */
  boolean allows(Attack attack, End end);

  /** What a client sends behind an attack that a server bears, so that its connection ends. */
  default byte[] behind(Attack attack) {
    return new byte[0];
  }

  /** Whether the server awaits the client's end behind its own Close frame (§7.1.1). */
  default boolean awaitsClient(Attack attack) {
    return false;
  }
}
