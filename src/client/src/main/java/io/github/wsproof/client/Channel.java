package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.transport.ConnectionEnd;
import io.github.wsproof.transport.EventLoopConnection;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.PongMessage;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connection of a run, from handshake to close.
 *
 * <pre>
 * CONNECTING → GREETING → RUNNING → SETTLING → SETTLED → CLOSING → ENDED   (any → ENDED)
 *              what is    sends     all answered,  nothing    close frame
 *              wanted               or silent:     more is    sent, the
 *              first                a last word    expected   server's
 *                                   and its answer            awaited
 * </pre>
 *
 * <p>With {@code --reconnect} one that dies with work left is CUT, and CONNECTING again: a further
 * life of the same connection.
 *
 * <p>Owned by the run's loop; what the container calls on its own threads is handed over.
 */
final class Channel extends Endpoint {
  private enum Phase {
    CONNECTING,
    CUT,
    GREETING,
    RUNNING,
    SETTLING,
    SETTLED,
    CLOSING,
    ENDED
  }

  /** Sends between which other connections have their turn. */
  private static final int BURST = 256;

  /** A send that is not on its way by then is told as the path's, not as a loss. */
  private static final long STUCK_NANOS = 5_000_000_000L;

  /** Beyond this many in flight, the times of the oldest are kept in a map instead of the ring. */
  private static final int WIDEST_RING = 1 << 14;

  /** Bytes handed to the container and not yet on their way, beyond which sending waits. */
  private static final int MOST_PENDING_BYTES = 4 << 20;

  /** Its pong comes behind all that the server had sent before. */
  private static final ByteBuffer LAST_PING =
      ByteBuffer.wrap("wsproof".getBytes(UTF_8)).asReadOnlyBuffer();

  private final Run run;
  private final Ledger ledger;
  private final int number;
  private final long share;
  private final SendTimes times;
  private final int mostPending;
  private final int fragments;

  /** Of this life alone: what a life before has left tells nothing of this one. */
  private volatile AtomicInteger pendingSends = new AtomicInteger();

  private SendHandler onTransmitted;

  private volatile Map<String, List<String>> responseHeaders = Map.of();
  private volatile boolean starved;
  private long transmittedAwakeNanos;

  private Phase phase = Phase.CONNECTING;
  private int life;
  private int attempts = 1;
  private long cutNanos;
  private long lastReplyNanos;
  private long silenceNanos;
  private long longestSilenceNanos;
  private long resent;
  private boolean catchingUp;

  /** Since when it is quiet before its last message; 0 = it is not. */
  private long quietSinceNanos;

  private boolean quietOver;
  private boolean readingPaused;
  private Session session;
  private EventLoopConnection connection;
  private Instant openedAt;
  private long openedNanos;
  private long lastActivityAwakeNanos;
  private long settleDeadlineAwakeNanos;

  /** How many messages it may have sent by now: all, or as many as are due. */
  private long allowed;

  private long received;
  private int helloDone;
  private long lifeReplyNanos;
  private boolean pumpQueued;
  private String firstError;

  /** Of a reply whose last fragment is still to come, else null. */
  private ByteArrayOutputStream pieces;

  Channel(Run run, int number) {
    this.run = run;
    this.ledger = run.ledger;
    this.number = number;
    this.share = run.plan.share(number);
    this.times = new SendTimes(Math.min(Math.min(run.plan.widest(), share), WIDEST_RING));
    this.quietOver = run.plan.workload().idle() == null;
    this.allowed = run.plan.rate() > 0 ? 0 : quietOver ? share : share - 1;
    this.fragments = run.plan.workload().fragments();
    this.mostPending = Math.max(1, MOST_PENDING_BYTES / run.plan.longestMessageBytes());
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
      run.client.connectToServer(this, config, run.plan.url());
    } catch (DeploymentException | IOException | RuntimeException e) {
      run.loop.execute(() -> failed(e));
    }
  }

  private final class Handshake extends ClientEndpointConfig.Configurator {
    @Override
    public void beforeRequest(Map<String, List<String>> headers) {
      headers.putAll(run.plan.connection().headers());
      headers.put("Wsproof-Run", List.of(run.id + "/" + number));
      if (run.plan.receipts()) {
        headers.put(Receipt.REQUEST_HEADER, List.of("1"));
      }
    }

    @Override
    public void afterResponse(HandshakeResponse response) {
      responseHeaders = response.getHeaders();
    }
  }

  private void failed(Exception failure) {
    if (phase == Phase.CONNECTING && life > 0) {
      connectAgain(failure);
    } else if (phase == Phase.CONNECTING) {
      phase = Phase.ENDED;
      run.connectFailed(this, failure);
    }
  }

  @Override
  public void onOpen(Session opened, EndpointConfig config) {
    run.loop.run(() -> opened(opened));
    if (run.plan.transport() == Transport.LOOP) {
      opened.addMessageHandler(ByteBuffer.class, this::pieceArrived);
    } else {
      opened.addMessageHandler(
          String.class, text -> arrived(text.getBytes(UTF_8), false, System.nanoTime()));
      opened.addMessageHandler(
          ByteBuffer.class, bytes -> arrived(copy(bytes), true, System.nanoTime()));
    }
    opened.addMessageHandler(PongMessage.class, this::pongArrived);
  }

  @Override
  public void onClose(Session closed, CloseReason reason) {
    run.loop.run(
        () -> {
          // In a further life, a late word of the one before says nothing.
          if (life == 0 || closed == session) {
            ended(reason);
          }
        });
  }

  @Override
  public void onError(Session failed, Throwable failure) {
    run.loop.run(
        () -> {
          if (life == 0 || failed == session) {
            error(failure);
          }
        });
  }

  /**
   * A reply, or a fragment of one, on our own loop. As pieces, because for a handler of whole
   * messages Tyrus looks for decoders and sorts its handlers each time: a third of the loop's work.
   */
  private void pieceArrived(ByteBuffer bytes, boolean last) {
    byte[] piece = copy(bytes);
    if (pieces == null && last) {
      received(piece, !connection.pollText(), System.nanoTime());
      return;
    }
    pieces = pieces == null ? new ByteArrayOutputStream() : pieces;
    pieces.writeBytes(piece);
    if (last) {
      byte[] reply = pieces.toByteArray();
      pieces = null;
      received(reply, !connection.pollText(), System.nanoTime());
    }
  }

  private void pongArrived(PongMessage pong) {
    ByteBuffer payload = pong.getApplicationData();
    run.loop.run(() -> ponged(payload));
  }

  private void arrived(byte[] reply, boolean binary, long nowNanos) {
    run.loop.run(() -> received(reply, binary, nowNanos));
  }

  /** The first error is what happened; the others follow from it. */
  private void error(Throwable failure) {
    if (firstError == null && phase != Phase.ENDED) {
      firstError = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }
  }

  /** What the container complained of first, or null. */
  String firstError() {
    return firstError;
  }

  /** What ended it other than a close frame, or null where nobody knows. */
  String whatEndedIt() {
    ConnectionEnd end = connection == null ? null : connection.end();
    return end == null ? firstError : end.reason();
  }

  /** The bytes of a buffer; Tyrus gives each message an array of its own. */
  private static byte[] copy(ByteBuffer buffer) {
    if (buffer.hasArray() && buffer.remaining() == buffer.array().length) {
      return buffer.array();
    }
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private void opened(Session openedSession) {
    if (phase != Phase.CONNECTING) {
      // Given up in the meantime.
      closeQuietly(openedSession);
      return;
    }
    AtomicInteger pending = new AtomicInteger();
    pendingSends = pending;
    onTransmitted = result -> transmitted(pending, result);
    starved = false;
    session = openedSession;
    connection =
        run.plan.transport() == Transport.LOOP ? EventLoopConnection.of(openedSession) : null;
    openedAt = Instant.now();
    openedNanos = System.nanoTime();
    lastActivityAwakeNanos = run.awakeNanos();
    phase = Phase.GREETING;
    run.selected(
        openedSession.getNegotiatedSubprotocol() == null
            ? ""
            : openedSession.getNegotiatedSubprotocol());
    if (run.plan.workload().deflate()) {
      run.deflation.opened(connection.compression());
    }
    ReplyForm form = form();
    Receipts receipts = receipts();
    ledger.opened(number, form, receipts);
    if (life == 0) {
      run.opened(number, form, receipts, openedNanos);
    } else {
      run.reopened(number, form, receipts, cutNanos, openedNanos);
    }
    silenceNanos = 0;
    lastReplyNanos = life == 0 ? openedNanos : lastReplyNanos;
    lifeReplyNanos = openedNanos;
    greet();
  }

  private void closeQuietly(Session late) {
    try {
      late.close(new CloseReason(CloseCodes.GOING_AWAY, null));
    } catch (IOException | RuntimeException e) {
      error(e);
    }
  }

  /** The messages in doubt first, in their order. */
  private void resend() {
    if (!run.plan.disruption().resend()) {
      return;
    }
    for (long sequence : ledger.inDoubt(number)) {
      ledger.resend(number, sequence);
      resent++;
      byte[] content = wire(new Identity(number, sequence));
      run.sentAgain(number, sequence, content, System.nanoTime());
      transmit(content, run.plan.format().isBinary(sequence));
    }
  }

  /** Sends what stands before the next awaited reply; behind the last step come the messages. */
  private void greet() {
    List<Application.HelloStep> hello = run.plan.application().hello();
    try {
      while (helloDone < hello.size() && hello.get(helloDone).message() != null) {
        session.getAsyncRemote().sendText(hello.get(helloDone++).message(), result -> {});
      }
    } catch (RuntimeException e) {
      // The connection has just ended, and onClose is on its way.
      error(e);
      return;
    }
    if (helloDone == hello.size()) {
      phase = Phase.RUNNING;
      lastActivityAwakeNanos = run.awakeNanos();
      if (life > 0) {
        resend();
      }
      pump();
    }
  }

  /** A reply before the first message: the awaited one, or one of no interest. */
  private void greeted(byte[] reply, boolean binary, long nowNanos) {
    run.ignored(this, reply, binary, nowNanos);
    if (run.plan.application().hello().get(helloDone).awaited().matches(reply)) {
      helloDone++;
      lastActivityAwakeNanos = run.awakeNanos();
      greet();
    }
  }

  private ReplyForm form() {
    if (run.plan.expect() != null) {
      return run.plan.expect();
    }
    String announced = header(ReplyForm.ANNOUNCEMENT_HEADER);
    if (announced != null) {
      try {
        ReplyForm form = ReplyForm.parse(announced);
        run.announced(form);
        return run.plan.form(form);
      } catch (IllegalArgumentException e) {
        run.reasons.note("the announcement Wsproof-Reply: " + announced + " is no form of a reply");
      }
    }
    return run.plan.form(ReplyForm.DEFAULT);
  }

  private Receipts receipts() {
    if (!run.plan.receipts()) {
      return Receipts.OFF;
    }
    return Receipt.ANNOUNCEMENT.equals(header(Receipt.ANNOUNCEMENT_HEADER))
        ? Receipts.ON
        : Receipts.ASKED;
  }

  /** What the answer to the handshake says of who answered, or null. */
  String answeredBy() {
    return AnsweredBy.of(responseHeaders);
  }

  private String header(String name) {
    for (Map.Entry<String, List<String>> header : responseHeaders.entrySet()) {
      if (header.getKey().equalsIgnoreCase(name) && !header.getValue().isEmpty()) {
        return String.join(", ", header.getValue());
      }
    }
    return null;
  }

  /** Sends what the window allows. */
  private void pump() {
    pumpQueued = false;
    int burst = BURST;
    while (phase == Phase.RUNNING
        && !run.sendingOver()
        && ledger.sent(number) < allowed
        && ledger.inFlight(number) < run.plan.widest()
        && !isStarved()) {
      if (burst-- == 0) {
        queuePump();
        return;
      }
      sendNext();
    }
    if (phase == Phase.RUNNING) {
      beQuiet();
    }
    if (phase == Phase.RUNNING && isComplete()) {
      settle();
    }
  }

  /** Its next message is due: sends it, or keeps it until it can be sent. */
  void due() {
    allowed++;
    if (phase == Phase.RUNNING) {
      pump();
    }
  }

  /** Whether a message that is due waits because the path does not take what was sent before. */
  boolean isHeldUp() {
    return phase == Phase.RUNNING
        && ledger.sent(number) < allowed
        && (catchingUp
            || pendingSends.get() >= mostPending
            || ledger.inFlight(number) >= run.plan.widest());
  }

  /** Sends, in its turn, what the window allows. */
  void queuePump() {
    if (!pumpQueued) {
      pumpQueued = true;
      run.loop.execute(this::pump);
    }
  }

  /** Whether the container has enough to do; it calls again when it has done it. */
  private boolean isStarved() {
    if (pendingSends.get() < mostPending) {
      return false;
    }
    starved = true;
    // The last completion may have come between the two lines above.
    return pendingSends.get() >= mostPending;
  }

  private boolean isComplete() {
    return (ledger.sent(number) == share || run.sendingOver()) && ledger.unanswered(number) == 0;
  }

  /** The last message comes behind a quiet phase, which begins when all others are answered. */
  private void beQuiet() {
    if (quietOver || ledger.sent(number) < allowed || ledger.unanswered(number) > 0) {
      return;
    }
    long nowNanos = System.nanoTime();
    if (quietSinceNanos == 0) {
      quietSinceNanos = nowNanos;
    } else if (nowNanos - quietSinceNanos >= run.plan.workload().idle().toNanos()) {
      endQuiet();
      pump();
    }
  }

  private void endQuiet() {
    quietOver = true;
    allowed = share;
  }

  /** After what was just read, nothing for a while: the peer feels a slow reader. */
  private void pauseReading() {
    if (run.plan.workload().readPause() == null || readingPaused) {
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
        run.plan.workload().readPause().toNanos(),
        TimeUnit.NANOSECONDS);
  }

  private void sendNext() {
    long nowNanos = System.nanoTime();
    if (ledger.unanswered(number) == 0) {
      lastActivityAwakeNanos = run.awakeNanos();
    }
    long sequence = ledger.send(number);
    catchingUp &= sequence + 1 < allowed;
    byte[] content = wire(new Identity(number, sequence));
    times.sent(sequence, nowNanos);
    run.sent(number, sequence, content, nowNanos);
    transmit(content, run.plan.format().isBinary(sequence));
  }

  private byte[] wire(Identity identity) {
    return run.plan.application().wrapped(run.messages.content(identity));
  }

  private void transmit(byte[] content, boolean binary) {
    pendingSends.incrementAndGet();
    try {
      if (fragments > 1) {
        connection.sendFragmented(content, binary, fragments, onTransmitted);
      } else if (binary) {
        session.getAsyncRemote().sendBinary(ByteBuffer.wrap(content), onTransmitted);
      } else {
        session.getAsyncRemote().sendText(new String(content, UTF_8), onTransmitted);
      }
    } catch (RuntimeException e) {
      // The connection has just ended, and onClose is on its way; the message is in doubt.
      pendingSends.decrementAndGet();
      error(e);
    }
  }

  private void transmitted(AtomicInteger pending, SendResult result) {
    pending.decrementAndGet();
    if (pending != pendingSends) {
      return;
    }
    transmittedAwakeNanos = run.awakeNanos();
    if (!result.isOK()) {
      run.loop.run(() -> error(result.getException()));
    } else if (starved) {
      starved = false;
      run.loop.execute(this::pump);
    }
  }

  private void received(byte[] reply, boolean binary, long nowNanos) {
    if (run.finished()) {
      return;
    }
    if (phase == Phase.GREETING) {
      greeted(reply, binary, nowNanos);
      return;
    }
    if (run.ignores(reply)) {
      // A ticker is no sign that the messages are still under way.
      run.ignored(this, reply, binary, nowNanos);
      return;
    }
    received++;
    if (received <= run.plan.ignoreFirst()) {
      lastActivityAwakeNanos = run.awakeNanos();
      run.ignored(this, reply, binary, nowNanos);
      return;
    }
    if (!run.received(this, reply, binary, nowNanos)) {
      return;
    }
    silent(nowNanos);
    long unanswered = ledger.unanswered(number);
    boolean end = ledger.reply(number, run.plan.judged(reply), binary);
    if (ledger.unanswered(number) != unanswered) {
      // What answers no message that waits, a ticker or copies, is no sign that those that wait
      // will be.
      lastActivityAwakeNanos = run.awakeNanos();
    }
    if (end && phase == Phase.SETTLING) {
      settled();
    } else if (phase == Phase.RUNNING) {
      pauseReading();
      pump();
    }
  }

  /** A reply, or an end that was none: how long there was none before. */
  private void silent(long nowNanos) {
    silenceNanos = Math.max(silenceNanos, nowNanos - lifeReplyNanos);
    longestSilenceNanos = Math.max(longestSilenceNanos, nowNanos - lastReplyNanos);
    lifeReplyNanos = nowNanos;
    lastReplyNanos = nowNanos;
  }

  /** The longest time without a reply, over all lives. */
  long longestSilenceNanos() {
    return longestSilenceNanos;
  }

  /** The ledger says that the first reply to a message of this connection has come. */
  long answered(long sequence) {
    return times.answered(sequence, ledger.sent(number));
  }

  /** Called every few milliseconds: what did not come in time does not come. */
  void sweep(long awakeNanos) {
    if (pendingSends.get() > 0
        && awakeNanos - Math.max(transmittedAwakeNanos, lastActivityAwakeNanos) >= STUCK_NANOS) {
      run.sendStuck(this);
    }
    if (readingPaused) {
      // The silence is this client's own.
      lastActivityAwakeNanos = awakeNanos;
    }
    if (phase == Phase.RUNNING) {
      beQuiet();
    }
    if (phase == Phase.CUT) {
      if (!hasWork()) {
        phase = Phase.ENDED;
        run.leftCut(this);
      }
      return;
    }
    if (phase == Phase.GREETING && awakeNanos - lastActivityAwakeNanos >= run.drainNanos()) {
      run.helloUnanswered(this, run.plan.application().hello().get(helloDone));
      close();
    } else if (phase == Phase.RUNNING && isComplete()) {
      settle();
    } else if (phase == Phase.RUNNING
        && ledger.unanswered(number) > 0
        && awakeNanos - lastActivityAwakeNanos >= run.drainNanos()) {
      run.silent(this, ledger.unanswered(number), share - ledger.sent(number));
      settle();
    } else if (phase == Phase.SETTLING && awakeNanos - settleDeadlineAwakeNanos >= 0) {
      if (ledger.receipts(number)) {
        run.accountNotClosed(this);
      } else {
        run.pongsMissing();
      }
      settled();
    }
  }

  /**
   * Makes sure that nothing more is on its way: what the server sent before it answers a last word
   * arrives before that answer.
   */
  private void settle() {
    phase = Phase.SETTLING;
    readOn();
    settleDeadlineAwakeNanos = run.awakeNanos() + run.settleNanos();
    if (ledger.receipts(number)) {
      transmit(wire(Identity.end(number)), run.plan.format().isBinary(Identity.END_SEQUENCE));
    } else if (run.pongsExpected()) {
      try {
        session.getAsyncRemote().sendPing(LAST_PING.duplicate());
      } catch (IOException | RuntimeException e) {
        error(e);
      }
    } else {
      settled();
    }
  }

  private void readOn() {
    if (readingPaused) {
      readingPaused = false;
      connection.resumeReading();
    }
  }

  private void ponged(ByteBuffer payload) {
    if (!payload.equals(LAST_PING)) {
      run.pings.pong(payload, System.nanoTime());
    } else if (phase == Phase.SETTLING && !ledger.receipts(number)) {
      settled();
    }
  }

  /** Sends a ping with a number of its own. */
  void ping() {
    if (phase != Phase.RUNNING) {
      return;
    }
    try {
      session.getAsyncRemote().sendPing(run.pings.next(System.nanoTime()));
    } catch (IOException | RuntimeException e) {
      error(e);
    }
  }

  private void settled() {
    phase = Phase.SETTLED;
    run.settled(this);
  }

  /** Closes it from this side; what is unanswered stays as it is. */
  void close() {
    if (phase == Phase.CONNECTING || phase == Phase.CUT) {
      // What opens late is closed at once.
      phase = Phase.ENDED;
    }
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.CLOSING;
    readOn();
    CloseReason normal = new CloseReason(CloseCodes.NORMAL_CLOSURE, null);
    if (connection != null) {
      connection.closeGracefully(normal.getCloseCode().getCode(), "");
      return;
    }
    try {
      session.close(normal);
    } catch (IOException | RuntimeException e) {
      error(e);
    }
    // The stock container does not wait for the server's close frame, nor calls where it cannot
    // close.
    ended(normal);
  }

  /** The server does not close its side: that is waited for no longer. */
  void abandon() {
    if (phase == Phase.CLOSING) {
      ended(new CloseReason(CloseCodes.NORMAL_CLOSURE, null));
    }
  }

  private void ended(CloseReason reason) {
    if (phase == Phase.ENDED || phase == Phase.CUT || run.finished()) {
      return;
    }
    if (phase == Phase.CONNECTING) {
      phase = Phase.ENDED;
      run.connectFailed(this, new IOException("the connection ended during the handshake"));
      return;
    }
    if (run.plan.workload().deflate()) {
      run.deflation.ended(connection.compression());
    }
    boolean closing = phase == Phase.CLOSING;
    boolean running = phase == Phase.RUNNING || phase == Phase.GREETING;
    long unanswered = ledger.unanswered(number);
    if (!closing) {
      ledger.ended(number);
      if (unanswered > 0) {
        silenceNanos = Math.max(silenceNanos, System.nanoTime() - lifeReplyNanos);
      }
    }
    session = null;
    if (quietSinceNanos != 0 && !quietOver && !closing) {
      boolean closed = reason.getCloseCode() != CloseCodes.CLOSED_ABNORMALLY;
      run.cutInSilence(this, (System.nanoTime() - quietSinceNanos) / 1e9, closed);
    }
    Report.Epoch epoch = epoch(reason, unanswered, closing);
    if (running && run.plan.disruption().reconnect() && !run.stopping() && hasWork()) {
      phase = Phase.CUT;
      run.cut(this, epoch);
      beginNextLife();
    } else {
      phase = Phase.ENDED;
      run.ended(this, epoch, share - ledger.sent(number), closing);
    }
  }

  /** Whether another life would have something to send. */
  private boolean hasWork() {
    return ledger.sent(number) < share && !run.sendingOver()
        || run.plan.disruption().resend() && !ledger.inDoubt(number).isEmpty();
  }

  private void beginNextLife() {
    life++;
    attempts = 0;
    cutNanos = System.nanoTime();
    connection = null;
    pieces = null;
    firstError = null;
    received = 0;
    helloDone = 0;
    resent = 0;
    catchingUp = true;
    readingPaused = false;
    if (quietSinceNanos != 0) {
      // The limit is found; the last message is sent without another wait.
      endQuiet();
    }
    run.connectAgain(this, Disruption.backoffMillis(attempts++));
  }

  /** An attempt has failed: another one follows, or it is given up. */
  private void connectAgain(Exception failure) {
    if (System.nanoTime() - cutNanos >= run.plan.disruption().limit().toNanos()) {
      phase = Phase.ENDED;
      run.givenUp(this, failure, share - ledger.sent(number));
      return;
    }
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

  private Report.Epoch epoch(CloseReason reason, long unanswered, boolean closing) {
    int code = closing ? CloseCodes.NORMAL_CLOSURE.getCode() : reason.getCloseCode().getCode();
    String phrase = reason.getReasonPhrase() == null ? "" : reason.getReasonPhrase();
    return new Report.Epoch(
        number,
        life,
        openedAt.toString(),
        (System.nanoTime() - openedNanos) / 1e9,
        code,
        closing ? "client" : closedBy(code),
        phrase,
        unanswered,
        life == 0 ? null : (openedNanos - cutNanos) / 1e9,
        attempts,
        silenceNanos / 1e9,
        resent);
  }

  private String closedBy(int code) {
    if (code == CloseCodes.CLOSED_ABNORMALLY.getCode()) {
      return "nobody";
    }
    return connection == null || connection.peerClosed() ? "server" : "client";
  }

  /** Messages that were sent and have no reply; 0 before it is open. */
  long unanswered() {
    return session == null ? 0 : ledger.unanswered(number);
  }

  boolean isSettled() {
    return phase == Phase.SETTLED;
  }

  boolean isEnded() {
    return phase == Phase.ENDED;
  }
}
