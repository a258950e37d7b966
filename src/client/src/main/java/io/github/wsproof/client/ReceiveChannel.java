package io.github.wsproof.client;

import io.github.wsproof.ledger.StreamLedger;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.protocol.StreamReader;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One connection that receives, from handshake to close.
 *
 * <pre>
 * CONNECTING → RECEIVING → SETTLING → CLOSING → ENDED   (any → ENDED)
 *      ↑           ↓       all have   close frame
 *      └───────── CUT      come: a    sent
 *       (--reconnect)      late copy
 *                          may follow
 * </pre>
 *
 * <p>A further life goes on behind the last message that has come. If the server has begun the
 * stream anew meanwhile, the numbers mean other messages: the account of the run before is closed,
 * and the new run is received from its first message on.
 *
 * <p>Owned by the run's loop.
 */
final class ReceiveChannel extends Endpoint {
  private enum Phase {
    CONNECTING,
    CUT,
    RECEIVING,
    SETTLING,
    CLOSING,
    ENDED
  }

  /** How long to look for a late copy of the last messages. */
  private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** How long a message may come late that has been overtaken. */
  private static final long MOST_SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long MOST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final ReceiveRun run;
  private final int number;

  private volatile Map<String, List<String>> responseHeaders = Map.of();

  private Phase phase = Phase.CONNECTING;

  /** Null until it was open once. */
  private StreamLedger ledger;

  /** Which run of which stream, where the server tells. */
  private volatile StreamMessages stream;

  /** Where the next life begins; less than 0: not said. */
  private volatile long from;

  private boolean startsAnew;
  private int life;
  private int attempts = 1;
  private long cutNanos;
  private boolean heard;
  private long lastMessageNanos;
  private long silenceNanos;
  private long longestSilenceNanos;
  private boolean readingPaused;
  private EventLoopConnection connection;
  private Session session;
  private Instant openedAt;
  private long openedNanos;
  private long lastActivityAwakeNanos;
  private long deadlineAwakeNanos;
  private String firstError;

  /** Of a message whose last fragment is still to come, else null. */
  private ByteArrayOutputStream pieces;

  ReceiveChannel(ReceiveRun run, int number) {
    this.run = run;
    this.number = number;
    this.from = run.plan.from();
  }

  int number() {
    return number;
  }

  /** Opens it; blocks until the handshake is done. Called on a thread that may block. */
  void connect() {
    ClientEndpointConfig config =
        ClientEndpointConfig.Builder.create()
            .configurator(new Handshake())
            .preferredSubprotocols(run.plan.connection().subprotocols())
            .build();
    try {
      run.client.connectToServer(this, config, url());
    } catch (DeploymentException | IOException | RuntimeException e) {
      run.loop.execute(() -> failed(e));
    }
  }

  /** The plan's, with what is wanted of the stream. */
  private URI url() {
    if (run.plan.expect() != null) {
      return run.plan.url();
    }
    StringBuilder query = new StringBuilder();
    if (from > 0) {
      query.append('&').append(StreamMessages.FROM_PARAMETER).append('=').append(from);
    }
    if (stream != null) {
      query.append('&').append(StreamMessages.RUN_PARAMETER).append('=').append(stream.run());
    }
    if (run.plan.rate() > 0) {
      String rate =
          java.math.BigDecimal.valueOf(run.plan.rate()).stripTrailingZeros().toPlainString();
      query.append('&').append(StreamMessages.RATE_PARAMETER).append('=').append(rate);
    }
    if (query.isEmpty()) {
      return run.plan.url();
    }
    if (run.plan.url().getRawQuery() == null) {
      query.setCharAt(0, '?');
    }
    return URI.create(run.plan.url() + query.toString());
  }

  private final class Handshake extends ClientEndpointConfig.Configurator {
    @Override
    public void beforeRequest(Map<String, List<String>> headers) {
      headers.putAll(run.plan.connection().headers());
      headers.put("Wsproof-Run", List.of(run.id + "/" + number));
      if (run.plan.expect() == null) {
        headers.put(Receipt.REQUEST_HEADER, List.of("1"));
      }
    }

    @Override
    public void afterResponse(HandshakeResponse response) {
      responseHeaders = response.getHeaders();
    }
  }

  @Override
  public void onOpen(Session opened, EndpointConfig config) {
    run.loop.run(() -> opened(opened));
    opened.addMessageHandler(ByteBuffer.class, this::pieceArrived);
  }

  @Override
  public void onClose(Session closed, CloseReason reason) {
    run.loop.run(
        () -> {
          // A late word of a life before says nothing.
          if (life == 0 || closed == session) {
            ended(reason);
          }
        });
  }

  @Override
  public void onError(Session failed, Throwable failure) {
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
    } else {
      run.endedEarly(
          this,
          "could not be opened again within "
              + run.plan.disruption().limit().toSeconds()
              + " s (--reconnect-limit: "
              + ConnectFailure.explain(failure, run.plan.url(), run.plan.connection())
              + ")",
          ledger.left());
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
    lastActivityAwakeNanos = run.awakeNanos();
    silenceNanos = 0;
    phase = Phase.RECEIVING;
    StreamMessages told = told();
    run.opened(told);
    if (ledger == null) {
      stream = told;
      ledger = begin(run.plan.expect() != null ? from : Math.max(0, from), run.plan.messages());
      pauseReading();
    } else if ((told == null) != (stream == null)) {
      run.endedEarly(
          this,
          "was opened again, and the server named " + (told == null ? "no stream then" : told),
          ledger.left());
      close();
    } else if (told != null && !told.toString().equals(stream.toString())) {
      startAnew(told);
    }
  }

  private StreamLedger begin(long first, long count) {
    StreamReader reader =
        run.plan.expect() != null
            ? StreamReader.of(run.plan.expect())
            : stream == null ? StreamReader.plain() : StreamReader.sealed(stream);
    return run.open(new StreamLedger(number, reader, first, count, run.events()));
  }

  /** The numbers from here on mean other messages: the next life begins with the first of them. */
  private void startAnew(StreamMessages told) {
    run.restarted(this, stream, told, ledger.next() - 1);
    stream = told;
    ledger = begin(0, ledger.left());
    from = 0;
    startsAnew = true;
    connection.closeGracefully(CloseCodes.NORMAL_CLOSURE.getCode(), "");
  }

  /** What the answer to the handshake says of who answered, or null. */
  String answeredBy() {
    return AnsweredBy.of(responseHeaders);
  }

  /** Which run of which stream the server says this is; null where it does not. */
  private StreamMessages told() {
    for (Map.Entry<String, List<String>> header : responseHeaders.entrySet()) {
      if (header.getKey().equalsIgnoreCase(StreamMessages.HEADER) && run.plan.expect() == null) {
        String id = String.join(", ", header.getValue());
        try {
          return StreamMessages.of(id);
        } catch (IllegalArgumentException e) {
          run.reasons.note("the header " + StreamMessages.HEADER + ": " + id + " names no stream");
        }
      }
    }
    return null;
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
      received(piece, !connection.pollText(), System.nanoTime());
    }
  }

  private void received(byte[] content, boolean binary, long nowNanos) {
    if (phase != Phase.RECEIVING && phase != Phase.SETTLING || startsAnew) {
      return;
    }
    if (phase == Phase.RECEIVING) {
      lastActivityAwakeNanos = run.awakeNanos();
      silent(nowNanos);
      run.received(number, content, binary, nowNanos);
      pauseReading();
    }
    if (!heard && life > 0) {
      run.recovered(nowNanos - cutNanos);
    }
    heard = true;
    ledger.received(content, binary);
    if (phase == Phase.RECEIVING && ledger.left() == 0) {
      phase = Phase.SETTLING;
      deadlineAwakeNanos =
          run.awakeNanos()
              + (ledger.isComplete()
                  ? LINGER_NANOS
                  : Math.min(MOST_SETTLE_NANOS, run.plan.drain().toNanos()));
    }
  }

  private void silent(long nowNanos) {
    silenceNanos = Math.max(silenceNanos, nowNanos - Math.max(openedNanos, lastMessageNanos));
    longestSilenceNanos = Math.max(longestSilenceNanos, nowNanos - lastMessageNanos);
    lastMessageNanos = nowNanos;
  }

  /** The longest time without a message, cuts included. */
  long longestSilenceNanos() {
    return longestSilenceNanos;
  }

  /** After what was just read, nothing for a while: the peer feels a slow reader. */
  private void pauseReading() {
    if (run.plan.readPause() == null || readingPaused) {
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
        run.plan.readPause().toNanos(),
        TimeUnit.NANOSECONDS);
  }

  /** Called every few milliseconds: what did not come in time does not come. */
  void sweep(long awakeNanos) {
    if (readingPaused) {
      // The silence is this client's own.
      lastActivityAwakeNanos = awakeNanos;
    }
    if (phase == Phase.RECEIVING
        && awakeNanos - lastActivityAwakeNanos >= run.plan.drain().toNanos()) {
      run.endedEarly(
          this,
          "was silent for " + Run.seconds(run.plan.drain().toNanos()) + " s (--drain)",
          ledger.left());
      close();
    } else if (phase == Phase.SETTLING && awakeNanos >= deadlineAwakeNanos) {
      close();
    } else if (phase == Phase.CLOSING && awakeNanos >= deadlineAwakeNanos) {
      // The server does not close its side: that is waited for no longer.
      ended(new CloseReason(CloseCodes.NORMAL_CLOSURE, null));
    }
  }

  /** Closes it from this side. */
  void close() {
    if (phase == Phase.CONNECTING || phase == Phase.CUT) {
      // What opens late is closed at once.
      phase = Phase.ENDED;
    }
    if (phase == Phase.ENDED || phase == Phase.CLOSING) {
      return;
    }
    phase = Phase.CLOSING;
    deadlineAwakeNanos = run.awakeNanos() + MOST_CLOSE_NANOS;
    if (readingPaused) {
      readingPaused = false;
      connection.resumeReading();
    }
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
    boolean closing = phase == Phase.CLOSING || startsAnew;
    run.lifeEnded(epoch(reason, closing));
    if (startsAnew && !run.isOver() && isWithinLimit()) {
      startsAnew = false;
      attempts = 0;
      beginNextLife();
    } else if (phase == Phase.RECEIVING && mayGoOn(reason)) {
      from = ledger.next();
      beginNextLife();
    } else {
      boolean early = phase == Phase.RECEIVING && !run.isOver();
      phase = Phase.ENDED;
      if (early) {
        run.endedEarly(this, how(reason), ledger.left());
      }
    }
  }

  /** Not where the server says that there is no more, or that it does not want what we ask for. */
  private boolean mayGoOn(CloseReason reason) {
    int code = reason.getCloseCode().getCode();
    return run.plan.disruption().reconnect()
        && !run.isOver()
        && code != CloseCodes.NORMAL_CLOSURE.getCode()
        && code != CloseCodes.VIOLATED_POLICY.getCode()
        && isWithinLimit();
  }

  private boolean isWithinLimit() {
    return heard
        || life == 0
        || System.nanoTime() - cutNanos < run.plan.disruption().limit().toNanos();
  }

  private void beginNextLife() {
    if (heard || life == 0) {
      cutNanos = System.nanoTime();
      attempts = 0;
    }
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
  boolean awaitsConnecting() {
    boolean awaits = phase == Phase.CUT;
    if (awaits) {
      phase = Phase.CONNECTING;
    }
    return awaits;
  }

  private String how(CloseReason reason) {
    int code = reason.getCloseCode().getCode();
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
    int code = closing ? CloseCodes.NORMAL_CLOSURE.getCode() : reason.getCloseCode().getCode();
    return new Report.Epoch(
        number,
        life,
        openedAt.toString(),
        (System.nanoTime() - openedNanos) / 1e9,
        code,
        closing ? "client" : closedBy(code),
        reason.getReasonPhrase() == null ? "" : reason.getReasonPhrase(),
        0,
        life == 0 ? null : (openedNanos - cutNanos) / 1e9,
        attempts,
        silenceNanos / 1e9,
        0);
  }

  boolean isEnded() {
    return phase == Phase.ENDED;
  }
}
