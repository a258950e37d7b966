package io.github.wsproof.client;

import jakarta.websocket.CloseReason.CloseCodes;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A member that is to get what the publishers of its room publish. Owned by the run's loop. */
final class Subscriber extends RoomLink {
  /** How long to look for a late copy of the last messages. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long a message may come late that has been overtaken. */
  private static final long MOST_SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  final boolean slow;

  /** Since when it has got, or was passed by, all that was published; -1 = it has not. */
  private long passedAwakeNanos = -1;

  Subscriber(FanoutRun run, FanoutRoom room, int number, boolean slow, String memberName) {
    super(run, room, number, true, memberName);
    this.slow = slow;
  }

  @Override
  String name() {
    return "subscriber " + number();
  }

  @Override
  Duration readPause() {
    return slow && run.isPublishing() ? run.plan.slowPause() : null;
  }

  @Override
  boolean goesOn(int code) {
    if (code == CloseCodes.TRY_AGAIN_LATER.getCode() && slow) {
      run.slowed();
      return true;
    }
    return super.goesOn(code);
  }

  @Override
  boolean isWanting() {
    return !room.isPublished() || !member.isPassed();
  }

  @Override
  void look(long awakeNanos) {
    super.look(awakeNanos);
    if (isWanting()) {
      passedAwakeNanos = -1;
    } else if (passedAwakeNanos < 0) {
      passedAwakeNanos = awakeNanos;
    }
  }

  @Override
  void gone(String how) {
    super.gone(how);
    room.gone(this);
  }

  /** Whether nothing more is to be waited for. */
  boolean isDone(long awakeNanos) {
    long settle =
        member.isWhole() ? LINGER_NANOS : Math.min(MOST_SETTLE_NANOS, run.plan.drain().toNanos());
    return isEnded() || passedAwakeNanos >= 0 && awakeNanos - passedAwakeNanos >= settle;
  }
}
