package io.github.wsproof.transport;

import java.time.Duration;
import java.util.Map;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.core.MaskingKeyGenerator;

/**
 * What the properties of a ClientManager say about its connections.
 *
 * @param idleNanos 0 for no bound
 * @param deflate whether permessage-deflate is offered
 * @param incomingBytes the longest message that may come out of a deflated one
 */
record ConnectionSettings(
    long connectNanos,
    long handshakeNanos,
    long closeNanos,
    long idleNanos,
    long blockingSendNanos,
    int highWaterMarkBytes,
    boolean textAsBytes,
    boolean deflate,
    int incomingBytes,
    MaskingKeyGenerator maskingKeys) {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final Duration BLOCKING_SEND = Duration.ofSeconds(30);
  private static final int HANDSHAKE_MILLIS = 30_000;
  private static final int HIGH_WATER_MARK_BYTES = 256 * 1024;

  /** Tyrus's own default for a frame. */
  private static final int INCOMING_BYTES = 4_194_315;

  /** Without it, each of 10,000 connections would have a generator of its own. */
  private static final MaskingKeyGenerator MASKING_KEYS = new FastMaskingKeyGenerator();

  static ConnectionSettings from(Map<String, Object> properties) {
    return new ConnectionSettings(
        nanos(properties, EventLoopClientContainer.CONNECT_TIMEOUT, CONNECT),
        Duration.ofMillis(handshakeMillis(properties)).toNanos(),
        nanos(properties, EventLoopClientContainer.CLOSE_BOUND, CLOSE),
        nanos(properties, EventLoopClientContainer.IDLE_TIMEOUT, Duration.ZERO),
        BLOCKING_SEND.toNanos(),
        property(
            properties,
            EventLoopClientContainer.HIGH_WATER_MARK,
            Integer.class,
            HIGH_WATER_MARK_BYTES),
        property(properties, EventLoopClientContainer.TEXT_AS_BYTES, Boolean.class, false),
        property(properties, EventLoopClientContainer.DEFLATE, Boolean.class, false),
        property(properties, ClientProperties.INCOMING_BUFFER_SIZE, Integer.class, INCOMING_BYTES),
        property(
            properties,
            ClientProperties.MASKING_KEY_GENERATOR,
            MaskingKeyGenerator.class,
            MASKING_KEYS));
  }

  private static int handshakeMillis(Map<String, Object> properties) {
    return property(
        properties, ClientProperties.HANDSHAKE_TIMEOUT, Integer.class, HANDSHAKE_MILLIS);
  }

  private static long nanos(Map<String, Object> properties, String key, Duration absent) {
    return property(properties, key, Duration.class, absent).toNanos();
  }

  /** The property, or {@code absent}; a value of another type is a mistake to be told. */
  static <T> T property(Map<String, Object> properties, String key, Class<T> type, T absent) {
    Object value = properties.get(key);
    if (value == null) {
      return absent;
    }
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "must be a " + type.getName() + ": " + key + "=" + value + " (" + value.getClass() + ")");
    }
    return type.cast(value);
  }
}
