package io.github.wsproof.server;

/**
 * What the sessions of the other transports may take of a deployment.
 *
 * @param sessions the most at a time
 * @param idleSeconds without a request, after which a session is ended
 * @param replies the most that one session keeps
 * @param bytes the most that one session keeps, but always its last reply
 * @param allBytes the most that all of them keep
 */
record SessionSettings(int sessions, int idleSeconds, int replies, long bytes, long allBytes) {
  private static final long MOST = 1_000_000_000;

  /** Those that are set. */
  static SessionSettings of(Settings settings) {
    return new SessionSettings(
        (int) settings.number("max-sessions", 0, 1_000_000, 1000),
        (int) settings.number("session-idle", 1, 24 * 3600, 60),
        (int) settings.number("session-replies", 1, MOST, 1000),
        settings.number("session-bytes", 1, MOST, 1 << 20),
        settings.number(
            "max-session-bytes", 1, 1_000_000 * MOST, Runtime.getRuntime().maxMemory() / 8));
  }
}
