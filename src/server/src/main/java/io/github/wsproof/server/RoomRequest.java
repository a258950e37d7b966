package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import io.github.wsproof.protocol.StreamMessages;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a member wants of a room.
 *
 * @param room its name, {@code <room>} or {@code <namespace>/<room>}
 * @param from the first message that is wanted, or {@link #FROM_NOW_ON}
 * @param run of which {@code from} is a number, or null: of whichever there is
 * @param member what it is called
 */
record RoomRequest(String room, long from, String run, String member) {
  static final long FROM_NOW_ON = -1;

  /**
   * Reads a request.
   *
   * @throws IllegalArgumentException with a sentence that names the parameter, its value and what
   *     is allowed
   */
  static RoomRequest of(String room, Map<String, List<String>> query) {
    String run = Query.only(RoomMessages.RUN_PARAMETER, query);
    if (run != null && !StreamMessages.isRun(run)) {
      throw Query.wrong("run must be 8 hex digits, as the welcome tells", "run", run);
    }
    String member = Query.only(RoomMessages.MEMBER_PARAMETER, query);
    if (member != null && !RoomMessages.isName(member)) {
      throw Query.wrong("member must be 1..64 of A-Z a-z 0-9 . _ -", "member", member);
    }
    return new RoomRequest(
        room,
        Query.from(Query.only(RoomMessages.FROM_PARAMETER, query), FROM_NOW_ON),
        run,
        member == null ? String.format("%08x", ThreadLocalRandom.current().nextInt()) : member);
  }

  /** Why a room cannot be called that, or null; {@code <room>} or {@code <namespace>/<room>}. */
  static String wrongName(String name) {
    for (String part : name.split("/", -1)) {
      if (!RoomMessages.isName(part)) {
        return Query.wrong("a room's name must be 1..64 of A-Z a-z 0-9 . _ -", "name", part)
            .getMessage();
      }
    }
    return null;
  }
}
