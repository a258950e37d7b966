package io.github.wsproof.devserver;

import java.time.Duration;

/**
 * How long a client may keep the server waiting, before its connection is ended.
 *
 * @param handshake from the connection to the end of the request's head, and between two requests
 *     of one connection
 * @param frame from the first byte of a frame to its last, while the server reads
 * @param unread how long a client may take no byte of the replies that wait for it
 * @param linger after the server's last byte, for the client to end the connection as well
 */
record Bounds(Duration handshake, Duration frame, Duration unread, Duration linger) {
  static final Bounds DEFAULT =
      new Bounds(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(3));
}
