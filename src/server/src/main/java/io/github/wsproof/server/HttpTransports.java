package io.github.wsproof.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The echo for clients that cannot have a WebSocket: the same messages and replies over plain HTTP.
 *
 * <pre>
 * POST   /echo                            a message; its reply is the answer
 * POST   /echo/sessions                   opens a session: 201 and its id
 * POST   /echo/sessions/{id}              a message: 202
 * GET    /echo/sessions/{id}?from=N       the replies from number N on, at once
 * GET    /echo/sessions/{id}?from=N&amp;wait=S  the same, after S seconds at most if there are none yet
 * GET    /echo/sessions/{id}/events?from=N  the replies as server-sent events
 * DELETE /echo/sessions/{id}              ends it
 * </pre>
 *
 * <p>Every request is judged as a handshake is. Thread-safe.
 */
public final class HttpTransports {
  /** Where messages go that want their reply at once; sessions are beneath. */
  public static final String ECHO = EchoEndpoint.PATH;

  static final String SESSIONS = ECHO + "/sessions";

  private static final Pattern SESSION = Pattern.compile(SESSIONS + "/([^/]{1,64})(/events)?");
  private static final int MOST_WAIT_SECONDS = 60;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BINARY = "application/octet-stream";
  private static final String JSON = "application/json; charset=utf-8";
  private static final String ALLOW = "Allow";
  private static final String OPTIONS = "OPTIONS";
  private static final String POST = "POST";
  private static final String GET = "GET";
  private static final String DELETE = "DELETE";
  private static final String REQUESTED_HEADERS =
      "Authorization, Content-Type, Last-Event-ID, Wsproof-Receipt, Wsproof-Run";

  private final Deployment deployment;
  private final Sessions sessions;

  HttpTransports(Deployment deployment) {
    this.deployment = deployment;
    this.sessions = deployment.sessions();
  }

  /** Takes the body of a request. */
  public Body body() {
    return new Body(deployment, System.nanoTime());
  }

  /** Answers a request beneath {@link #ECHO}, now or later. */
  public void handle(HttpExchange exchange) {
    Told told = new Told(exchange);
    Matcher session = SESSION.matcher(exchange.path());
    if (isHandshake(exchange)) {
      told.answer(Operations.text(400, "a WebSocket handshake is a GET of HTTP/1.1"));
    } else if (!deployment.access().allowsOrigin(exchange)) {
      // A preflight is judged as well.
      deployment.figures().refused(Refusal.otherOrigin().cause());
      told.answer(refused(Refusal.otherOrigin()));
    } else if (exchange.path().equals(ECHO)) {
      echo(told);
    } else if (exchange.path().equals(SESSIONS)) {
      open(told);
    } else if (session.matches()) {
      use(told, session.group(1), session.group(2) != null);
    } else {
      told.answer(Operations.text(404, "there is nothing here but " + ECHO + " and " + SESSIONS));
    }
  }

  /** A handshake that the container has not taken. */
  private static boolean isHandshake(HttpExchange exchange) {
    String upgrade = exchange.header("Upgrade");
    return upgrade != null && upgrade.toLowerCase(Locale.ROOT).contains("websocket");
  }

  /** Puts on an answer what pages of other origins need, and counts it. */
  private final class Told {
    final HttpExchange exchange;

    Told(HttpExchange exchange) {
      this.exchange = exchange;
    }

    void answer(Operations.Answer answer) {
      deployment.figures().requested(answer.status());
      exchange.answer(
          new Operations.Answer(
              answer.status(), answer.type(), answer.body(), headers(answer.headers())));
    }

    void refuse(Refusal refusal) {
      answer(refused(refusal));
    }

    Map<String, String> headers(Map<String, String> own) {
      Map<String, String> all = new HashMap<>(own);
      all.put("Cache-Control", "no-store");
      all.put("X-Content-Type-Options", "nosniff");
      String origin = exchange.header("Origin");
      if (origin != null && deployment.access().allowsOrigin(exchange)) {
        all.put("Access-Control-Allow-Origin", origin);
        all.put("Access-Control-Expose-Headers", ReplyForm.ANNOUNCEMENT_HEADER + ", Location");
        all.put("Vary", "Origin");
      }
      return all;
    }

    /** Whether the method is one of these; else it is answered. */
    boolean isOneOf(String... methods) {
      String allowed = String.join(", ", methods) + ", " + OPTIONS;
      if (List.of(methods).contains(exchange.method())) {
        return true;
      }
      if (exchange.method().equals(OPTIONS)) {
        answer(
            new Operations.Answer(
                204,
                TEXT,
                new byte[0],
                Map.of(
                    ALLOW,
                    allowed,
                    "Access-Control-Allow-Methods",
                    allowed,
                    "Access-Control-Allow-Headers",
                    REQUESTED_HEADERS,
                    "Access-Control-Max-Age",
                    "600")));
      } else {
        answer(
            new Operations.Answer(
                405, TEXT, Operations.line("use " + allowed + " here"), Map.of(ALLOW, allowed)));
      }
      return false;
    }
  }

  private static Operations.Answer refused(Refusal refusal) {
    return new Operations.Answer(
        refusal.status(), TEXT, Operations.line(refusal.sentence()), refusal.headers());
  }

  /** A refusal that time may heal. */
  static Operations.Answer later(int status, String sentence) {
    return new Operations.Answer(
        status, TEXT, Operations.line(sentence), Map.of("Retry-After", "1"));
  }

  private void echo(Told told) {
    if (told.exchange.method().equals(GET)) {
      told.answer(NotUpgraded.answer(told.exchange));
      return;
    }
    if (!told.isOneOf(POST)) {
      return;
    }
    Refusal refusal = deployment.check(told.exchange);
    if (refusal != null) {
      told.refuse(refusal);
      return;
    }
    EchoSettings settings;
    try {
      Map<String, List<String>> query = Query.of(told.exchange.query());
      settings = deployment.settings().with(query);
      if (query.containsKey(Receipt.QUERY_PARAMETER)) {
        throw new IllegalArgumentException("receipts count what a session brings: open one");
      }
    } catch (IllegalArgumentException e) {
      told.answer(Operations.text(400, e.getMessage()));
      return;
    }
    told.exchange.read(body(), message -> told.answer(reply(told.exchange, message, settings)));
  }

  private Operations.Answer reply(HttpExchange exchange, byte[] message, EchoSettings settings) {
    boolean binary = isBinary(exchange);
    if (!binary && text(message) == null) {
      return notUtf8();
    }
    long random = ThreadLocalRandom.current().nextLong(settings.min(), settings.max() + 1);
    byte[] reply = settings.form().reply(message, random);
    deployment.connections().exchanged(message.length, reply.length);
    return new Operations.Answer(
        200,
        binary ? BINARY : TEXT,
        reply,
        Map.of(ReplyForm.ANNOUNCEMENT_HEADER, settings.announcement()));
  }

  private static boolean isBinary(HttpExchange exchange) {
    String type = exchange.header("Content-Type");
    return type != null && type.toLowerCase(Locale.ROOT).startsWith(BINARY);
  }

  private static Operations.Answer notUtf8() {
    return Operations.text(400, "a text must be UTF-8; send bytes as " + BINARY);
  }

  /** The text, or null if it is none. */
  private static String text(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private void open(Told told) {
    if (!told.isOneOf(POST)) {
      return;
    }
    Refusal refusal = deployment.check(told.exchange);
    if (refusal != null) {
      told.refuse(refusal);
      return;
    }
    EchoSettings settings;
    boolean receipts;
    try {
      Map<String, List<String>> query = Query.of(told.exchange.query());
      settings = deployment.settings().with(query);
      receipts = receipts(told.exchange, query);
    } catch (IllegalArgumentException e) {
      told.answer(Operations.text(400, e.getMessage()));
      return;
    }
    // Nothing is expected in it, but a client that sends something waits until it is read.
    told.exchange.read(body(), unused -> told.answer(opened(told.exchange, settings, receipts)));
  }

  private static boolean receipts(HttpExchange exchange, Map<String, List<String>> query) {
    List<String> values = query.getOrDefault(Receipt.QUERY_PARAMETER, List.of("0"));
    if (values.size() != 1 || !values.get(0).matches("[01]")) {
      throw new IllegalArgumentException("receipt must be 0 or 1: receipt=" + values.get(0));
    }
    return values.get(0).equals("1") || "1".equals(exchange.header(Receipt.REQUEST_HEADER));
  }

  private Operations.Answer opened(HttpExchange exchange, EchoSettings settings, boolean receipts) {
    ClientSession session = sessions.open(exchange, settings, receipts);
    if (session == null) {
      return later(503, "the server has all the sessions that it may have");
    }
    SessionSettings bounds = sessions.settings();
    String json =
        String.format(
            "{\"session\":\"%s\",\"form\":%s,\"receipts\":%b,\"idleSeconds\":%d,"
                + "\"replies\":%d,\"bytes\":%d}\n",
            session.id,
            Json.quoted(settings.announcement()),
            receipts,
            bounds.idleSeconds(),
            bounds.replies(),
            bounds.bytes());
    return new Operations.Answer(
        201,
        JSON,
        json.getBytes(UTF_8),
        Map.of(
            // Relative to this request (RFC 9110 §10.2.2): a proxy may have another path before it.
            "Location",
            "sessions/" + session.id,
            ReplyForm.ANNOUNCEMENT_HEADER,
            settings.announcement()));
  }

  private void use(Told told, String id, boolean events) {
    HttpExchange exchange = told.exchange;
    if (!(events ? told.isOneOf(GET) : told.isOneOf(GET, POST, DELETE))) {
      return;
    }
    Refusal refusal = deployment.checkRequest(exchange);
    if (refusal != null) {
      told.refuse(refusal);
      return;
    }
    ClientSession session = sessions.find(id);
    if (session == null) {
      told.answer(sessions.missing(id));
    } else if (!session.isOf(exchange)) {
      told.answer(Operations.text(403, "the session is another user's"));
    } else if (exchange.method().equals(DELETE)) {
      sessions.end(session, "its client ended it");
      told.answer(new Operations.Answer(204, TEXT, new byte[0], Map.of()));
    } else if (exchange.method().equals(POST)) {
      message(told, session);
    } else {
      read(told, session, events);
    }
  }

  private void message(Told told, ClientSession session) {
    if (deployment.isDraining()) {
      told.answer(later(503, "the server is draining"));
    } else if (isBinary(told.exchange)) {
      told.answer(Operations.text(415, "a session carries texts; bytes go by POST to .." + ECHO));
    } else {
      told.exchange.read(body(), message -> told.answer(taken(session, message)));
    }
  }

  private static Operations.Answer taken(ClientSession session, byte[] message) {
    String text = text(message);
    if (text == null) {
      return Operations.text(400, "a text must be UTF-8");
    }
    Operations.Answer refusal = session.message(text, message.length);
    return refusal == null ? new Operations.Answer(202, TEXT, new byte[0], Map.of()) : refusal;
  }

  private void read(Told told, ClientSession session, boolean events) {
    long from;
    long waitSeconds;
    try {
      Map<String, List<String>> query = Query.of(told.exchange.query());
      from = query.containsKey("from") ? number("from", query, Long.MAX_VALUE) : session.first();
      waitSeconds = number("wait", query, MOST_WAIT_SECONDS);
    } catch (IllegalArgumentException e) {
      told.answer(Operations.text(400, e.getMessage()));
      return;
    }
    session.seen(System.nanoTime());
    if (events) {
      events(told, session, from);
      return;
    }
    ClientSession.Found found = session.poll(from);
    if (found.refusal() != null || !found.replies().isEmpty() || waitSeconds == 0) {
      told.answer(found.answer());
      return;
    }
    told.exchange.suspend();
    long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
    session.join(new LongPoll(session, told::answer, from, endNanos));
  }

  private void events(Told told, ClientSession session, long asked) {
    String last = told.exchange.header("Last-Event-ID");
    // What a browser has received goes before what its page first asked for.
    long from = last != null && last.matches("\\d{1,15}") ? Long.parseLong(last) + 1 : asked;
    ClientSession.Found found = session.read(from);
    if (found.refusal() != null) {
      told.answer(found.refusal());
      return;
    }
    EventReader reader = new EventReader(session, from, deployment.feeders().sendSeconds());
    deployment.figures().requested(200);
    // nginx would gather events before it passes them on.
    Map<String, String> headers = told.headers(Map.of("X-Accel-Buffering", "no"));
    reader.begin(told.exchange.begin(EventReader.TYPE, headers, reader::closed));
    session.join(reader);
  }

  private static long number(String name, Map<String, List<String>> query, long most) {
    List<String> values = query.getOrDefault(name, List.of("0"));
    String value = values.get(0);
    if (values.size() != 1 || !value.matches("\\d{1,15}") || Long.parseLong(value) > most) {
      throw new IllegalArgumentException(
          name
              + " must be a whole number"
              + (most == Long.MAX_VALUE ? "" : ", 0.." + most)
              + ", given once: "
              + name
              + "="
              + (value.length() > 40 ? value.substring(0, 40) + "..." : value));
    }
    return Long.parseLong(value);
  }
}
