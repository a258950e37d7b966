package io.github.wsproof.server;

/**
 * What the clients of a deployment may take of it. Beyond it a connection is refused or closed with
 * a reason in words; the others do not notice. The longest message is an {@link EchoSettings}.
 *
 * @param connections the most at a time
 * @param connectionsPerAddress the most at a time of one remote address
 * @param handshakesPerSecond the most handshakes, with a second's worth at once; 0 = no limit
 * @param messagesPerSecond of one connection, with a second's worth at once; 0 = no limit
 * @param bytesPerSecond of one connection, with a second's worth at once; 0 = no limit
 * @param idleSeconds without a message, after which a connection is closed; 0 = never
 * @param lifetimeSeconds after which a connection is closed; 0 = never
 * @param sendSeconds how long a client that does not read may hold up the thread that answers it
 * @param requestSeconds how long the body of a request may be on its way
 * @param queryBytes the longest query of a handshake
 * @param bufferedBytes how much memory messages may take that have come in part
 * @param drainSeconds how long draining may take
 */
record Limits(
    int connections,
    int connectionsPerAddress,
    int handshakesPerSecond,
    long messagesPerSecond,
    long bytesPerSecond,
    long idleSeconds,
    long lifetimeSeconds,
    int sendSeconds,
    int requestSeconds,
    int queryBytes,
    long bufferedBytes,
    int drainSeconds) {
  private static final long MOST = 1_000_000_000;
  private static final long YEAR_SECONDS = 366L * 24 * 3600;

  /** Those that are set, and safe ones for a server of load tests where nothing is. */
  static Limits of(Settings settings) {
    return new Limits(
        (int) settings.number("max-connections", 1, MOST, 20_000),
        (int) settings.number("max-connections-per-address", 1, MOST, 20_000),
        (int) settings.number("max-handshakes-per-second", 0, MOST, 0),
        settings.number("max-messages-per-second", 0, MOST, 0),
        settings.number("max-bytes-per-second", 0, 1000 * MOST, 0),
        settings.number("idle-timeout", 0, YEAR_SECONDS, 3600),
        settings.number("max-lifetime", 0, YEAR_SECONDS, 24 * 3600),
        (int) settings.number("send-timeout", 1, 600, 5),
        (int) settings.number("request-timeout", 1, 600, 30),
        (int) settings.number("max-query-bytes", 1, 1 << 20, 2048),
        settings.number(
            "max-buffered-bytes", 1, 1_000_000 * MOST, Runtime.getRuntime().maxMemory() / 4),
        (int) settings.number("drain-timeout", 0, 600, 5));
  }
}
