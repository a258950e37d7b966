package io.github.wsproof.server;

/** An answer that goes on until either side ends it. One thread at a time sends on it. */
public interface EventOutput {
  /**
   * Sends bytes, and never waits for the client.
   *
   * @param done is told, on any thread and maybe before this returns, when the next may be sent;
   *     never where the client has gone
   */
  void send(byte[] bytes, Runnable done);

  /** Ends the answer; what is on its way may be lost. */
  void end();
}
