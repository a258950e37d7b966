package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Map;

/**
 * What is said to a request for a socket that does not ask for the upgrade: RFC 9110 section
 * 15.5.22. Mostly it was a handshake until a proxy took the header away, as it must unless it is
 * told otherwise (section 7.6.1).
 */
final class NotUpgraded {
  private static final int UPGRADE_REQUIRED = 426;

  /**
   * Grizzly (Payara, GlassFish, {@code serve}; 4.0.2) takes an answer with a header Upgrade for the
   * upgrade itself and leaves its length out: unless the connection ends, and unless that is all
   * that Connection says, a client waits for more until it gives up, 60 s on Payara.
   */
  private static final Map<String, String> HEADERS =
      Map.of("Upgrade", "websocket", "Connection", "close");

  private NotUpgraded() {}

  /** The answer; its body names what is missing. */
  static Operations.Answer answer(HandshakeRequestView request) {
    return new Operations.Answer(
        UPGRADE_REQUIRED,
        "text/plain; charset=utf-8",
        (sentence(request) + "\n").getBytes(UTF_8),
        HEADERS);
  }

  private static String sentence(HandshakeRequestView request) {
    return isHandshakeButForUpgrade(request)
        ? "the handshake came without its header Upgrade: a proxy on the way does not pass it on"
        : "this is the address of a WebSocket: connect with ws:// or wss://";
  }

  /** A proxy passes on what it does not know. */
  static boolean isHandshakeButForUpgrade(HandshakeRequestView request) {
    return request.header("Sec-WebSocket-Key") != null;
  }
}
