package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends a session's replies as server-sent events (WHATWG HTML §9.2):
 *
 * <pre>
 * id: 17
 * data: Request 17 - 42
 * </pre>
 *
 * <p>The next events are sent when the container takes more; a line of its own kind, which clients
 * pass over, keeps proxies from cutting an idle answer and finds clients that have gone.
 */
final class EventReader implements SessionReader {
  static final String TYPE = "text/event-stream; charset=utf-8";

  private static final byte[] BEGINNING = "retry: 1000\n\n".getBytes(UTF_8);
  private static final byte[] HEARTBEAT = ":\n\n".getBytes(UTF_8);
  private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final ClientSession session;
  private final long sendNanos;
  private final AtomicInteger wakes = new AtomicInteger();
  private EventOutput output;
  private long next;
  private volatile boolean sending;
  private volatile boolean over;
  private volatile boolean beat;
  private volatile Operations.Answer ending;
  private volatile long lastNanos = System.nanoTime();

  /**
   * Reads on.
   *
   * @param from the first reply that is wanted
   * @param sendSeconds how long the client may take nothing
   */
  EventReader(ClientSession session, long from, int sendSeconds) {
    this.session = session;
    this.next = from;
    this.sendNanos = TimeUnit.SECONDS.toNanos(sendSeconds);
  }

  /** Begins to send; before it is known to the session. */
  void begin(EventOutput to) {
    output = to;
    sending = true;
    output.send(BEGINNING, this::sent);
  }

  /** One thread at a time goes on; who comes meanwhile makes it look again. */
  @Override
  public void wake() {
    int seen = 1;
    if (wakes.getAndIncrement() != 0) {
      return;
    }
    while (seen != 0) {
      step();
      seen = wakes.addAndGet(-seen);
    }
  }

  private void step() {
    if (sending || over) {
      return;
    }
    ClientSession.Found found = session.read(next);
    if (ending != null || found.refusal() != null) {
      finish(ending == null ? found.refusal() : ending);
      return;
    }
    byte[] bytes = found.replies().isEmpty() ? beat ? HEARTBEAT : null : events(found);
    if (bytes != null) {
      beat = false;
      next = found.next();
      sending = true;
      lastNanos = System.nanoTime();
      output.send(bytes, this::sent);
    }
  }

  private static byte[] events(ClientSession.Found found) {
    StringBuilder events = new StringBuilder();
    long id = found.from();
    for (String reply : found.replies()) {
      events.append("id: ").append(id++).append('\n');
      // A carriage return would end a line: such a reply goes in JSON, under a name of its own.
      boolean plain = reply.indexOf('\r') < 0;
      String data = plain ? reply : Json.quoted(reply);
      events.append(plain ? "" : "event: json\n");
      events.append("data: ").append(data.replace("\n", "\ndata: ")).append("\n\n");
    }
    return events.toString().getBytes(UTF_8);
  }

  private void sent() {
    lastNanos = System.nanoTime();
    sending = false;
    session.seen(lastNanos);
    wake();
  }

  @Override
  public void check(long nowNanos) {
    long quietNanos = nowNanos - lastNanos;
    if (sending && quietNanos > sendNanos) {
      closed();
      output.end();
    } else if (!sending && quietNanos > HEARTBEAT_NANOS) {
      beat = true;
      wake();
    }
  }

  /** The client has gone. */
  void closed() {
    over = true;
    session.leave(this);
  }

  @Override
  public void end(Operations.Answer why) {
    ending = why;
    wake();
  }

  private void finish(Operations.Answer why) {
    closed();
    String sentence = new String(why.body(), UTF_8).strip();
    output.send(("event: end\ndata: " + sentence + "\n\n").getBytes(UTF_8), output::end);
  }
}
