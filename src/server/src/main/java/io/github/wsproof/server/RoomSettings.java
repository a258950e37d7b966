package io.github.wsproof.server;

/**
 * What the rooms of a deployment may take of it.
 *
 * @param messages the most that one room keeps; a member that is half of them behind is too slow
 * @param bytes the most that all rooms keep together
 * @param ageSeconds how long a message is kept; 0 = as long as there is room
 * @param rooms the most at a time
 * @param members the most at a time in one room
 * @param idleSeconds how long a room without members lives on; 0 = for ever
 */
record RoomSettings(
    int messages, long bytes, long ageSeconds, int rooms, int members, long idleSeconds) {
  private static final long YEAR_SECONDS = 366L * 24 * 3600;
  private static final long LEAST_BYTES = 1 << 20;
  private static final long MOST_BYTES = 1L << 40;

  /** Those that are set, and where nothing is, ones that keep a quarter of the heap at most. */
  static RoomSettings of(Settings settings) {
    return new RoomSettings(
        (int) settings.number("room-messages", 2, 100_000_000, 500_000),
        settings.number(
            "rooms-bytes",
            LEAST_BYTES,
            MOST_BYTES,
            Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / 4)),
        settings.number("room-age", 0, YEAR_SECONDS, 3600),
        (int) settings.number("max-rooms", 0, 10_000_000, 10_000),
        (int) settings.number("max-room-members", 1, 1_000_000_000, 10_000),
        settings.number("room-idle", 0, YEAR_SECONDS, 300));
  }
}
