package io.github.wsproof.transport;

import jakarta.websocket.CloseReason;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;

/** Returns what it gets; "close 4001 why" makes it close with that. Public, for the containers. */
@ServerEndpoint("/echo")
public final class EchoEndpoint {

  private static final int MAX_BYTES = 4 * 1024 * 1024;

  @OnMessage(maxMessageSize = MAX_BYTES)
  public String text(String message, Session session) throws IOException {
    if (message.startsWith("close ")) {
      String[] words = message.split(" ", 3);
      int code = Integer.parseInt(words[1]);
      session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), words[2]));
      return null;
    }
    return message;
  }

  @OnMessage(maxMessageSize = MAX_BYTES)
  public byte[] binary(byte[] message) {
    return message;
  }
}
