package io.github.wsproof.client;

import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Envelope;
import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.protocol.ReplyPattern;
import io.github.wsproof.protocol.Sizes;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a run is to do.
 *
 * @param url the socket's address, {@code ws} or {@code wss}
 * @param messages how many in all, 1 or more
 * @param connections how many at a time, 1..messages
 * @param window messages in flight on one connection, 1 or more; with a rate, 0 = as many as the
 *     schedule wants
 * @param perConnection messages after which a connection is closed and the next is opened, or 0 to
 *     share all messages among {@code connections}
 * @param workload what kind of messages are sent
 * @param drain how long to wait for an outstanding reply since the last one
 * @param seed what the content of the messages is made from
 * @param expect what a reply looks like, or null for what the server announces
 * @param receipts whether to ask for receipts
 * @param ignoreFirst replies at the beginning of each connection that are left out of the account:
 *     greetings
 * @param transport what carries the connections
 * @param rate messages per second of all connections together, sent on schedule whatever the
 *     replies do; 0 = as fast as the window allows
 * @param duration when to stop sending, or null: when all messages are sent
 * @param ramp over what time the connections are opened, evenly; zero = as fast as they open
 * @param connection what the handshakes say, and through what they go
 * @param application how an application is talked to that was not made for this
 * @param disruption what is done when a connection dies
 */
public record RunPlan(
    URI url,
    long messages,
    int connections,
    int window,
    long perConnection,
    Workload workload,
    Duration drain,
    long seed,
    ReplyForm expect,
    boolean receipts,
    int ignoreFirst,
    Transport transport,
    double rate,
    Duration duration,
    Duration ramp,
    ConnectionOptions connection,
    Application application,
    Disruption disruption) {
  private static final int MOST_CONNECTIONS = 1_000_000;
  private static final long MOST_MESSAGES = 1_000_000_000_000_000L;
  private static final int WIDEST_WINDOW = 1 << 24;
  private static final double HIGHEST_RATE = 1e9;

  /** Checks each value. */
  public RunPlan {
    check(messages >= 1 && messages <= MOST_MESSAGES, "1.." + MOST_MESSAGES, "messages", messages);
    check(
        window >= (rate > 0 ? 0 : 1) && window <= WIDEST_WINDOW,
        "1.." + WIDEST_WINDOW,
        "window",
        window);
    check(
        rate >= 0 && rate <= HIGHEST_RATE && (rate == 0 || perConnection == 0),
        "more than 0 and at most " + (long) HIGHEST_RATE + ", and not with per-connection",
        "rate",
        rate);
    check(
        duration == null || !duration.isNegative() && !duration.isZero(),
        "more than 0",
        "duration",
        duration);
    check(!ramp.isNegative() && ramp.compareTo(Duration.ofDays(1)) <= 0, "0..1 day", "ramp", ramp);
    check(
        connections >= 1 && connections <= Math.min(MOST_CONNECTIONS, messages),
        "1.." + MOST_CONNECTIONS + " and at most messages=" + messages,
        "connections",
        connections);
    check(
        perConnection >= 0 && (perConnection == 0 || messages / perConnection < MOST_CONNECTIONS),
        "1 or more, for at most " + MOST_CONNECTIONS + " connections",
        "per-connection",
        perConnection);
    check(
        !drain.isNegative() && !drain.isZero() && drain.compareTo(Duration.ofDays(1)) <= 0,
        "more than 0 and at most 1 day",
        "drain",
        drain);
    check(ignoreFirst >= 0, "0 or more", "ignore-first", ignoreFirst);
    int longest = new Messages(0, 0).length(lastIdentity(messages, connections, perConnection));
    int smallest = workload.sizes().smallest();
    check(
        smallest == 0 || smallest >= longest || !workload.sizes().isFixed(),
        longest + ".." + Messages.MAX_SIZE_BYTES + " bytes, to hold a message's identity",
        "size",
        workload.sizes());
    check(
        perConnection == 0 || !disruption.reconnect(),
        "false with per-connection",
        "reconnect",
        disruption.reconnect());
    check(
        transport == Transport.LOOP || workload.fragments() == 1,
        "1 with this transport",
        "fragments",
        workload.fragments());
    check(
        transport == Transport.LOOP || workload.readPause() == null,
        "absent with this transport",
        "read-pause",
        workload.readPause());
    check(
        transport == Transport.LOOP || !workload.deflate(),
        "false with this transport",
        "deflate",
        workload.deflate());
    check(
        workload.idle() == null || messages < MOST_MESSAGES && duration == null && rate == 0,
        "absent with a rate, a duration or a run without end",
        "idle",
        workload.idle());
    check(
        messages < MOST_MESSAGES || perConnection == 0,
        "0 in a run without end",
        "per-connection",
        perConnection);
  }

  /**
   * A plan with every default: 10,000 messages, one connection, window 64, drain 10 s.
   *
   * @param url the socket's address
   * @throws IllegalArgumentException with a sentence, if it is no {@code ws} or {@code wss} URL
   */
  public static Builder to(String url) {
    return new Builder(parse(url));
  }

  /**
   * Runs it, and returns when every reply came or is given up.
   *
   * @throws InterruptedException if this thread is interrupted; the run is then stopped
   */
  public Report run() throws InterruptedException {
    return new Run(this, RunListener.NONE).execute();
  }

  /**
   * Runs it and tells a listener what happens.
   *
   * @throws InterruptedException if this thread is interrupted; the run is then stopped
   */
  public Report run(RunListener listener) throws InterruptedException {
    return new Run(this, listener).execute();
  }

  /** As many messages as there is time for; for {@link Builder#messages} with a duration. */
  public static final long UNLIMITED_MESSAGES = MOST_MESSAGES;

  /** What differs from the defaults and has no field of its own in a report; without secrets. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>(connection.described());
    described.putAll(application.described());
    described.putAll(workload.described());
    described.putAll(disruption.described());
    return described.isEmpty() ? null : described;
  }

  /** The connections that it opens in all. */
  public int connectionsInAll() {
    return perConnection == 0
        ? connections
        : (int) ((messages + perConnection - 1) / perConnection);
  }

  /** The longest message in bytes. */
  public int longestMessageBytes() {
    Identity last = lastIdentity(messages, connections, perConnection);
    return Math.max(workload.sizes().largest(), new Messages(0, 0).length(last))
        + application.envelopeBytes();
  }

  /** The messages that it sends. */
  public Messages content() {
    return new Messages(seed, workload.sizes(), workload.unicode(), workload.deflate());
  }

  /** Whether they are texts or binary. */
  public Format format() {
    return workload.format();
  }

  /** Whether a message that was sent again and answered counts as delivered. */
  public boolean acceptsRecovered() {
    return disruption.acceptRecovered();
  }

  /** Whether messages stand in an envelope on the wire. */
  public boolean hasEnvelope() {
    return application.envelope() != null;
  }

  /** The part of a reply that is judged: with a JSON field its text, where it is there. */
  public byte[] judged(byte[] reply) {
    return application.judged(reply);
  }

  /** What replies look like. */
  ReplyForm form(ReplyForm announced) {
    return expect != null ? expect : application.form(announced);
  }

  /** The most messages in flight on one connection. */
  int widest() {
    return window == 0 ? WIDEST_WINDOW : window;
  }

  /** Whether only the user, or the duration, ends it. */
  boolean isOpenEnded() {
    return messages == MOST_MESSAGES;
  }

  /** How many messages a connection has to send. */
  long share(int connection) {
    if (perConnection > 0) {
      return Math.min(perConnection, messages - connection * perConnection);
    }
    return messages / connections + (connection < messages % connections ? 1 : 0);
  }

  private static Identity lastIdentity(long messages, int connections, long perConnection) {
    return perConnection == 0
        ? new Identity(connections - 1, (messages - 1) / connections)
        : new Identity((int) ((messages - 1) / perConnection), perConnection - 1);
  }

  static void check(boolean right, String allowed, String name, Object value) {
    if (!right) {
      throw new IllegalArgumentException("must be " + allowed + ": " + name + "=" + value);
    }
  }

  /** An address of a socket; what is wrong with it is told in a sentence. */
  static URI parse(String text) {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("must be a URL such as ws://host:port/path: " + text, e);
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme();
    if (!scheme.equals("ws") && !scheme.equals("wss")) {
      String hint =
          switch (scheme) {
            case "http" -> "; did you mean ws" + text.substring(scheme.length()) + "?";
            case "https" -> "; did you mean wss" + text.substring(scheme.length()) + "?";
            default -> "";
          };
      throw new IllegalArgumentException("must begin with ws:// or wss://: " + text + hint);
    }
    if (url.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "must hold no user and password, which reports would show (use --user): "
              + text.replaceFirst("//.*@", "//***@"));
    }
    if (url.getHost() == null) {
      throw new IllegalArgumentException("must name a host, as in ws://host:port/path: " + text);
    }
    if (url.getPort() == 0 || url.getPort() > 65_535) {
      throw new IllegalArgumentException("must have a port of 1..65535: " + text);
    }
    if (url.getFragment() != null) {
      throw new IllegalArgumentException(
          "must have no fragment (#" + url.getFragment() + "; RFC 6455 section 3): " + text);
    }
    return url;
  }

  /** Sets what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private final URI url;
    private long messages = 10_000;
    private int connections = 1;
    private int window = 64;
    private long perConnection;
    private Sizes sizes = Sizes.NONE;
    private Format format = Format.TEXT;
    private boolean unicode;
    private int fragments = 1;
    private Duration ping;
    private Duration idle;
    private Duration readPause;
    private Duration every;
    private boolean deflate;
    private Duration drain = Duration.ofSeconds(10);
    private long seed = ThreadLocalRandom.current().nextLong(ReplyForm.MAX_RANDOM);
    private ReplyForm expect;
    private boolean receipts = true;
    private int ignoreFirst;
    private Transport transport = Transport.LOOP;
    private double rate;
    private Duration duration;
    private Duration ramp = Duration.ZERO;
    private ConnectionOptions connection = ConnectionOptions.NONE;
    private Envelope envelope;
    private JsonField field;
    private List<Application.HelloStep> hello = List.of();
    private List<ReplyPattern> ignored = List.of();
    private boolean reconnect;
    private Duration reconnectLimit = Duration.ofSeconds(60);
    private boolean resend;
    private boolean acceptRecovered;

    private Builder(URI url) {
      this.url = url;
    }

    /** How many messages in all. */
    public Builder messages(long value) {
      messages = value;
      return this;
    }

    /** How many connections at a time. */
    public Builder connections(int value) {
      connections = value;
      return this;
    }

    /** How many messages in flight on one connection. */
    public Builder window(int value) {
      window = value;
      return this;
    }

    /** How many messages before a connection is closed and the next is opened; 0 = all. */
    public Builder perConnection(long value) {
      perConnection = value;
      return this;
    }

    /** What each message is padded to, in bytes; 0 = the bare identity. */
    public Builder sizeBytes(int value) {
      sizes = Sizes.fixed(value);
      return this;
    }

    /** Whether messages are sent as binary. */
    public Builder binary(boolean value) {
      format = value ? Format.BINARY : Format.TEXT;
      return this;
    }

    /** What messages are padded to: {@code 4096}, {@code 16..65536} or {@code 125,126,8193}. */
    public Builder sizes(String value) {
      sizes = Sizes.parse(value);
      return this;
    }

    /** Text and binary in turn. */
    public Builder format(Format value) {
      format = value;
      return this;
    }

    /** Whether the padding is made of characters of one to four bytes in UTF-8. */
    public Builder unicode(boolean value) {
      unicode = value;
      return this;
    }

    /** In how many frames each message is sent. */
    public Builder fragments(int value) {
      fragments = value;
      return this;
    }

    /**
     * Whether permessage-deflate (RFC 7692) is offered. Messages that are padded are then
     * compressible and incompressible in turn.
     */
    public Builder deflate(boolean value) {
      deflate = value;
      return this;
    }

    /** How often each connection is pinged during traffic; null for never. */
    public Builder ping(Duration value) {
      ping = value;
      return this;
    }

    /** How long to wait for an outstanding reply since the last one. */
    public Builder drain(Duration value) {
      drain = value;
      return this;
    }

    /** What the content of the messages is made from. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /**
     * What a reply looks like, such as <code>{message} - {random}</code>; null for what the server
     * announces.
     */
    public Builder expect(String form) {
      expect = form == null ? null : ReplyForm.parse(form);
      return this;
    }

    /** Whether to ask for receipts. */
    public Builder receipts(boolean value) {
      receipts = value;
      return this;
    }

    /** How many replies at the beginning of each connection are greetings. */
    public Builder ignoreFirst(int value) {
      ignoreFirst = value;
      return this;
    }

    /** What carries the connections. */
    public Builder transport(Transport value) {
      transport = value;
      return this;
    }

    /** How many messages per second, on schedule, on all connections together; 0 = no schedule. */
    public Builder rate(double value) {
      rate = value;
      return this;
    }

    /** When to stop sending; null = when all messages are sent. */
    public Builder duration(Duration value) {
      duration = value;
      return this;
    }

    /** Over what time the connections are opened. */
    public Builder ramp(Duration value) {
      ramp = value;
      return this;
    }

    /** What the handshakes say, and through what they go: headers, credentials, TLS, a proxy. */
    public Builder connection(ConnectionOptions value) {
      connection = value;
      return this;
    }

    /** How long each connection is quiet before its last message; null for not at all. */
    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    /** How long nothing is read after each read: a slow reader; null for an eager one. */
    public Builder readPause(Duration value) {
      readPause = value;
      return this;
    }

    /** How often {@link RunListener#soFar} is told; null for never. */
    public Builder every(Duration value) {
      every = value;
      return this;
    }

    /**
     * What stands around each message, such as <code>{"text":"{message}"}</code>; null for nothing.
     */
    public Builder message(String value) {
      envelope = value == null ? null : Envelope.parse(value);
      return this;
    }

    /**
     * Where in a reply of JSON the answer stands, such as {@code data.text}; null: the whole reply
     * is the answer.
     */
    public Builder expectJson(String path) {
      field = path == null ? null : JsonField.parse(path);
      return this;
    }

    /**
     * What each connection sends before its first message, a message a line; a line {@code <
     * pattern} awaits a reply. Receipts are not asked for then: a server would count these too.
     */
    public Builder hello(List<String> lines) {
      hello = Application.hello(lines);
      return this;
    }

    /** Replies that are left out of the account, as patterns with {@code {any}}. */
    public Builder ignore(List<String> patterns) {
      ignored = patterns.stream().map(ReplyPattern::parse).toList();
      return this;
    }

    /** Whether a connection that dies is opened again; what was in flight stays in doubt. */
    public Builder reconnect(boolean value) {
      reconnect = value;
      return this;
    }

    /** For how long that is tried in vain. */
    public Builder reconnectLimit(Duration value) {
      reconnectLimit = value;
      return this;
    }

    /** Whether what is in doubt is sent again on the next connection. */
    public Builder resend(boolean value) {
      resend = value;
      return this;
    }

    /** Whether a message that was sent again and answered counts as delivered. */
    public Builder acceptRecovered(boolean value) {
      acceptRecovered = value;
      return this;
    }

    /**
     * The plan.
     *
     * @throws IllegalArgumentException with a sentence that names the value and what is allowed
     */
    public RunPlan build() {
      return new RunPlan(
          url,
          messages,
          connections,
          window,
          perConnection,
          new Workload(sizes, format, unicode, fragments, ping, idle, readPause, every, deflate),
          drain,
          seed,
          expect,
          receipts && hello.isEmpty(),
          ignoreFirst,
          transport,
          rate,
          duration,
          ramp,
          connection,
          new Application(envelope, field, hello, ignored),
          new Disruption(reconnect, reconnectLimit, resend, acceptRecovered));
    }

    /** Builds the plan, runs it and says whether it passed. */
    public boolean passes() throws InterruptedException {
      return build().run().verdict() == Verdict.PASS;
    }
  }
}
