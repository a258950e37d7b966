package io.github.wsproof.client;

/** What carries the connections of a run. */
public enum Transport {
  /** Our own: all connections on one event loop. */
  LOOP,
  /** Tyrus's stock client container, to check a suspicion about ours. */
  GRIZZLY
}
