package io.github.wsproof.server;

/**
 * What the streams of a deployment may take of it.
 *
 * @param messages the most that one stream keeps
 * @param ageSeconds how long a message is kept; 0 = as long as there is room
 * @param streams the most at a time
 * @param idleSeconds how long a stream without a receiver lives on; 0 = for ever
 * @param rate the most messages per second that a client may start a stream with
 * @param sendSeconds how long a receiver may take no message; no thread waits for it
 */
record StreamSettings(
    int messages, long ageSeconds, int streams, long idleSeconds, int rate, int sendSeconds) {
  static final int HIGHEST_RATE = 1_000_000;

  private static final long YEAR_SECONDS = 366L * 24 * 3600;

  /** Those that are set; where nothing is, strangers take 128 MB and a tenth of a core at most. */
  static StreamSettings of(Settings settings) {
    return new StreamSettings(
        (int) settings.number("stream-messages", 1, 100_000_000, 500_000),
        settings.number("stream-age", 0, YEAR_SECONDS, 3600),
        (int) settings.number("max-streams", 0, 100_000, 16),
        settings.number("stream-idle", 0, YEAR_SECONDS, 300),
        (int) settings.number("max-stream-rate", 1, HIGHEST_RATE, 100_000),
        (int) settings.number("stream-send-timeout", 1, 24 * 3600, 60));
  }
}
