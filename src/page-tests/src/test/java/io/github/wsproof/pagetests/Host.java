package io.github.wsproof.pagetests;

/** What serves the page and the endpoint beside it, on the loopback address. */
interface Host extends AutoCloseable {

  /**
   * Starts {@code wsproof serve}, or with the system property {@code wsproof.page.war} the WAR on
   * Tomcat: the page is the same on both, and so are its tests.
   *
   * @param port 0 for any
   */
  static Host start(int port) throws Exception {
    return Boolean.getBoolean("wsproof.page.war") ? WarHost.start(port) : ServeHost.start(port);
  }

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
