package io.github.wsproof.transport;

import jakarta.websocket.server.ServerContainer;
import java.io.File;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.glassfish.tyrus.container.grizzly.server.GrizzlyEchoServer;

/**
 * A container with {@link EchoEndpoint} at /echo and {@link SmallEchoEndpoint} at /small, on
 * loopback.
 */
record TestServer(String name, int port, Stop stop) {

  /** Held, so that the level stays: starting and stopping is no news. */
  private static final List<Logger> QUIET =
      List.of(Logger.getLogger("org.apache"), Logger.getLogger("org.glassfish.grizzly"));

  static {
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  interface Stop {
    void run() throws Exception;
  }

  enum Kind {
    GRIZZLY,
    TOMCAT,
    JETTY
  }

  static TestServer start(Kind kind) throws Exception {
    return switch (kind) {
      case GRIZZLY -> grizzly();
      case TOMCAT -> tomcat();
      case JETTY -> jetty();
    };
  }

  URI echo() {
    return URI.create("ws://127.0.0.1:" + port + "/echo");
  }

  URI small() {
    return echo().resolve("/small");
  }

  private static TestServer grizzly() throws Exception {
    GrizzlyEchoServer server = new GrizzlyEchoServer(EchoEndpoint.class, SmallEchoEndpoint.class);
    return new TestServer("grizzly", server.port(), server::close);
  }

  private static TestServer tomcat() throws Exception {
    File base = Files.createTempDirectory("wsproof-tomcat").toFile();
    base.deleteOnExit();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.getPath());
    Connector connector = new Connector();
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxConnections", "2000");
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.getPath());
    context.addServletContainerInitializer(
        new WsSci(), Set.of(EchoEndpoint.class, SmallEchoEndpoint.class));
    Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet")
        .addMapping("/");
    tomcat.start();
    return new TestServer(
        "tomcat",
        connector.getLocalPort(),
        () -> {
          tomcat.stop();
          tomcat.destroy();
        });
  }

  private static TestServer jetty() throws Exception {
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler();
    JakartaWebSocketServletContainerInitializer.configure(
        context, (servletContext, container) -> register(container));
    server.setHandler(context);
    server.start();
    return new TestServer("jetty", connector.getLocalPort(), server::stop);
  }

  private static void register(ServerContainer container) {
    try {
      container.addEndpoint(EchoEndpoint.class);
      container.addEndpoint(SmallEchoEndpoint.class);
    } catch (jakarta.websocket.DeploymentException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
