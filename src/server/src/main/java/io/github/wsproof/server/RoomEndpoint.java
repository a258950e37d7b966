package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
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

/**
 * A member of a room, see {@link RoomMessages}: what it sends, all members get, itself among them,
 * with a random number and the room's sequence, in one order.
 *
 * <p>Query parameters: {@code from} (the first message that is wanted; those from now on), {@code
 * run} (of which that is the number), {@code member} (what it is called). What makes no sense
 * closes the connection with 1008 and a sentence.
 *
 * <p>One instance serves one connection; the container calls it from one thread at a time.
 */
@ServerEndpoint(value = RoomMessages.PATH + "{room}", configurator = RoomConfigurator.class)
public final class RoomEndpoint {
  private static final String ROOM = "room";
  private static final String NAMESPACE = "namespace";

  private Deployment deployment;
  private Connection connection;
  private Parts parts;
  private StreamReceiver receiver;

  /** Null when what comes is not to be taken any more. */
  private volatile Room room;

  private String member;
  private long published;

  /** Whether the last part was not a message's last. */
  private boolean inParts;

  /** Joins. */
  @OnOpen
  public void onOpen(Session session, EndpointConfig config) {
    session.setMaxIdleTimeout(EchoEndpoint.NO_IDLE_TIMEOUT);
    deployment = EchoConfigurator.deployment(config);
    connection = deployment.open(session, EchoConfigurator.handshaken(config));
    if (connection == null) {
      return;
    }
    parts = new Parts(deployment.unfinished(), connection::giveUp);
    connection.keeps(parts);
    Refusal refusal = join(session, RoomConfigurator.scope(config));
    if (refusal != null) {
      refuse(CloseCodes.getCloseCode(refusal.closeCode()), refusal.sentence());
    }
  }

  private Refusal join(Session session, String scope) {
    String namespace = session.getPathParameters().get(NAMESPACE);
    String inNamespace = session.getPathParameters().get(ROOM);
    String name = namespace == null ? inNamespace : namespace + "/" + inNamespace;
    // Whatever path was judged, the container knows where it leads.
    if (!Admission.scope(RoomMessages.PATH + name).equals(scope)) {
      return Refusal.noRole();
    }
    RoomRequest wanted;
    try {
      wanted = RoomRequest.of(name, session.getRequestParameterMap());
    } catch (IllegalArgumentException e) {
      return Rooms.violation(e.getMessage());
    }
    Rooms.Entry entry = deployment.rooms().enter(wanted);
    if (entry.refusal() != null) {
      return entry.refusal();
    }
    room = entry.room();
    member = wanted.member();
    receiver = new StreamReceiver(room, 0, session, connection, deployment);
    connection.receives(receiver);
    deployment.rooms().join(room, receiver, wanted, this::joined);
    return null;
  }

  /** Perhaps on another thread, and later. */
  private void joined(Refusal refusal) {
    if (refusal != null) {
      room = null;
      receiver.refuse(CloseCodes.getCloseCode(refusal.closeCode()), refusal.sentence());
    }
  }

  /** Publishes a text, or keeps a part of one. */
  @OnMessage
  public void onText(String part, boolean last) {
    if (room == null) {
      return;
    }
    if (!inParts && last) {
      publish(part);
    } else if (!isTooLong(parts.length() + part.length()) && isKept(parts.add(part))) {
      inParts = !last;
      if (last) {
        String message = parts.takeText();
        if (isKept(message != null)) {
          publish(message);
        }
        parts.answered();
      }
    }
  }

  /** What members say to each other is text. */
  @OnMessage
  public void onBinary(byte[] part, boolean last) {
    if (room != null) {
      refuse(CloseCodes.CANNOT_ACCEPT, "a room takes text messages only");
    }
  }

  private void publish(String text) {
    int bytes = EchoEndpoint.utf8Length(text);
    if (isTooLong(bytes)) {
      return;
    }
    String excess = connection.received(bytes);
    if (excess != null) {
      refuse(CloseCodes.VIOLATED_POLICY, excess);
      return;
    }
    Room own = room;
    if (own != null) {
      own.publish(receiver, member, ++published, text, System.nanoTime());
    }
  }

  private boolean isTooLong(int bytes) {
    int most = deployment.settings().maxMessageBytes();
    if (bytes > most) {
      refuse(CloseCodes.TOO_BIG, "a message may have at most " + most + " bytes");
    }
    return bytes > most;
  }

  private boolean isKept(boolean kept) {
    if (!kept) {
      refuse(CloseCodes.TRY_AGAIN_LATER, Connection.GIVEN_UP);
    }
    return kept;
  }

  private void refuse(CloseCode code, String reason) {
    room = null;
    parts.end();
    connection.close(code, reason);
  }

  /** Leaves. */
  @OnClose
  public void onClose(Session session, CloseReason reason) {
    if (receiver != null) {
      receiver.left();
    }
    if (connection != null) {
      parts.end();
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
