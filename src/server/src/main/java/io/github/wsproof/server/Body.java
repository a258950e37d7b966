package io.github.wsproof.server;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * A request's body on its way: no more of it is kept than a message may have, and no longer than
 * honest clients need. One thread at a time uses it.
 */
public final class Body {
  private final Parts parts;
  private final int mostBytes;
  private final int mostSeconds;
  private final long startNanos;
  private int length;

  Body(Deployment deployment, long nowNanos) {
    // Who is given up learns of it with the next bytes.
    parts = new Parts(deployment.unfinished(), () -> {});
    mostBytes = deployment.settings().maxMessageBytes();
    mostSeconds = deployment.limits().requestSeconds();
    startNanos = nowNanos;
  }

  /**
   * Why a body of this length is not wanted, or null.
   *
   * @param bytes as the request says; -1 if it does not
   */
  public Operations.Answer expect(long bytes) {
    return bytes > mostBytes ? tooLong() : null;
  }

  /** Takes more of it; returns why it is not wanted any more, or null. */
  public Operations.Answer add(byte[] bytes, int count, long nowNanos) {
    length += count;
    if (length > mostBytes) {
      return tooLong();
    }
    if (!parts.add(Arrays.copyOf(bytes, count))) {
      return HttpTransports.later(503, Connection.GIVEN_UP);
    }
    return check(nowNanos);
  }

  /** Why it is not waited for any longer, or null. */
  public Operations.Answer check(long nowNanos) {
    return nowNanos - startNanos > TimeUnit.SECONDS.toNanos(mostSeconds)
        ? Operations.text(408, "a request must be whole within " + mostSeconds + " s")
        : null;
  }

  private Operations.Answer tooLong() {
    return Operations.text(413, "a message may have at most " + mostBytes + " bytes");
  }

  /** All of it; to be called once. */
  public byte[] take() {
    byte[] whole = length == 0 ? new byte[0] : parts.takeBinary();
    parts.end();
    return whole;
  }

  /** Nothing of it is wanted any more. */
  public void end() {
    parts.end();
  }
}
