package io.github.wsproof.transport;

import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.DeploymentException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.spi.ClientContainer;
import org.glassfish.tyrus.spi.ClientEngine;
import org.glassfish.tyrus.spi.ClientEngine.ClientUpgradeStatus;
import org.glassfish.tyrus.spi.UpgradeRequest;

/**
 * A transport for Tyrus clients: every connection on one {@link EventLoop}, sockets, frames and
 * message handlers alike.
 *
 * <pre>{@code
 * try (EventLoop loop = new EventLoop("clients")) {
 *   ClientManager client = EventLoopClientContainer.createClient(loop);
 *   Session session = client.connectToServer(endpoint, config, URI.create("ws://localhost:8080/"));
 *   ...
 * }
 * }</pre>
 *
 * <p>The keys below go into {@link ClientManager#getProperties()}. Of Tyrus's own {@link
 * ClientProperties} these are honoured here: HANDSHAKE_TIMEOUT, PROXY_URI (user and password in it
 * too), PROXY_HEADERS, SSL_ENGINE_CONFIGURATOR, SOCKET_BINDING, MASKING_KEY_GENERATOR; by Tyrus
 * itself: REDIRECT_ENABLED, REDIRECT_THRESHOLD, CREDENTIALS, AUTH_CONFIG,
 * RETRY_AFTER_SERVICE_UNAVAILABLE, RECONNECT_HANDLER, INCOMING_BUFFER_SIZE, LOG_HTTP_UPGRADE. A
 * proxy is used only if PROXY_URI names it, never because the system has one.
 *
 * <p><b>Threads.</b> {@code onOpen}, message handlers, {@code SendHandler}s and {@code onClose} run
 * on the loop's thread and must not wait there for what the loop does: not for a {@code Future} of
 * a send, nor for another connection to open ({@code connectToServer} on the loop's thread fails).
 * A blocking send ({@code getBasicRemote}) is possible there and holds up the loop until the socket
 * has taken it. Sending and closing are possible from every thread.
 *
 * <p><b>Failures.</b> {@code connectToServer} throws an {@link IOException} that names host, port
 * and cause when there is no connection (unknown host, refused, timed out, TLS, closed without an
 * answer, an answer that is not HTTP), an {@link UnexpectedResponseException} when the answer is
 * not 101, and Tyrus's own DeploymentException when the answer is a wrong 101, or a redirect or an
 * authentication that went wrong. How an open connection ends is told by {@link
 * EventLoopConnection#end()}.
 *
 * <p><b>Idle timeouts.</b> Tyrus's default (0) makes it schedule a timer for every message. Only
 * {@link ClientManager#setDefaultMaxSessionIdleTimeout}(-1) switches that off, for sessions made
 * later; {@link #createClient} does so. {@link #IDLE_TIMEOUT} is the cheap replacement.
 */
public final class EventLoopClientContainer implements ClientContainer {

  private static final String PREFIX = "io.github.wsproof.transport.";

  /**
   * The {@link EventLoop} of the client's connections. Without it, the container has a daemon loop
   * of its own, which ends with the last connection.
   */
  public static final String EVENT_LOOP = PREFIX + "eventLoop";

  /** How long TCP may take to connect to one address: a {@link Duration}, 10 seconds if not set. */
  public static final String CONNECT_TIMEOUT = PREFIX + "connectTimeout";

  /**
   * How long a connection that is closing waits for something to arrive before it is cut: a {@link
   * Duration}, 2 seconds if not set.
   */
  public static final String CLOSE_BOUND = PREFIX + "closeBound";

  /**
   * How long a connection may neither send nor receive before it is closed with code 1001, checked
   * four times in that time: a {@link Duration}. Not set, or zero: for ever.
   */
  public static final String IDLE_TIMEOUT = PREFIX + "idleTimeout";

  /**
   * Above how many pending bytes {@link EventLoopConnection#isWritable()} says no: an {@link
   * Integer}, 256 KiB if not set.
   */
  public static final String HIGH_WATER_MARK = PREFIX + "highWaterMark";

  /**
   * Whether texts are given, undecoded, to the binary handler: a {@link Boolean}, false if not set.
   * {@link EventLoopConnection#pollText} tells them from binary messages. Tyrus ends a connection
   * on the first text that is not UTF-8; so an application can look at it, and go on.
   */
  public static final String TEXT_AS_BYTES = PREFIX + "textAsBytes";

  /**
   * Whether to offer permessage-deflate (RFC 7692): a {@link Boolean}, false if not set. If the
   * server accepts, every message goes deflated, and what comes deflated is inflated, in whatever
   * fragments; {@link EventLoopConnection#compression} tells. A message that inflates to more than
   * INCOMING_BUFFER_SIZE ends the connection with 1009; an answer that RFC 7692 forbids fails the
   * handshake. Each connection then takes 300 KB outside of the heap. Not beside an extension of
   * the same name in the {@link ClientEndpointConfig}.
   */
  public static final String DEFLATE = PREFIX + "deflate";

  private final OwnLoop ownLoop = new OwnLoop();

  /** Made by Tyrus, by name: see {@link #createClient}. */
  public EventLoopClientContainer() {}

  /**
   * Returns a client whose connections are on {@code loop}, with the defaults that make it fast: no
   * timer per message, and a {@link FastMaskingKeyGenerator}.
   */
  public static ClientManager createClient(EventLoop loop) {
    ClientManager client = ClientManager.createClient(EventLoopClientContainer.class.getName());
    client.getProperties().put(EVENT_LOOP, loop);
    client
        .getProperties()
        .put(ClientProperties.MASKING_KEY_GENERATOR, new FastMaskingKeyGenerator());
    client.setDefaultMaxSessionIdleTimeout(-1);
    return client;
  }

  /**
   * Called by Tyrus, on the thread that connects; returns when the handshake is over. (Tyrus waits
   * for ever if anything but an exception is thrown.)
   */
  @Override
  public void openClientSocket(
      ClientEndpointConfig config, Map<String, Object> properties, ClientEngine engine)
      throws DeploymentException, IOException {
    try {
      open(config, properties, engine);
    } catch (DeploymentException | IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new DeploymentException(String.valueOf(e.getMessage()), e);
    }
  }

  private void open(
      ClientEndpointConfig config, Map<String, Object> properties, ClientEngine engine)
      throws Exception {
    UpgradeRequest request = engine.createUpgradeRequest(() -> {});
    while (request != null) {
      OpeningPlan plan = OpeningPlan.of(request, config, properties);
      ClientUpgradeStatus status = open(plan, properties, engine);
      request =
          status == ClientUpgradeStatus.ANOTHER_UPGRADE_REQUEST_REQUIRED
              ? engine.createUpgradeRequest(() -> {})
              : null;
    }
  }

  private ClientUpgradeStatus open(
      OpeningPlan plan, Map<String, Object> properties, ClientEngine engine) throws Exception {
    EventLoop given = ConnectionSettings.property(properties, EVENT_LOOP, EventLoop.class, null);
    EventLoop loop = given == null ? ownLoop.acquire() : given;
    Runnable whenGone = given == null ? ownLoop::release : () -> {};
    if (loop.inLoop()) {
      whenGone.run();
      throw new DeploymentException(
          "must not connect on the event loop's own thread, which would wait for itself");
    }
    return await(loop, new Opening(loop, plan, engine, whenGone));
  }

  private static ClientUpgradeStatus await(EventLoop loop, Opening opening) throws Exception {
    loop.execute(opening::start);
    try {
      return opening.result().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception failure) {
        throw failure;
      }
      throw e;
    } catch (InterruptedException e) {
      loop.execute(opening::abandon);
      Thread.currentThread().interrupt();
      throw new DeploymentException("interrupted while connecting", e);
    }
  }
}
