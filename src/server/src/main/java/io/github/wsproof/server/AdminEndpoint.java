package io.github.wsproof.server;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.OnClose;
import jakarta.websocket.OnError;
import jakarta.websocket.OnMessage;
import jakarta.websocket.OnOpen;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Tells administrators once a second, in JSON, which connections are open and what the deployment
 * has counted. What they send is not read. One that does not read is closed: nothing is kept for
 * it.
 */
@ServerEndpoint(value = AdminEndpoint.PATH, configurator = EchoConfigurator.class)
public final class AdminEndpoint {
  static final String PATH = "/admin";

  private static final int MOST_CONNECTIONS_TOLD = 1000;
  private static final int MOST_SECONDS_BEHIND = 5;

  private Deployment deployment;
  private Connection connection;
  private ScheduledFuture<?> everySecond;
  private volatile boolean sending;
  private int secondsBehind;

  /** Begins to tell. */
  @OnOpen
  public void onOpen(Session session, EndpointConfig config) {
    session.setMaxIdleTimeout(EchoEndpoint.NO_IDLE_TIMEOUT);
    deployment = EchoConfigurator.deployment(config);
    connection = deployment.open(session, EchoConfigurator.handshaken(config));
    if (connection != null) {
      everySecond =
          deployment.scheduler().scheduleAtFixedRate(() -> tell(session), 0, 1, TimeUnit.SECONDS);
    }
  }

  private void tell(Session session) {
    if (sending) {
      if (++secondsBehind >= MOST_SECONDS_BEHIND) {
        everySecond.cancel(false);
        connection.close(CloseCodes.TRY_AGAIN_LATER, "what is told here must be read");
      }
      return;
    }
    secondsBehind = 0;
    sending = true;
    session.getAsyncRemote().sendText(json(), result -> sending = false);
  }

  private String json() {
    long[] totals = deployment.connections().totals();
    long nowNanos = System.nanoTime();
    String list =
        deployment.connections().open().stream()
            .limit(MOST_CONNECTIONS_TOLD)
            .map(open -> json(open, nowNanos))
            .collect(Collectors.joining(","));
    return String.format(
        "{\"open\":%d,\"draining\":%b,\"messages\":%d,\"replies\":%d,\"bytesIn\":%d,\"bytesOut\":%d,"
            + "\"connections\":[%s]}",
        deployment.connections().count(),
        deployment.isDraining(),
        totals[0],
        totals[1],
        totals[2],
        totals[3],
        list);
  }

  /** Of what is put between quotes, nothing needs escaping: see {@link Handshaken#run}. */
  private static String json(Connection open, long nowNanos) {
    return String.format(
        "{\"connection\":%d,\"run\":\"%s\",\"address\":\"%s\",\"path\":\"%s\",\"seconds\":%d,"
            + "\"messages\":%d,\"replies\":%d,\"bytesIn\":%d,\"bytesOut\":%d}",
        open.id,
        open.run,
        open.address,
        open.path.replaceAll("[^A-Za-z0-9._~/-]", "?"),
        TimeUnit.NANOSECONDS.toSeconds(nowNanos - open.openedNanos),
        open.messagesIn(),
        open.messagesOut(),
        open.bytesIn(),
        open.bytesOut());
  }

  /** Nothing that is sent here is of interest. */
  @OnMessage
  public void onText(String part, boolean last) {
    // Read and dropped.
  }

  /** Forgets the connection. */
  @OnClose
  public void onClose(Session session, CloseReason reason) {
    if (everySecond != null) {
      everySecond.cancel(false);
    }
    if (connection != null) {
      deployment.ended(session, connection, reason);
    }
  }

  /** Says once what went wrong. */
  @OnError
  public void onError(Session session, Throwable error) {
    if (connection != null) {
      connection.failed(error);
    }
  }
}
