package io.github.wsproof.transport;

import java.util.concurrent.atomic.AtomicInteger;

/** A loop that lives while somebody uses it. Thread-safe. */
final class OwnLoop {

  private static final AtomicInteger COUNT = new AtomicInteger();

  private EventLoop loop;
  private int uses;

  synchronized EventLoop acquire() {
    if (loop == null) {
      loop = new EventLoop("websocket-event-loop-" + COUNT.incrementAndGet());
    }
    uses++;
    return loop;
  }

  synchronized void release() {
    if (--uses == 0) {
      EventLoop unused = loop;
      loop = null;
      // From the loop's own thread, so it does not wait; the last connection is gone already.
      unused.close();
    }
  }
}
