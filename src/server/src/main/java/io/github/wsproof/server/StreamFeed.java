package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import jakarta.websocket.CloseReason.CloseCodes;

/**
 * A stream as one receiver wants it: with or without seals. Thread-safe.
 *
 * @param sealed whether messages bear a seal
 */
record StreamFeed(PushStream stream, boolean sealed) implements Feed {
  @Override
  public Found read(StreamReceiver receiver, long from, int most, long nowNanos) {
    PushStream.Found found = stream.read(receiver, from, most, nowNanos);
    if (found instanceof PushStream.Found.Some some) {
      return new Found.Some(new Numbered(this, some.randoms(), from));
    }
    if (found instanceof PushStream.Found.Gone gone) {
      return new Found.Gone(
          gone.last(),
          sealed
              ? stream.messages.sealedGone(from, gone.last())
              : StreamMessages.gone(from, gone.last()));
    }
    return found instanceof PushStream.Found.End
        ? new Found.Over(CloseCodes.NORMAL_CLOSURE, "all " + from + " messages were sent")
        : new Found.Nothing();
  }

  /** Put into words when they are sent: all but the random number follows from the place. */
  private static final class Numbered implements Texts {
    private final StreamFeed feed;
    private final long[] randoms;
    private final long from;
    private int lastBytes;

    Numbered(StreamFeed feed, long[] randoms, long from) {
      this.feed = feed;
      this.randoms = randoms;
      this.from = from;
    }

    @Override
    public int count() {
      return randoms.length;
    }

    @Override
    public String text(int index) {
      String text =
          feed.sealed
              ? feed.stream.messages.sealed(randoms[index], from + index)
              : StreamMessages.text(randoms[index], from + index);
      lastBytes = text.length();
      return text;
    }

    @Override
    public int bytes(int index) {
      return lastBytes;
    }
  }

  @Override
  public boolean stopWaiting(StreamReceiver receiver) {
    return stream.stopWaiting(receiver);
  }

  @Override
  public void leave(StreamReceiver receiver, long nowNanos) {
    stream.leave(receiver, nowNanos);
  }
}
