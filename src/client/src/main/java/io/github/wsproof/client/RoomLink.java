package io.github.wsproof.client;

import io.github.wsproof.ledger.RoomMember;
import io.github.wsproof.protocol.RoomMessages;
import io.github.wsproof.protocol.RoomReader.Found;
import jakarta.websocket.CloseReason.CloseCodes;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * A member of a room. A further life goes on behind the last number that has come; if the server
 * has begun the room anew, nothing of that can be accounted for, and the member is given up.
 *
 * <p>Owned by the run's loop.
 */
abstract class RoomLink extends Link {
  /** A short --drain is for messages that were published. */
  private static final long LEAST_WELCOME_NANOS = TimeUnit.SECONDS.toNanos(3);

  final FanoutRun run;
  final FanoutRoom room;
  final RoomMember member;
  private final String memberName;

  /** Of the room, as the first welcome told; null before. */
  private volatile String roomRun;

  private volatile long from;

  private long openedAwakeNanos;

  /** Of several servers, which; another one each time that it is tried again. */
  private volatile int server;

  RoomLink(FanoutRun run, FanoutRoom room, int number, boolean counted, String memberName) {
    super(run, number);
    this.run = run;
    this.room = room;
    this.memberName = memberName;
    this.server = number;
    this.member = room.ledger.member(number, counted);
  }

  @Override
  URI target() {
    return room.url(server);
  }

  @Override
  URI url() {
    URI url = room.url(server);
    StringBuilder query = new StringBuilder(url.toString());
    query.append(url.getRawQuery() == null ? '?' : '&');
    query.append(RoomMessages.MEMBER_PARAMETER).append('=').append(memberName);
    if (roomRun != null) {
      query.append('&').append(RoomMessages.FROM_PARAMETER).append('=').append(from);
      query.append('&').append(RoomMessages.RUN_PARAMETER).append('=').append(roomRun);
    }
    return URI.create(query.toString());
  }

  @Override
  void opened() {
    openedAwakeNanos = run.awakeNanos();
  }

  @Override
  void tryingAgain() {
    server++;
  }

  @Override
  final void received(byte[] content, boolean binary, long nowNanos) {
    heard(nowNanos);
    run.received(number(), content, binary, nowNanos);
    Found found = member.received(content, binary);
    if (found == Found.WELCOME) {
      roomRun = room.ledger.reader().run();
    }
    after(found);
  }

  /** What was read is in the account. */
  void after(Found found) {}

  @Override
  void look(long awakeNanos) {
    long drainNanos = run.plan.drain().toNanos();
    long boundNanos = Math.max(drainNanos, LEAST_WELCOME_NANOS);
    if (!member.joined() && awakeNanos - openedAwakeNanos >= boundNanos) {
      run.endedEarly(
          this,
          "was not let in within "
              + Run.seconds(boundNanos)
              + " s; is there a room of a wsproof server at "
              + target()
              + "?");
      close();
    } else if (run.isPublishing() && isWanting() && isSilentFor(run.plan.drain(), awakeNanos)) {
      run.endedEarly(this, "was silent for " + Run.seconds(drainNanos) + " s (--drain)");
      close();
    }
  }

  /** Whether something is still to come. */
  abstract boolean isWanting();

  @Override
  boolean goesOn(int code) {
    return roomRun != null
        && run.disruption.reconnect()
        && code != CloseCodes.NORMAL_CLOSURE.getCode()
        && code != CloseCodes.VIOLATED_POLICY.getCode();
  }

  @Override
  void cut() {
    from = member.next();
  }

  @Override
  void gone(String how) {
    if (how != null) {
      run.endedEarly(this, how);
    }
    if (how != null || isWanting() && run.isOver()) {
      member.cut();
    }
  }

  /** Whether it is in the room, or will never be. */
  boolean isSettledIn() {
    return member.joined() || isEnded();
  }
}
