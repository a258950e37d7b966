package io.github.wsproof.relay;

/** What the relay can do to a message instead of passing it on. */
public enum Fault {
  /** Does not pass it on. */
  DROP,
  /** Passes it on twice. */
  DUPLICATE,
  /** Passes it on after its successor. */
  SWAP,
  /** Changes one bit. */
  FLIP,
  /** Cuts off its end, up to a quarter. */
  TRUNCATE,
  /** Joins it and its successor into one message. */
  MERGE,
  /** Passes it on to the same side of another connection. */
  MISDELIVER,
  /** Passes it on, and a copy of it to the same side of another connection. */
  COPY,
  /** Passes on a message of its own first. */
  PHANTOM,
  /** Passes it, and all behind it, on later. */
  STALL,
  /** Resets both sides of the connection (TCP RST). */
  RESET,
  /** Sends a close frame with 1000 in its place, and no message after it. */
  CLOSE
}
