package io.github.wsproof.client;

import io.github.wsproof.ledger.Anomaly;

/**
 * Is told what happens in a run, as it happens. Called on the run's loop: it must not block long.
 */
public interface RunListener {
  /** Listens to nothing. */
  RunListener NONE = new RunListener() {};

  /** A message is being sent. */
  default void sent(int connection, long sequence, byte[] content) {}

  /** A reply came. */
  default void received(int connection, byte[] content, boolean binary) {}

  /** A first reply came. */
  default void answered(int connection, long sequence) {}

  /** A reply is an anomaly. */
  default void anomaly(Anomaly anomaly) {}
}
