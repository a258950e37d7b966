package io.github.wsproof.client;

import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.protocol.RoomMessages;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a run over rooms is to do.
 *
 * @param url of a wsproof server: a room's ({@code …/rooms/name}; with several rooms {@code
 *     name-1}, {@code name-2} and so on), or {@code …/rooms/}, for rooms of this run's own
 * @param others of further servers of the same rooms: members are spread over all in turn, and one
 *     that is cut off goes on at the next
 * @param rooms how many
 * @param publishers of each room
 * @param subscribers of each room
 * @param messages that all publishers of all rooms are to publish, shared out evenly
 * @param window messages of a publisher that have not come back to it yet
 * @param size that each is padded to, in bytes
 * @param seed what their content is made from
 * @param slow subscribers of each room that read slowly, and come back when closed for it
 * @param slowPause how long these read nothing after each read
 * @param drain how long to wait for a message since the last one
 * @param every how often there is an account of the run so far; null = never
 * @param disruption what is done when a connection dies
 * @param connection what the handshakes say, and through what they go
 */
public record FanoutPlan(
    URI url,
    List<URI> others,
    int rooms,
    int publishers,
    int subscribers,
    long messages,
    int window,
    int size,
    long seed,
    int slow,
    Duration slowPause,
    Duration drain,
    Duration every,
    Disruption disruption,
    ConnectionOptions connection) {
  private static final int MOST_CONNECTIONS = 1_000_000;
  private static final int LARGEST_BYTES = 512 * 1024;
  private static final long MOST_MESSAGES = 1L << 40;

  /** Checks each value. */
  public FanoutPlan {
    count("rooms", rooms);
    count("publishers", publishers);
    count("subscribers", subscribers);
    RunPlan.check(
        (long) rooms * (publishers + subscribers) <= MOST_CONNECTIONS,
        "at most " + MOST_CONNECTIONS + " in all rooms",
        "publishers and subscribers",
        (long) rooms * (publishers + subscribers));
    RunPlan.check(
        messages >= 1 && messages <= MOST_MESSAGES, "1.." + MOST_MESSAGES, "messages", messages);
    RunPlan.check(window >= 1 && window <= 1_000_000, "1..1000000", "window", window);
    RunPlan.check(size >= 0 && size <= LARGEST_BYTES, "0.." + LARGEST_BYTES, "size", size);
    RunPlan.check(slow >= 0 && slow < subscribers, "less than subscribers", "slow", slow);
    RunPlan.check(
        !drain.isNegative() && !drain.isZero() && drain.compareTo(Duration.ofDays(1)) <= 0,
        "more than 0 and at most 1 day",
        "drain",
        drain);
    Workload.atLeastMillis(1, "slow-pause", slowPause);
    Workload.atLeastMillis(100, "every", every);
    others = List.copyOf(others);
    checkQuery(url);
    others.forEach(FanoutPlan::checkQuery);
    String last = lastName(url);
    RunPlan.check(
        last.isEmpty() || RoomMessages.isName(last + (rooms > 1 ? "-" + rooms : "")),
        "1..64 of A-Z a-z 0-9 . _ -, what is added for each of several rooms included",
        "name of the room",
        last);
  }

  /** Each member says these itself. */
  private static void checkQuery(URI url) {
    String query = url.getRawQuery() == null ? "" : url.getRawQuery();
    for (String parameter : query.split("&")) {
      String name = parameter.replaceFirst("=.*", "");
      if (name.equals(RoomMessages.FROM_PARAMETER)
          || name.equals(RoomMessages.RUN_PARAMETER)
          || name.equals(RoomMessages.MEMBER_PARAMETER)) {
        throw new IllegalArgumentException(
            "must not say \"" + name + "=\", which wsproof fanout says itself: " + url);
      }
    }
  }

  private static void count(String name, int value) {
    RunPlan.check(value >= 1 && value <= MOST_CONNECTIONS, "1.." + MOST_CONNECTIONS, name, value);
  }

  /**
   * A plan with every default: one room, one publisher, 10 subscribers, 10,000 messages, 64 in
   * flight, drain 10 s.
   *
   * @param url the room's address
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
    return new FanoutRun(this, RunListener.NONE).execute();
  }

  /** How many messages all subscribers are to get. */
  public long deliveries() {
    long sum = 0;
    for (int publisher = 0; publisher < rooms * publishers; publisher++) {
      sum += share(publisher) * subscribers;
    }
    return sum;
  }

  /** How many connections there are to be. */
  public int connections() {
    return rooms * (publishers + subscribers);
  }

  /** How many messages a publisher has to publish; they are numbered through all rooms. */
  long share(int publisher) {
    int all = rooms * publishers;
    return messages / all + (publisher < messages % all ? 1 : 0);
  }

  Messages contents() {
    return new Messages(seed, size);
  }

  private static String lastName(URI url) {
    String path = url.getPath() == null ? "" : url.getPath();
    String last = path.substring(path.lastIndexOf('/') + 1);
    return last.equals("rooms") ? "" : last;
  }

  /**
   * The address of a room, without a query of its own.
   *
   * @param server whose number is taken in turn
   * @param run names the rooms where the plan does not
   */
  URI room(int server, int room, String run) {
    int turn = server % (1 + others.size());
    return room(turn == 0 ? url : others.get(turn - 1), room, run);
  }

  private URI room(URI url, int room, String run) {
    String raw = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    if (raw.equals("/")) {
      raw = RoomMessages.PATH;
    } else if (raw.endsWith("/rooms")) {
      raw += "/";
    }
    String path = raw.endsWith("/") ? raw + "fanout-" + run : raw;
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return URI.create(
        url.getScheme()
            + "://"
            + url.getRawAuthority()
            + path
            + (rooms > 1 ? "-" + (room + 1) : "")
            + query);
  }

  /** What a report tells of it beside its own fields; without secrets. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("fanout", true);
    described.put("rooms", rooms);
    described.put("publishers", publishers);
    described.put("subscribers", subscribers);
    if (!others.isEmpty()) {
      described.put("others", others.stream().map(URI::toString).toList());
    }
    if (slow > 0) {
      described.put("slow", slow);
      described.put("slowPauseMillis", slowPause.toMillis());
    }
    described.putAll(disruption.described());
    described.putAll(connection.described());
    return described;
  }

  /** Sets what differs from the defaults. Not thread-safe. */
  public static final class Builder {
    private final URI url;
    private final List<URI> others = new ArrayList<>();
    private int rooms = 1;
    private int publishers = 1;
    private int subscribers = 10;
    private long messages = 10_000;
    private int window = 64;
    private int size;
    private long seed = ThreadLocalRandom.current().nextLong(ReplyForm.MAX_RANDOM);
    private int slow;
    private Duration slowPause = Duration.ofMillis(200);
    private Duration drain = Duration.ofSeconds(10);
    private Duration every;
    private boolean reconnect;
    private Duration reconnectLimit = Duration.ofSeconds(60);
    private ConnectionOptions connection = ConnectionOptions.NONE;

    private Builder(URI url) {
      this.url = url;
    }

    /**
     * A further server of the same rooms.
     *
     * @throws IllegalArgumentException with a sentence, if it is no {@code ws} or {@code wss} URL
     */
    public Builder also(String url) {
      others.add(RunPlan.parse(url));
      return this;
    }

    /** How many rooms. */
    public Builder rooms(int value) {
      rooms = value;
      return this;
    }

    /** How many publishers each room has. */
    public Builder publishers(int value) {
      publishers = value;
      return this;
    }

    /** How many subscribers each room has. */
    public Builder subscribers(int value) {
      subscribers = value;
      return this;
    }

    /** How many messages all publishers publish together. */
    public Builder messages(long value) {
      messages = value;
      return this;
    }

    /** How many messages of a publisher may be on their way back to it. */
    public Builder window(int value) {
      window = value;
      return this;
    }

    /** What each message is padded to, in bytes. */
    public Builder size(int value) {
      size = value;
      return this;
    }

    /** What the content of the messages is made from. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** How many subscribers of each room read slowly. */
    public Builder slow(int value) {
      slow = value;
      return this;
    }

    /** How long these read nothing after each read. */
    public Builder slowPause(Duration value) {
      slowPause = value;
      return this;
    }

    /** How long to wait for a message since the last one. */
    public Builder drain(Duration value) {
      drain = value;
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
    public FanoutPlan build() {
      return new FanoutPlan(
          url,
          others,
          rooms,
          publishers,
          subscribers,
          messages,
          window,
          size,
          seed,
          slow,
          slowPause,
          drain,
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
