package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;

/**
 * Sends the numbered messages of a named stream, see {@link StreamMessages}; what a client sends is
 * counted against its limits and not read.
 *
 * <p>Query parameters: {@code from} (the first message that is wanted; 0), {@code run} (of which
 * that is the number), {@code receipt=1} (sealed messages); and of the receiver that starts a
 * stream {@code rate} (messages per second; as fast as they are read) and {@code n} (its length;
 * without end). What makes no sense closes the connection with 1008 and a sentence.
 *
 * <p>One instance serves one connection; the container calls it from one thread at a time.
 */
@ServerEndpoint(value = StreamMessages.PATH + "{name}", configurator = StreamConfigurator.class)
public final class StreamEndpoint {
  private Deployment deployment;
  private Connection connection;
  private StreamReceiver receiver;

  /** Begins to send. */
  @OnOpen
  public void onOpen(Session session, EndpointConfig config) {
    session.setMaxIdleTimeout(EchoEndpoint.NO_IDLE_TIMEOUT);
    deployment = EchoConfigurator.deployment(config);
    connection = deployment.open(session, EchoConfigurator.handshaken(config));
    if (connection == null) {
      return;
    }
    Subscription wanted = StreamConfigurator.subscription(config);
    if (wanted.refusal() != null) {
      connection.close(
          CloseCodes.getCloseCode(wanted.refusal().closeCode()), wanted.refusal().sentence());
      return;
    }
    receiver =
        new StreamReceiver(
            new StreamFeed(wanted.stream(), wanted.request().sealed()),
            wanted.request().from(),
            session,
            connection,
            deployment);
    if (wanted.stream().join(receiver)) {
      connection.receives(receiver);
      receiver.wake();
    } else {
      receiver = null;
      connection.close(CloseCodes.TRY_AGAIN_LATER, "the stream has just ended");
    }
  }

  /** Counts a text, or a part of one. */
  @OnMessage
  public void onText(String part, boolean last) {
    received(part.length());
  }

  /** Counts a binary message, or a part of one. */
  @OnMessage
  public void onBinary(byte[] part, boolean last) {
    received(part.length);
  }

  private void received(int bytes) {
    if (connection == null) {
      return;
    }
    String excess = connection.received(bytes);
    if (excess != null) {
      connection.close(CloseCodes.VIOLATED_POLICY, excess);
    }
  }

  /** Forgets the connection. */
  @OnClose
  public void onClose(Session session, CloseReason reason) {
    if (receiver != null) {
      receiver.left();
    }
    if (connection != null) {
      deployment.ended(session, connection, reason);
    }
  }

  /** Says once what went wrong. */
  @OnError
  public void onError(Session session, Throwable error) {
    if (connection != null) {
      connection.failed(error);
    }
  }
}
