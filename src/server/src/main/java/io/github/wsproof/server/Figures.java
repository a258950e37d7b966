package io.github.wsproof.server;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The figures of a deployment, for Prometheus. Thread-safe.
 *
 * <p>Without exemplars: the library keeps a thread for them that outlives a web application.
 */
final class Figures {
  /** A message costs about a microsecond: looking at each would cost a tenth of that. */
  static final int TIMED_MESSAGES = 16;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter opened =
      Counter.builder()
          .name("wsproof_connections_opened_total")
          .help("Connections that were opened.")
          .withoutExemplars()
          .register(registry);
  private final Counter failedSends =
      Counter.builder()
          .name("wsproof_failed_sends_total")
          .help("Replies that could not be sent.")
          .withoutExemplars()
          .register(registry);
  private final Counter closes =
      Counter.builder()
          .name("wsproof_closes_total")
          .help("Connections that ended, by close code; 1006: without one.")
          .labelNames("code")
          .withoutExemplars()
          .register(registry);
  private final Counter refusals =
      Counter.builder()
          .name("wsproof_refused_handshakes_total")
          .help("Handshakes that were refused, by cause.")
          .labelNames("cause")
          .withoutExemplars()
          .register(registry);
  private final Counter requests =
      Counter.builder()
          .name("wsproof_http_requests_total")
          .help("Requests of clients without a WebSocket, by status.")
          .labelNames("status")
          .withoutExemplars()
          .register(registry);
  private final Histogram handling =
      Histogram.builder()
          .name("wsproof_handling_seconds")
          .help("From a message to its reply's being sent, of every 16th message.")
          .classicOnly()
          .classicUpperBounds(1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10)
          .withoutExemplars()
          .register(registry);

  Figures(Connections connections) {
    GaugeWithCallback.builder()
        .name("wsproof_connections")
        .help("Connections that are open.")
        .callback(callback -> callback.call(connections.count()))
        .register(registry);
    total(connections, 0, "wsproof_messages_received_total", "Messages received.");
    total(connections, 1, "wsproof_replies_sent_total", "Replies and messages of streams sent.");
    total(connections, 2, "wsproof_bytes_received_total", "Payload bytes received.");
    total(connections, 3, "wsproof_bytes_sent_total", "Payload bytes sent.");
  }

  /** Adds what is to be told of streams. */
  void add(Streams streams) {
    GaugeWithCallback.builder()
        .name("wsproof_streams")
        .help("Streams that there are.")
        .callback(callback -> callback.call(streams.count()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("wsproof_stream_receivers")
        .help("Connections that receive a stream.")
        .callback(callback -> callback.call(streams.receivers()))
        .register(registry);
  }

  /** Adds what is to be told of rooms. */
  void add(Rooms rooms) {
    GaugeWithCallback.builder()
        .name("wsproof_rooms")
        .help("Rooms that there are.")
        .callback(callback -> callback.call(rooms.count()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("wsproof_room_members")
        .help("Connections that sit in a room.")
        .callback(callback -> callback.call(rooms.members()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("wsproof_rooms_kept_bytes")
        .help("Memory that the messages take which rooms keep.")
        .callback(callback -> callback.call(rooms.keptBytes()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("wsproof_rooms_store_up")
        .help("Whether rooms are to be had: 0 while Redis is away.")
        .callback(callback -> callback.call(rooms.isUp() ? 1 : 0))
        .register(registry);
    CounterWithCallback.builder()
        .name("wsproof_room_refused_messages_total")
        .help("Messages that were refused because the store was away.")
        .callback(callback -> callback.call(rooms.refusedMessages()))
        .register(registry);
    CounterWithCallback.builder()
        .name("wsproof_room_messages_total")
        .help("Messages that were published in rooms.")
        .callback(callback -> callback.call(rooms.publishedMessages()))
        .register(registry);
    CounterWithCallback.builder()
        .name("wsproof_room_slow_members_total")
        .help("Members that were closed because they read too slowly.")
        .callback(callback -> callback.call(rooms.membersClosedSlow()))
        .register(registry);
  }

  /** Adds what is to be told of sessions. */
  void add(Sessions sessions) {
    GaugeWithCallback.builder()
        .name("wsproof_sessions")
        .help("Sessions of clients without a WebSocket.")
        .callback(callback -> callback.call(sessions.count()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("wsproof_session_bytes")
        .help("Bytes of replies that wait for these clients.")
        .callback(callback -> callback.call(sessions.keptBytes()))
        .register(registry);
  }

  /** Counts a request of these clients by what it came to. */
  void requested(int status) {
    requests.labelValues(String.valueOf(status)).inc();
  }

  private void total(Connections connections, int index, String name, String help) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(connections.totals()[index]))
        .register(registry);
  }

  void opened() {
    opened.inc();
  }

  void closed(int code) {
    // A code of one's own choosing must not make a series of its own.
    boolean known = code >= 1000 && code <= 1015;
    closes.labelValues(known ? String.valueOf(code) : "other").inc();
  }

  void refused(String cause) {
    refusals.labelValues(cause).inc();
  }

  void sendFailed() {
    failedSends.inc();
  }

  void handled(long nanos) {
    handling.observe(nanos / 1e9);
  }

  /** All of them, in Prometheus's text format. */
  byte[] text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      PrometheusTextFormatWriter.create().write(text, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return text.toByteArray();
  }
}
