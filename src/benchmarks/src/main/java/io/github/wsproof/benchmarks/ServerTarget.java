package io.github.wsproof.benchmarks;

import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.devserver.RootEndpoint;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.glassfish.tyrus.server.Server;

/**
 * A server to measure, in a process of its own: prints {@code ws PORT}, ends with its standard
 * input.
 *
 * <p>Argument: which, a constant of {@link Which}. Another server is another constant.
 */
final class ServerTarget {
  private ServerTarget() {}

  /** The servers. */
  enum Which {
    STOCK_TYRUS("Tyrus's own Server on Grizzly, bare endpoint") {
      @Override
      int start() throws Exception {
        // -1 is any free port; it listens on all addresses, whatever host it is given.
        Server server = new Server("127.0.0.1", -1, "/", Map.of(), BareEndpoint.class);
        server.start();
        return server.getPort();
      }
    },
    BARE("wsproof serve's container, bare endpoint") {
      @Override
      int start() throws Exception {
        return DevServer.start("127.0.0.1", 0, Set.of(BareEndpoint.class)).port();
      }
    },
    BARE_WITHOUT_TIMER("the same without Tyrus's idle timer") {
      @Override
      int start() throws Exception {
        return DevServer.start("127.0.0.1", 0, Set.of(BareEndpoint.WithoutTimer.class)).port();
      }
    },
    SERVE("wsproof serve") {
      @Override
      int start() throws Exception {
        return DevServer.start("127.0.0.1", 0).port();
      }
    },
    TOMCAT_BARE("Tomcat, bare endpoint") {
      @Override
      int start() throws Exception {
        return tomcat(BareEndpoint.WithoutTimer.class);
      }
    },
    TOMCAT("Tomcat, the echo endpoint") {
      @Override
      int start() throws Exception {
        return tomcat(RootEndpoint.class);
      }
    };

    final String title;

    Which(String title) {
      this.title = title;
    }

    /** Starts it on loopback; returns its port. */
    abstract int start() throws Exception;
  }

  private static int tomcat(Class<?> endpoint) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("wsproof-tomcat").toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addContext("", null);
    Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
    context.addServletContainerInitializer(new WsSci(), Set.of(endpoint));
    tomcat.start();
    return tomcat.getConnector().getLocalPort();
  }

  /** Starts one. */
  public static void main(String[] args) throws Exception {
    System.out.println("ws " + Which.valueOf(args[0]).start());
    while (System.in.read() >= 0) {
      // Waits for the end of the process that started this one.
    }
    Runtime.getRuntime().halt(0);
  }
}
