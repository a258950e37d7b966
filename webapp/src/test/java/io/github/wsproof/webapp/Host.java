package io.github.wsproof.webapp;

/** What serves the page and the endpoint beside it, on the loopback address. */
interface Host extends AutoCloseable {

  int port();

  /** The path of the page, with a slash at its end. */
  String context();

  default String page() {
    return "http://localhost:" + port() + context();
  }

  default String echo() {
    return "ws://localhost:" + port() + context() + "echo";
  }

  @Override
  void close();
}
