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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

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
@ServerEndpoint(value = "/echo", configurator = EchoConfigurator.class)
public class EchoEndpoint {
  private static final Logger LOGGER = Logger.getLogger(EchoEndpoint.class.getName());
  private static final int LONGEST_CLOSE_REASON_BYTES = 123;

  /** -1 rather than 0: with 0, Tyrus cancels and schedules a timer for every message. */
  private static final long NO_IDLE_TIMEOUT = -1;

  private EchoSettings settings;
  private Replies replies;
  private boolean receipts;
  private long received;
  private boolean errorLogged;
  private StringBuilder textParts;
  private ByteArrayOutputStream binaryParts;

  /** Reads what this connection wants; closes it with 1008 if that makes no sense. */
  @OnOpen
  public void onOpen(Session session, EndpointConfig config) throws IOException {
    Connections.add(session);
    session.setMaxIdleTimeout(NO_IDLE_TIMEOUT);
    replies = Replies.of(session, Connections.flusher(), e -> onError(session, e));
    boolean asked = EchoConfigurator.receiptAsked(config);
    try {
      settings = EchoSettings.current().with(session.getRequestParameterMap());
      receipts = asked || receiptParameter(session);
    } catch (IllegalArgumentException e) {
      close(session, CloseCodes.VIOLATED_POLICY, e.getMessage());
    }
  }

  /** Answers a text, or keeps a part of one. */
  @OnMessage
  public void onText(String part, boolean last, Session session) throws IOException {
    if (settings == null) {
      return;
    }
    String message = part;
    if (textParts != null || !last) {
      textParts = textParts == null ? new StringBuilder() : textParts;
      if (isTooLong(textParts.length() + part.length(), session)) {
        return;
      }
      message = textParts.append(part).toString();
    }
    if (last) {
      textParts = null;
      if (!isTooLong(utf8Length(message), session)) {
        answer(message);
      }
    }
  }

  /** Answers a binary message, or keeps a part of one. */
  @OnMessage
  public void onBinary(byte[] part, boolean last, Session session) throws IOException {
    if (settings == null) {
      return;
    }
    byte[] message = part;
    int length = part.length + (binaryParts == null ? 0 : binaryParts.size());
    if (isTooLong(length, session)) {
      return;
    }
    if (binaryParts != null || !last) {
      binaryParts = binaryParts == null ? new ByteArrayOutputStream() : binaryParts;
      binaryParts.writeBytes(part);
      message = last ? binaryParts.toByteArray() : null;
    }
    if (last) {
      binaryParts = null;
      received++;
      byte[] reply = settings.form().reply(message, random());
      replies.send(ByteBuffer.wrap(receipts ? Receipt.append(reply, received) : reply));
    }
  }

  /** Forgets the connection. */
  @OnClose
  public void onClose(Session session) {
    Connections.remove(session);
  }

  /** Says once for each connection what went wrong. */
  @OnError
  public void onError(Session session, Throwable error) {
    if (!errorLogged) {
      errorLogged = true;
      LOGGER.log(
          Level.INFO,
          () -> "connection " + session.getId() + " failed after " + received + ": " + error);
    }
  }

  private void answer(String message) throws IOException {
    received++;
    String reply = settings.form().reply(message, random());
    if (receipts) {
      reply = new String(Receipt.append(reply.getBytes(UTF_8), received), UTF_8);
    }
    replies.send(reply);
  }

  private long random() {
    return ThreadLocalRandom.current().nextLong(settings.min(), settings.max() + 1);
  }

  private boolean isTooLong(long bytes, Session session) throws IOException {
    if (bytes <= settings.maxMessageBytes()) {
      return false;
    }
    String reason = "a message may have at most " + settings.maxMessageBytes() + " bytes";
    settings = null;
    textParts = null;
    binaryParts = null;
    replies.flush();
    close(session, CloseCodes.TOO_BIG, reason);
    return true;
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
  private static long utf8Length(String text) {
    long bytes = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        // A surrogate is half of a character of 4 bytes.
        bytes += c >= 0x800 && !Character.isSurrogate(c) ? 2 : 1;
      }
    }
    return bytes;
  }

  private static void close(Session session, CloseCode code, String reason) throws IOException {
    byte[] bytes = reason.getBytes(UTF_8);
    String cut = reason;
    if (bytes.length > LONGEST_CLOSE_REASON_BYTES) {
      cut = reason.replaceAll("[^ -~]", "?");
      cut = cut.substring(0, Math.min(cut.length(), LONGEST_CLOSE_REASON_BYTES - 3)) + "...";
    }
    session.close(new CloseReason(code, cut));
  }
}
