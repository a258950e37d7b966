package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import jakarta.websocket.CloseReason;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;

/**
 * A member of a room whose name has a first part: those need a role, see {@link Admission}.
 *
 * <p>Does what {@link RoomEndpoint} does. It does not inherit it: Open Liberty knows only the
 * methods that a class declares itself.
 */
@ServerEndpoint(
    value = RoomMessages.PATH + "{namespace}/{room}",
    configurator = RoomConfigurator.class)
public final class NamespaceRoomEndpoint {
  private final RoomEndpoint room = new RoomEndpoint();

  /** Joins. */
  @OnOpen
  public void onOpen(Session session, EndpointConfig config) {
    room.onOpen(session, config);
  }

  /** Publishes a text, or keeps a part of one. */
  @OnMessage
  public void onText(String part, boolean last) {
    room.onText(part, last);
  }

  /** What members say to each other is text. */
  @OnMessage
  public void onBinary(byte[] part, boolean last) {
    room.onBinary(part, last);
  }

  /** Leaves. */
  @OnClose
  public void onClose(Session session, CloseReason reason) {
    room.onClose(session, reason);
  }

  /** Says once what went wrong. */
  @OnError
  public void onError(Session session, Throwable error) {
    room.onError(session, error);
  }
}
