package io.github.wsproof.devserver;

import io.github.wsproof.server.AdminEndpoint;
import io.github.wsproof.server.Deployment;
import io.github.wsproof.server.EchoEndpoint;
import io.github.wsproof.server.HttpTransports;
import io.github.wsproof.server.NamespaceRoomEndpoint;
import io.github.wsproof.server.Operations;
import io.github.wsproof.server.ResponseHeaders;
import io.github.wsproof.server.RoomEndpoint;
import io.github.wsproof.server.StreamEndpoint;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import org.glassfish.grizzly.http.CompressionConfig;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.server.CLStaticHttpHandler;
import org.glassfish.grizzly.http.server.HttpServer;
import org.glassfish.grizzly.http.server.NetworkListener;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.Response;
import org.glassfish.grizzly.http.util.Header;
import org.glassfish.grizzly.http.util.HttpStatus;
import org.glassfish.grizzly.ssl.SSLEngineConfigurator;
import org.glassfish.grizzly.strategies.SameThreadIOStrategy;

/**
 * The endpoints and the page on embedded Grizzly: the page at {@code /}, the echo at {@code /} and
 * {@code /echo} (there over plain HTTP as well), streams at {@code /stream/<name>}, rooms at {@code
 * /rooms/<room>}.
 *
 * <p>Its settings are system properties and environment variables, see {@link Deployment}.
 * Thread-safe.
 */
public final class DevServer implements AutoCloseable {
  /** Loopback, by both its addresses: clients resolve {@code localhost} to either. */
  public static final String LOOPBACK = "localhost";

  private static final long CLOSE_BOUND_SECONDS = 3;

  private static final Set<Class<?>> ENDPOINTS =
      Set.of(
          RootEndpoint.class,
          EchoEndpoint.class,
          StreamEndpoint.class,
          RoomEndpoint.class,
          NamespaceRoomEndpoint.class,
          AdminEndpoint.class);

  private final HttpServer http = new HttpServer();

  /** A wrong setting is told here, not at the first handshake. */
  private final Deployment deployment;

  private final TyrusContainer container;
  private final Sweep sweep = new Sweep();
  private final Bounds bounds;
  private final SSLContext tls;
  private final List<String> hosts = new ArrayList<>();
  private int port;

  private DevServer(
      UnaryOperator<String> settings, Bounds bounds, Set<Class<?>> endpoints, SSLContext tls) {
    deployment = Deployment.start(settings);
    this.bounds = bounds;
    this.tls = tls;
    container = new TyrusContainer(endpoints, deployment.settings().maxMessageBytes());
  }

  /**
   * Starts a server.
   *
   * @param host a host name or address to listen on; {@link #LOOPBACK} listens on 127.0.0.1 and, if
   *     this machine has it, ::1
   * @param port 1..65535, or 0 for any free one
   * @throws IOException if an address cannot be had
   */
  public static DevServer start(String host, int port) throws IOException {
    return start(host, port, name -> null);
  }

  /**
   * Starts a server that speaks TLS.
   *
   * @param tls with the server's key and certificate; null for a server that speaks no TLS
   * @throws IOException if an address cannot be had
   */
  public static DevServer start(String host, int port, SSLContext tls) throws IOException {
    return start(host, port, name -> null, Bounds.DEFAULT, ENDPOINTS, tls);
  }

  /** Starts a server with settings that go before those of this JVM. */
  static DevServer start(String host, int port, UnaryOperator<String> settings) throws IOException {
    return start(host, port, settings, Bounds.DEFAULT, ENDPOINTS, null);
  }

  /**
   * Starts a server with other endpoints than the echo.
   *
   * @param endpoints annotated with {@code @ServerEndpoint}; called on the thread of a selector,
   *     they must not block
   * @throws IOException if an address cannot be had
   */
  public static DevServer start(String host, int port, Set<Class<?>> endpoints) throws IOException {
    return start(host, port, Bounds.DEFAULT, endpoints);
  }

  static DevServer start(String host, int port, Bounds bounds, Set<Class<?>> endpoints)
      throws IOException {
    return start(host, port, name -> null, bounds, endpoints, null);
  }

  static DevServer start(
      String host, int port, Bounds bounds, Set<Class<?>> endpoints, SSLContext tls)
      throws IOException {
    return start(host, port, name -> null, bounds, endpoints, tls);
  }

  private static DevServer start(
      String host,
      int port,
      UnaryOperator<String> settings,
      Bounds bounds,
      Set<Class<?>> endpoints,
      SSLContext tls)
      throws IOException {
    DevServer server = new DevServer(settings, bounds, endpoints, tls);
    try {
      server.bind(host, port);
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private void bind(String host, int wantedPort) throws IOException {
    try {
      container.start();
    } catch (DeploymentException e) {
      throw new IllegalStateException("the endpoints cannot be deployed", e);
    }
    OperationsHandler operations = new OperationsHandler(deployment.operations());
    CLStaticHttpHandler page =
        new CLStaticHttpHandler(DevServer.class.getClassLoader(), "io/github/wsproof/page/") {
          @Override
          public void service(Request request, Response response) throws Exception {
            ResponseHeaders.all().forEach(response::setHeader);
            if (request.getHeader("Sec-WebSocket-Key") != null) {
              // A handshake that a proxy has made a request for the page of.
              operations.service(request, response);
              return;
            }
            response.setCharacterEncoding("UTF-8");
            if (!request.getMethod().equals(Method.GET)) {
              // Grizzly would say no more than the status.
              response.setStatus(HttpStatus.METHOD_NOT_ALLOWED_405);
              response.setHeader(Header.Allow, "GET");
              response.setContentType("text/plain; charset=utf-8");
              response.getWriter().write("the page is for GET; messages go by POST to /echo\n");
              return;
            }
            super.service(request, response);
          }
        };
    page.setFileCacheEnabled(false);
    http.getServerConfiguration().addHttpHandler(page);
    http.getServerConfiguration()
        .addHttpHandler(operations, Operations.PATHS.toArray(String[]::new));
    http.getServerConfiguration()
        .addHttpHandler(
            new EchoHandler(deployment.transports(), sweep),
            HttpTransports.ECHO,
            HttpTransports.ECHO + "/*");
    http.getServerConfiguration()
        .setDefaultErrorPageGenerator(
            (request, status, reason, description, e) -> status + " " + reason);
    http.start();
    port = wantedPort;
    for (String address : addresses(host)) {
      listen(address);
    }
  }

  private void listen(String address) throws IOException {
    NetworkListener listener = new NetworkListener(address, address, port);
    // The selector's thread that reads a message answers it: no hand-over. It never waits for a
    // client, see ServerConnection.
    listener.getTransport().setIOStrategy(SameThreadIOStrategy.getInstance());
    listener.getKeepAlive().setIdleTimeoutInSeconds((int) bounds.handshake().toSeconds());
    // Its filter comes first: it would answer a handshake at / with the page.
    listener.getFileCache().setEnabled(false);
    compress(listener.getCompressionConfig());
    if (tls != null) {
      listener.setSecure(true);
      listener.setSSLEngineConfig(new SSLEngineConfigurator(tls, false, false, false));
    }
    listener.registerAddOn(
        new WebSocketAddOn(container.getWebSocketEngine(), deployment, sweep, bounds));
    http.addListener(listener);
    listener.start();
    port = listener.getPort();
    hosts.add(address);
  }

  /** The page's modules are readable text: compressed, all of them are 60 KB. */
  private static void compress(CompressionConfig config) {
    config.setCompressionMode(CompressionConfig.CompressionMode.ON);
    config.setCompressibleMimeTypes(
        "text/html", "text/css", "text/javascript", "application/javascript");
    config.setCompressionMinSize(512);
  }

  private static List<String> addresses(String host) throws IOException {
    if (!host.equals(LOOPBACK)) {
      return List.of(InetAddress.getByName(host).getHostAddress());
    }
    boolean ipv6 =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .anyMatch(a -> a instanceof Inet6Address && a.isLoopbackAddress());
    return ipv6 ? List.of("127.0.0.1", "::1") : List.of("127.0.0.1");
  }

  /**
   * Starts a stream before anyone receives it, see {@link Deployment#push}.
   *
   * @throws IllegalArgumentException with a sentence, if it cannot be started
   */
  public void push(String name, double perSecond) {
    deployment.push(name, perSecond);
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** The addresses that it listens on. */
  public List<String> hosts() {
    return List.copyOf(hosts);
  }

  /** How many connections are looked after: open or about to end. */
  int connections() {
    return sweep.size();
  }

  /** How many sessions are open. */
  int sessions() {
    return deployment.openConnections();
  }

  /** The socket's address. */
  public URI uri() {
    String host = hosts.get(0);
    String scheme = tls == null ? "ws" : "wss";
    return URI.create(
        scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/");
  }

  /** Answers what was received, closes each connection with 1001 and stops, within 10 seconds. */
  @Override
  public void close() {
    deployment.close();
    try {
      http.shutdown(CLOSE_BOUND_SECONDS, TimeUnit.SECONDS)
          .get(CLOSE_BOUND_SECONDS + 1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      System.getLogger(DevServer.class.getName())
          .log(System.Logger.Level.DEBUG, "connections were still open", e);
    } finally {
      http.shutdownNow();
      container.stop();
      sweep.close();
    }
  }
}
