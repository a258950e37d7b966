package io.github.wsproof.server;

/** Who waits for a session's replies. Thread-safe; never waits for a client. */
interface SessionReader {
  /** There may be more to read. */
  void wake();

  /** Called by the sweep, a few times a second. */
  void check(long nowNanos);

  /** Nothing more is to be read. */
  void end(Operations.Answer why);
}
