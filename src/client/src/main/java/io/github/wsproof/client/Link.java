package io.github.wsproof.client;

import io.github.wsproof.transport.ConnectionEnd;
import io.github.wsproof.transport.EventLoopConnection;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a {@link LinkRun} through all its lives, from handshake to close.
 *
 * <pre>
 * CONNECTING → OPEN → CLOSING → ENDED   (any → ENDED)
 *      ↑        ↓     close frame
 *      └────── CUT    sent
 *       (--reconnect)
 * </pre>
 *
 * <p>Owned by the run's loop.
 */
abstract class Link extends Endpoint {
  private enum Phase {
    CONNECTING,
    CUT,
    OPEN,
    CLOSING,
    ENDED
  }

  private static final long MOST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final LinkRun run;
  private final int number;

  private volatile Map<String, List<String>> responseHeaders = Map.of();

  private Phase phase = Phase.CONNECTING;
  private int life;
  private int attempts = 1;
  private long cutNanos;
  private boolean heard;
  private boolean again;
  private long lastMessageNanos;
  private long silenceNanos;
  private long longestSilenceNanos;
  private boolean readingPaused;
  private EventLoopConnection connection;
  private Session session;
  private Instant openedAt;
  private long openedNanos;
  private long lastActivityAwakeNanos;
  private long closeDeadlineAwakeNanos;
  private String firstError;

  /** Of a message whose last fragment is still to come, else null. */
  private ByteArrayOutputStream pieces;

  Link(LinkRun run, int number) {
    this.run = run;
    this.number = number;
  }

  int number() {
    return number;
  }

  /** What it is called where people read of it. */
  String name() {
    return "connection " + number;
  }

  /** Where it goes, for people. */
  URI target() {
    return run.url;
  }

  /** Where it goes in its next life; called on a thread that may block. */
  abstract URI url();

  /** Adds to what the handshake says; called on a thread that may block. */
  void handshake(Map<String, List<String>> headers) {}

  /** It is open. */
  abstract void opened();

  /** A message has come on it, and it is not closing. */
  abstract void received(byte[] content, boolean binary, long nowNanos);

  /** Looks after it while it is open, every few milliseconds. */
  abstract void look(long awakeNanos);

  /**
   * Whether it is opened again after this end, if time allows.
   *
   * @param code of the close frame, or 1006
   */
  abstract boolean goesOn(int code);

  /** A life has ended; the next begins later. */
  abstract void cut();

  /** It has ended for good; {@code how} says how, or is null where this side wanted it. */
  abstract void gone(String how);

  /** It is about to be opened again. */
  void tryingAgain() {}

  /** How many messages of its own are on their way. */
  long inFlight() {
    return 0;
  }

  /** How long nothing is read after each read, or null. */
  Duration readPause() {
    return null;
  }

  /** Opens it; blocks until the handshake is done. Called on a thread that may block. */
  final void connect() {
    ClientEndpointConfig config =
        ClientEndpointConfig.Builder.create()
            .configurator(new Handshake())
            .preferredSubprotocols(run.connection.subprotocols())
            .build();
    try {
      run.client.connectToServer(this, config, url());
    } catch (DeploymentException | IOException | RuntimeException e) {
      run.loop.execute(() -> failed(e));
    }
  }

  private final class Handshake extends ClientEndpointConfig.Configurator {
    @Override
    public void beforeRequest(Map<String, List<String>> headers) {
      headers.putAll(run.connection.headers());
      headers.put("Wsproof-Run", List.of(run.id + "/" + number));
      handshake(headers);
    }

    @Override
    public void afterResponse(HandshakeResponse response) {
      responseHeaders = response.getHeaders();
    }
  }

  /** The headers of the last handshake's response. */
  final Map<String, List<String>> responseHeaders() {
    return responseHeaders;
  }

  @Override
  public final void onOpen(Session opened, EndpointConfig config) {
    run.loop.run(() -> opened(opened));
    opened.addMessageHandler(ByteBuffer.class, this::pieceArrived);
  }

  @Override
  public final void onClose(Session closed, CloseReason reason) {
    run.loop.run(
        () -> {
          // A late word of a life before says nothing.
          if (life == 0 || closed == session) {
            ended(reason);
          }
        });
  }

  @Override
  public final void onError(Session failed, Throwable failure) {
    run.loop.run(
        () -> {
          if (firstError == null && failed == session) {
            firstError = failure.getMessage() == null ? failure.toString() : failure.getMessage();
          }
        });
  }

  private void failed(Exception failure) {
    if (phase != Phase.CONNECTING) {
      return;
    }
    if (life > 0 && isWithinLimit()) {
      phase = Phase.CUT;
      run.connectAgain(this, Disruption.backoffMillis(attempts++));
      return;
    }
    phase = Phase.ENDED;
    if (life == 0) {
      run.couldNotConnect(this, failure);
      gone(null);
    } else {
      gone(
          "could not be opened again within "
              + run.disruption.limit().toSeconds()
              + " s (--reconnect-limit: "
              + ConnectFailure.explain(failure, run.url, run.connection)
              + ")");
    }
  }

  private void opened(Session openedSession) {
    session = openedSession;
    connection = EventLoopConnection.of(openedSession);
    if (phase != Phase.CONNECTING) {
      // Given up in the meantime.
      connection.closeGracefully(CloseCodes.GOING_AWAY.getCode(), "");
      return;
    }
    openedAt = Instant.now();
    openedNanos = System.nanoTime();
    lastMessageNanos = life == 0 ? openedNanos : lastMessageNanos;
    active();
    silenceNanos = 0;
    phase = Phase.OPEN;
    opened();
  }

  final Session session() {
    return session;
  }

  final EventLoopConnection connection() {
    return connection;
  }

  /** 0 for its first life, then counted on. */
  final int life() {
    return life;
  }

  final boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** A message or a fragment of one; as pieces for the reason told in {@link Channel}. */
  private void pieceArrived(ByteBuffer bytes, boolean last) {
    byte[] piece;
    if (bytes.hasArray() && bytes.remaining() == bytes.array().length) {
      piece = bytes.array();
    } else {
      piece = new byte[bytes.remaining()];
      bytes.get(piece);
    }
    if (pieces != null || !last) {
      pieces = pieces == null ? new ByteArrayOutputStream() : pieces;
      pieces.writeBytes(piece);
      piece = last ? pieces.toByteArray() : null;
    }
    if (last) {
      pieces = null;
      arrived(piece, !connection.pollText(), System.nanoTime());
    }
  }

  private void arrived(byte[] content, boolean binary, long nowNanos) {
    if (phase != Phase.OPEN || again) {
      return;
    }
    if (!heard && life > 0) {
      run.recovered(nowNanos - cutNanos);
    }
    heard = true;
    received(content, binary, nowNanos);
  }

  /** A message of interest has come: it is not silent, and reads on after a pause, if any. */
  final void heard(long nowNanos) {
    active();
    silenceNanos = Math.max(silenceNanos, nowNanos - Math.max(openedNanos, lastMessageNanos));
    longestSilenceNanos = Math.max(longestSilenceNanos, nowNanos - lastMessageNanos);
    lastMessageNanos = nowNanos;
    pauseReading();
  }

  /** It is not silent. */
  final void active() {
    lastActivityAwakeNanos = run.awakeNanos();
  }

  /** The longest time without a message, cuts included. */
  final long longestSilenceNanos() {
    return longestSilenceNanos;
  }

  /** For how long it has been silent; pauses of this client do not count. */
  final boolean isSilentFor(Duration bound, long awakeNanos) {
    return awakeNanos - lastActivityAwakeNanos >= bound.toNanos();
  }

  /** After what was just read, nothing for a while: the peer feels a slow reader. */
  final void pauseReading() {
    if (readPause() == null || readingPaused) {
      return;
    }
    readingPaused = true;
    EventLoopConnection paused = connection;
    paused.pauseReading();
    run.loop.schedule(
        () -> {
          readingPaused &= paused != connection;
          paused.resumeReading();
        },
        readPause().toNanos(),
        TimeUnit.NANOSECONDS);
  }

  /** Called every few milliseconds: what did not come in time does not come. */
  final void sweep(long awakeNanos) {
    if (readingPaused) {
      // The silence is this client's own.
      lastActivityAwakeNanos = awakeNanos;
    }
    if (phase == Phase.OPEN) {
      look(awakeNanos);
    } else if (phase == Phase.CLOSING && awakeNanos >= closeDeadlineAwakeNanos) {
      // The server does not close its side: that is waited for no longer.
      ended(new CloseReason(CloseCodes.NORMAL_CLOSURE, null));
    }
  }

  /** Closes it from this side. */
  final void close() {
    if (phase == Phase.CONNECTING || phase == Phase.CUT) {
      // What opens late is closed at once.
      phase = Phase.ENDED;
      gone(null);
    }
    if (phase == Phase.ENDED || phase == Phase.CLOSING) {
      return;
    }
    phase = Phase.CLOSING;
    closeDeadlineAwakeNanos = run.awakeNanos() + MOST_CLOSE_NANOS;
    if (readingPaused) {
      readingPaused = false;
      connection.resumeReading();
    }
    connection.closeGracefully(CloseCodes.NORMAL_CLOSURE.getCode(), "");
  }

  /** Closes this life from this side, and begins the next; what still comes is passed over. */
  final void beginAgain() {
    again = true;
    connection.closeGracefully(CloseCodes.NORMAL_CLOSURE.getCode(), "");
  }

  private void ended(CloseReason reason) {
    if (phase == Phase.ENDED || phase == Phase.CUT || run.isFinished()) {
      return;
    }
    if (phase == Phase.CONNECTING) {
      failed(new IOException("the connection ended during the handshake"));
      return;
    }
    run.lifeEnded(epoch(reason, phase == Phase.CLOSING || again));
    boolean mayGoOn = !run.isOver() && isWithinLimit();
    if (again && mayGoOn) {
      attempts = 0;
      beginNextLife();
    } else if (phase == Phase.OPEN && !again && mayGoOn && goesOn(code(reason))) {
      beginNextLife();
    } else {
      boolean early = phase == Phase.OPEN && !run.isOver();
      phase = Phase.ENDED;
      gone(early ? how(reason) : null);
    }
  }

  private static int code(CloseReason reason) {
    return reason.getCloseCode().getCode();
  }

  private boolean isWithinLimit() {
    return heard || life == 0 || System.nanoTime() - cutNanos < run.disruption.limit().toNanos();
  }

  private void beginNextLife() {
    if (heard || life == 0) {
      cutNanos = System.nanoTime();
      attempts = 0;
    }
    cut();
    again = false;
    life++;
    heard = false;
    connection = null;
    session = null;
    pieces = null;
    firstError = null;
    readingPaused = false;
    phase = Phase.CUT;
    run.connectAgain(this, Disruption.backoffMillis(attempts++));
  }

  /** Whether it is cut, and is to be opened now. */
  final boolean awaitsConnecting() {
    boolean awaits = phase == Phase.CUT;
    if (awaits) {
      phase = Phase.CONNECTING;
      tryingAgain();
    }
    return awaits;
  }

  private String how(CloseReason reason) {
    int code = code(reason);
    if (code == CloseCodes.CLOSED_ABNORMALLY.getCode()) {
      ConnectionEnd end = connection == null ? null : connection.end();
      String what = end == null ? firstError : end.reason();
      return "ended without a close frame" + (what == null ? "" : " (" + what + ")");
    }
    String phrase = reason.getReasonPhrase();
    boolean silent = phrase == null || phrase.isEmpty();
    return "was closed by the "
        + closedBy(code)
        + " with "
        + code
        + (silent ? "" : " \"" + phrase + "\"");
  }

  private String closedBy(int code) {
    if (code == CloseCodes.CLOSED_ABNORMALLY.getCode()) {
      return "nobody";
    }
    return connection == null || connection.peerClosed() ? "server" : "client";
  }

  private Report.Epoch epoch(CloseReason reason, boolean closing) {
    int code = closing ? CloseCodes.NORMAL_CLOSURE.getCode() : code(reason);
    return new Report.Epoch(
        number,
        life,
        openedAt.toString(),
        (System.nanoTime() - openedNanos) / 1e9,
        code,
        closing ? "client" : closedBy(code),
        reason.getReasonPhrase() == null ? "" : reason.getReasonPhrase(),
        inFlight(),
        life == 0 ? null : (openedNanos - cutNanos) / 1e9,
        attempts,
        silenceNanos / 1e9,
        0);
  }

  final boolean isEnded() {
    return phase == Phase.ENDED;
  }
}
