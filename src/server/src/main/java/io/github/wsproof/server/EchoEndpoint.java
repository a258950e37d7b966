package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.Receipt;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCode;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Appends a random number to each message and returns it.
 *
 * <p>It answers with a blocking send on the container's thread, before it takes the next message:
 * so replies keep the order of their messages, and none is lost on any container. It takes messages
 * in parts and joins them itself, so that their longest size is the same everywhere, whatever a
 * container's buffers hold.
 *
 * <p>One instance serves one connection; the container calls it from one thread at a time.
 */
@ServerEndpoint(value = EchoEndpoint.PATH, configurator = EchoConfigurator.class)
public class EchoEndpoint {
  static final String PATH = "/echo";

  /** -1 rather than 0: with 0, Tyrus cancels and schedules a timer for every message. */
  static final long NO_IDLE_TIMEOUT = -1;

  private Deployment deployment;
  private Connection connection;

  /** Null when the connection is not to be answered any more. */
  private EchoSettings settings;

  private boolean receipts;
  private long answered;
  private Parts parts;

  /** Whether the last part was not a message's last. */
  private boolean inParts;

  /** Reads what this connection wants; closes it with 1008 if that makes no sense. */
  @OnOpen
  public void onOpen(Session session, EndpointConfig config) {
    session.setMaxIdleTimeout(NO_IDLE_TIMEOUT);
    deployment = EchoConfigurator.deployment(config);
    Handshaken handshaken = EchoConfigurator.handshaken(config);
    connection = deployment.open(session, handshaken);
    if (connection == null) {
      return;
    }
    parts = new Parts(deployment.unfinished(), connection::giveUp);
    connection.keeps(parts);
    try {
      settings = deployment.settings().with(session.getRequestParameterMap());
      receipts = handshaken.receiptAsked() || receiptParameter(session);
    } catch (IllegalArgumentException e) {
      refuse(CloseCodes.VIOLATED_POLICY, e.getMessage());
    }
  }

  /** Answers a text, or keeps a part of one. */
  @OnMessage
  public void onText(String part, boolean last) {
    if (settings == null) {
      return;
    }
    if (!inParts && last) {
      answerText(part);
    } else if (!isTooLong(parts.length() + part.length()) && isKept(parts.add(part))) {
      inParts = !last;
      if (last) {
        String message = parts.takeText();
        if (isKept(message != null)) {
          answerText(message);
        }
        parts.answered();
      }
    }
  }

  /** Answers a binary message, or keeps a part of one. */
  @OnMessage
  public void onBinary(byte[] part, boolean last) {
    if (settings == null) {
      return;
    }
    if (!inParts && last) {
      answerBinary(part);
    } else if (!isTooLong(parts.length() + part.length) && isKept(parts.add(part))) {
      inParts = !last;
      if (last) {
        byte[] message = parts.takeBinary();
        if (isKept(message != null)) {
          answerBinary(message);
        }
        parts.answered();
      }
    }
  }

  /** Forgets the connection. */
  @OnClose
  public void onClose(Session session, CloseReason reason) {
    if (connection != null) {
      parts.end();
      deployment.ended(session, connection, reason);
    }
  }

  /** Says once for each connection what went wrong. */
  @OnError
  public void onError(Session session, Throwable error) {
    if (connection != null) {
      connection.failed(error);
    }
  }

  private void answerText(String message) {
    int bytes = utf8Length(message);
    if (!isTooLong(bytes) && !isTooFast(bytes)) {
      long startNanos = startNanos();
      answer(message, bytes);
      handled(startNanos);
    }
  }

  private void answerBinary(byte[] message) {
    if (!isTooLong(message.length) && !isTooFast(message.length)) {
      long startNanos = startNanos();
      answer(message);
      handled(startNanos);
    }
  }

  private void answer(String message, int bytes) {
    answered++;
    String reply = settings.form().reply(message, random());
    if (receipts) {
      reply = new String(Receipt.append(reply.getBytes(UTF_8), answered), UTF_8);
    }
    // What is appended is ASCII.
    connection.reply(reply, bytes + reply.length() - message.length());
  }

  private void answer(byte[] message) {
    answered++;
    byte[] reply = settings.form().reply(message, random());
    connection.reply(ByteBuffer.wrap(receipts ? Receipt.append(reply, answered) : reply));
  }

  private long startNanos() {
    return connection.messagesIn() % Figures.TIMED_MESSAGES == 0 ? System.nanoTime() : 0;
  }

  private void handled(long startNanos) {
    if (startNanos != 0) {
      deployment.figures().handled(System.nanoTime() - startNanos);
    }
  }

  private long random() {
    return ThreadLocalRandom.current().nextLong(settings.min(), settings.max() + 1);
  }

  private boolean isKept(boolean kept) {
    if (!kept) {
      refuse(CloseCodes.TRY_AGAIN_LATER, Connection.GIVEN_UP);
    }
    return kept;
  }

  private boolean isTooLong(int bytes) {
    if (bytes <= settings.maxMessageBytes()) {
      return false;
    }
    refuse(
        CloseCodes.TOO_BIG, "a message may have at most " + settings.maxMessageBytes() + " bytes");
    return true;
  }

  private boolean isTooFast(int bytes) {
    String reason = connection.received(bytes);
    if (reason == null) {
      return false;
    }
    refuse(CloseCodes.VIOLATED_POLICY, reason);
    return true;
  }

  private void refuse(CloseCode code, String reason) {
    settings = null;
    parts.end();
    connection.close(code, reason);
  }

  private static boolean receiptParameter(Session session) {
    List<String> values =
        session.getRequestParameterMap().getOrDefault(Receipt.QUERY_PARAMETER, List.of("0"));
    if (values.size() != 1 || !values.get(0).matches("[01]")) {
      throw new IllegalArgumentException("receipt must be 0 or 1: receipt=" + values.get(0));
    }
    return values.get(0).equals("1");
  }

  /** The length in bytes of a text in UTF-8. */
  static int utf8Length(String text) {
    int bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // A surrogate is half of a character of 4 bytes.
        bytes += c >= 0x800 && !Character.isSurrogate(c) ? 2 : 1;
      }
    }
    return bytes;
  }
}
