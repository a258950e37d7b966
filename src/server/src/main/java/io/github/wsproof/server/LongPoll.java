package io.github.wsproof.server;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A request for replies that is answered when there are some, or when its time is over. */
final class LongPoll implements SessionReader {
  private final ClientSession session;
  private final Consumer<Operations.Answer> answer;
  private final long from;
  private final long endNanos;
  private final AtomicBoolean over = new AtomicBoolean();

  LongPoll(ClientSession session, Consumer<Operations.Answer> answer, long from, long endNanos) {
    this.session = session;
    this.answer = answer;
    this.from = from;
    this.endNanos = endNanos;
  }

  @Override
  public void wake() {
    ClientSession.Found found = session.poll(from);
    if (found.refusal() != null || !found.replies().isEmpty()) {
      end(found.answer());
    }
  }

  @Override
  public void check(long nowNanos) {
    if (nowNanos - endNanos >= 0) {
      end(new ClientSession.Found(from, List.of(), null).answer());
    }
  }

  @Override
  public void end(Operations.Answer why) {
    if (over.compareAndSet(false, true)) {
      session.leave(this);
      answer.accept(why);
    }
  }
}
