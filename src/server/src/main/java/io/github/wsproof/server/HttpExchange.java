package io.github.wsproof.server;

import java.util.Map;
import java.util.function.Consumer;

/**
 * A request of plain HTTP and the way back to its client, whatever the API that brings it. Handled
 * on the thread that brings it, and then, if it was {@linkplain #suspend suspended}, answered on
 * another.
 */
public interface HttpExchange extends HandshakeRequestView {
  /** The request's method. */
  String method();

  /** A parameter of the query alone: what is in a body is a message. */
  @Override
  default String parameter(String name) {
    return Query.first(query(), name);
  }

  /**
   * Reads the request's body.
   *
   * @param into takes it, or refuses it: that is answered
   * @param whole is told, on this thread or another, when it is there
   */
  void read(Body into, Consumer<byte[]> whole);

  /** The answer comes later, maybe from another thread. */
  void suspend();

  /** Answers; once, and never waits for the client if it was suspended. */
  void answer(Operations.Answer answer);

  /**
   * Begins an answer without an end; the exchange is suspended.
   *
   * @param type the media type
   * @param closed is told, on any thread, that the client has gone
   */
  EventOutput begin(String type, Map<String, String> headers, Runnable closed);
}
