package io.github.wsproof.devserver;

import java.nio.ByteBuffer;

/** What takes the bytes of a connection that is no longer HTTP. Called by its selector's thread. */
interface Receiver {
  /** Takes bytes; they are the caller's again when it returns. */
  void received(ByteBuffer bytes);

  /** The connection has ended, whoever ended it. Called once, on any thread. */
  void closed();
}
