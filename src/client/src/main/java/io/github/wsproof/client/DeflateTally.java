package io.github.wsproof.client;

import io.github.wsproof.transport.Compression;

/** Adds up what compression has saved on each connection. Owned by the loop of its run. */
final class DeflateTally {
  private long offered;
  private long accepted;
  private String terms;
  private long sentBytes;
  private long sentWireBytes;
  private long receivedBytes;
  private long receivedWireBytes;

  /**
   * A connection has opened, to which compression was offered.
   *
   * @param compression null where the server did not accept
   */
  void opened(Compression compression) {
    offered++;
    if (compression != null) {
      accepted++;
      terms = compression.terms();
    }
  }

  /** It has ended. */
  void ended(Compression compression) {
    if (compression != null) {
      sentBytes += compression.sentBytes();
      sentWireBytes += compression.sentWireBytes();
      receivedBytes += compression.receivedBytes();
      receivedWireBytes += compression.receivedWireBytes();
    }
  }

  /** Null where it was never offered. */
  Report.DeflateInfo info() {
    return offered == 0
        ? null
        : new Report.DeflateInfo(
            offered, accepted, terms, sentBytes, sentWireBytes, receivedBytes, receivedWireBytes);
  }
}
