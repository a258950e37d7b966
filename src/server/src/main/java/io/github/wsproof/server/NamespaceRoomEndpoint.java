package io.github.wsproof.server;

import io.github.wsproof.protocol.RoomMessages;
import jakarta.websocket.server.ServerEndpoint;

/** A member of a room whose name has a first part: those need a role, see {@link Admission}. */
@ServerEndpoint(
    value = RoomMessages.PATH + "{namespace}/{room}",
    configurator = RoomConfigurator.class)
public final class NamespaceRoomEndpoint extends RoomEndpoint {}
