package io.github.wsproof.client;

import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.protocol.StreamReader;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run is to receive: messages that a server sends of its own accord.
 *
 * @param url the socket's address, {@code ws} or {@code wss}
 * @param messages how many each connection is to receive, 1 or more
 * @param connections how many at a time; each receives the whole stream
 * @param from the first message that is wanted, or -1: the server's first, 0; with {@code expect}
 *     the first that comes
 * @param rate messages per second that the server is asked for if the stream begins with this run;
 *     0 = as fast as they are read
 * @param duration when to stop, or null: when all messages have come
 * @param drain how long to wait for a message since the last one
 * @param expect what messages of another server look like, with {@code {sequence}}; null for those
 *     of a wsproof server
 * @param readPause how long nothing is read after each read; null = not
 * @param every how often there is an account of the run so far; null = never
 * @param disruption what is done when a connection dies
 * @param connection what the handshakes say, and through what they go
 */
public record ReceivePlan(
    URI url,
    long messages,
    int connections,
    long from,
    double rate,
    Duration duration,
    Duration drain,
    String expect,
    Duration readPause,
    Duration every,
    Disruption disruption,
    ConnectionOptions connection) {
  private static final int MOST_CONNECTIONS = 1_000_000;
  private static final long HIGHEST_RATE = 1_000_000;
  private static final long NOT_SAID = -1;

  /** As many messages as there is time for. */
  public static final long UNLIMITED_MESSAGES = RunPlan.UNLIMITED_MESSAGES;

  /** Checks each value. */
  public ReceivePlan {
    RunPlan.check(
        messages >= 1 && messages <= UNLIMITED_MESSAGES,
        "1.." + UNLIMITED_MESSAGES,
        "messages",
        messages);
    RunPlan.check(
        connections >= 1 && connections <= MOST_CONNECTIONS,
        "1.." + MOST_CONNECTIONS,
        "connections",
        connections);
    RunPlan.check(
        messages == UNLIMITED_MESSAGES || messages <= UNLIMITED_MESSAGES / connections,
        "at most " + UNLIMITED_MESSAGES + " on all connections",
        "messages",
        messages);
    RunPlan.check(
        from >= NOT_SAID && from < UNLIMITED_MESSAGES,
        "0.." + (UNLIMITED_MESSAGES - 1),
        "from",
        from);
    RunPlan.check(
        rate >= 0 && rate <= HIGHEST_RATE, "more than 0 and at most " + HIGHEST_RATE, "rate", rate);
    RunPlan.check(
        duration == null || !duration.isNegative() && !duration.isZero(),
        "more than 0",
        "duration",
        duration);
    RunPlan.check(
        !drain.isNegative() && !drain.isZero() && drain.compareTo(Duration.ofDays(1)) <= 0,
        "more than 0 and at most 1 day",
        "drain",
        drain);
    Workload.atLeastMillis(1, "read-pause", readPause);
    Workload.atLeastMillis(100, "every", every);
    if (expect == null) {
      checkQuery(url);
    } else {
      StreamReader.of(expect);
      RunPlan.check(rate == 0, "absent with expect, which is for other servers", "rate", rate);
      RunPlan.check(
          !disruption.reconnect(),
          "false with expect: only a wsproof server goes on where it was",
          "reconnect",
          true);
    }
  }

  /** The account begins where the plan says; an address that says otherwise would make it wrong. */
  private static void checkQuery(URI url) {
    String query = url.getRawQuery() == null ? "" : url.getRawQuery();
    for (String parameter : query.split("&")) {
      String name = parameter.replaceFirst("=.*", "");
      if (name.equals(StreamMessages.FROM_PARAMETER) || name.equals(StreamMessages.RUN_PARAMETER)) {
        throw new IllegalArgumentException(
            "must not say \"" + name + "=\", which wsproof receive says itself (--from): " + url);
      }
    }
  }

  /**
   * A plan with every default: 10,000 messages, one connection, from the first, drain 10 s.
   *
   * @param url the stream's address
   * @throws IllegalArgumentException with a sentence, if it is no {@code ws} or {@code wss} URL
   */
  public static Builder to(String url) {
    return new Builder(RunPlan.parse(url));
  }

  /**
   * Runs it, and returns when every message came or is given up.
   *
   * @throws InterruptedException if this thread is interrupted; the run is then stopped
   */
  public Report run() throws InterruptedException {
    return new ReceiveRun(this, RunListener.NONE).execute();
  }

  /** How many messages all connections are to receive. */
  public long messagesInAll() {
    return messages == UNLIMITED_MESSAGES ? messages : messages * connections;
  }

  /** What a report tells of it beside its own fields; without secrets. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("receive", true);
    if (from != NOT_SAID) {
      described.put("from", from);
    }
    if (rate > 0) {
      described.put("rate", rate);
    }
    if (readPause != null) {
      described.put("readPauseMillis", readPause.toMillis());
    }
    described.putAll(disruption.described());
    described.putAll(connection.described());
    return described;
  }

  /** Sets what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private final URI url;
    private long messages = 10_000;
    private int connections = 1;
    private long from = NOT_SAID;
    private double rate;
    private Duration duration;
    private Duration drain = Duration.ofSeconds(10);
    private String expect;
    private Duration readPause;
    private Duration every;
    private boolean reconnect;
    private Duration reconnectLimit = Duration.ofSeconds(60);
    private ConnectionOptions connection = ConnectionOptions.NONE;

    private Builder(URI url) {
      this.url = url;
    }

    /** How many messages each connection is to receive. */
    public Builder messages(long value) {
      messages = value;
      return this;
    }

    /** How many connections receive the stream, each all of it. */
    public Builder connections(int value) {
      connections = value;
      return this;
    }

    /**
     * The first message that is wanted.
     *
     * @throws IllegalArgumentException if it is less than 0
     */
    public Builder from(long value) {
      RunPlan.check(value >= 0, "0.." + (UNLIMITED_MESSAGES - 1), "from", value);
      from = value;
      return this;
    }

    /** Messages per second of a stream that this run starts; 0 = as fast as they are read. */
    public Builder rate(double value) {
      rate = value;
      return this;
    }

    /** When to stop; null = when all messages have come. */
    public Builder duration(Duration value) {
      duration = value;
      return this;
    }

    /** How long to wait for a message since the last one. */
    public Builder drain(Duration value) {
      drain = value;
      return this;
    }

    /** What messages of another server look like, such as <code>tick {sequence}: {any}</code>. */
    public Builder expect(String value) {
      expect = value;
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

    /** Whether a connection that dies is opened again, and goes on behind the last that it has. */
    public Builder reconnect(boolean value) {
      reconnect = value;
      return this;
    }

    /** For how long that is tried in vain. */
    public Builder reconnectLimit(Duration value) {
      reconnectLimit = value;
      return this;
    }

    /** What the handshakes say, and through what they go: headers, credentials, TLS, a proxy. */
    public Builder connection(ConnectionOptions value) {
      connection = value;
      return this;
    }

    /**
     * The plan.
     *
     * @throws IllegalArgumentException with a sentence that names the value and what is allowed
     */
    public ReceivePlan build() {
      return new ReceivePlan(
          url,
          messages,
          connections,
          from,
          rate,
          duration,
          drain,
          expect,
          readPause,
          every,
          new Disruption(reconnect, reconnectLimit, false, false),
          connection);
    }

    /** Builds the plan, runs it and says whether it passed. */
    public boolean passes() throws InterruptedException {
      return build().run().verdict() == Verdict.PASS;
    }
  }
}
