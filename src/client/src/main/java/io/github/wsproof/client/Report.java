package io.github.wsproof.client;

import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The outcome of a run and what it rests on.
 *
 * @param wsproof the version that ran
 * @param verdict PASS, FAIL or INCONCLUSIVE
 * @param reasons sentences; also, where it passed, what could not be known
 * @param run what was done
 * @param counts exact
 * @param legs how many of each kind on which leg, or null where receipts were not to be had
 * @param anomalies a sample, at most 100 of a kind
 * @param rate how fast
 * @param latencyMicros how long replies took, in microseconds
 * @param histogram the latencies in nanoseconds as an HdrHistogram, compressed, in base64
 * @param epochs the life of each connection
 * @param client what the client can say of itself
 * @param timeline replies over time; null where none was recorded
 * @param merged the runs that were added up to this report; null for a single run
 * @param path what was seen of the path beside the replies; null where nobody looked
 */
public record Report(
    String wsproof,
    Verdict verdict,
    List<String> reasons,
    RunInfo run,
    Counts counts,
    Map<Leg, Map<Kind, Long>> legs,
    List<Anomaly> anomalies,
    Rate rate,
    Latencies latencyMicros,
    String histogram,
    List<Epoch> epochs,
    ClientInfo client,
    Timeline timeline,
    List<RunInfo> merged,
    PathInfo path) {

  /** A report without what was seen of the path. */
  public Report(
      String wsproof,
      Verdict verdict,
      List<String> reasons,
      RunInfo run,
      Counts counts,
      Map<Leg, Map<Kind, Long>> legs,
      List<Anomaly> anomalies,
      Rate rate,
      Latencies latencyMicros,
      String histogram,
      List<Epoch> epochs,
      ClientInfo client,
      Timeline timeline,
      List<RunInfo> merged) {
    this(
        wsproof,
        verdict,
        reasons,
        run,
        counts,
        legs,
        anomalies,
        rate,
        latencyMicros,
        histogram,
        epochs,
        client,
        timeline,
        merged,
        null);
  }

  /**
   * What was seen of the path.
   *
   * @param subprotocol that the server selected; null for none
   * @param ignored replies that were left out of the account: greetings, heartbeats, tickers
   * @param pings null where none were sent
   * @param reconnects how often a connection was opened again
   * @param longestRecoverySeconds the longest time that a connection was cut, of those opened again
   * @param longestSilence null where no reply came
   * @param deflate null where compression was not offered
   * @param server what the answer to the handshake says of who answered, and through whom (its
   *     headers Server and Via); null for nothing
   * @param fanout null where there were no rooms
   */
  public record PathInfo(
      String subprotocol,
      long ignored,
      PingInfo pings,
      long reconnects,
      double longestRecoverySeconds,
      Silence longestSilence,
      DeflateInfo deflate,
      String server,
      FanoutInfo fanout) {

    /** What was seen where there were no rooms. */
    public PathInfo(
        String subprotocol,
        long ignored,
        PingInfo pings,
        long reconnects,
        double longestRecoverySeconds,
        Silence longestSilence,
        DeflateInfo deflate,
        String server) {
      this(
          subprotocol,
          ignored,
          pings,
          reconnects,
          longestRecoverySeconds,
          longestSilence,
          deflate,
          server,
          null);
    }

    /** What came of --reconnect, for people; null where nothing was opened again. */
    public String reopened() {
      return reconnects == 0
          ? null
          : String.format(
              Locale.ROOT,
              "connections were opened again %,d times, the longest after %.1f s",
              reconnects,
              longestRecoverySeconds);
    }
  }

  /**
   * What was published in rooms, beside what each subscriber got: the counts of the report are of
   * deliveries, the latencies from publishing to the last of a room's subscribers that are not
   * slow.
   *
   * @param published messages that were sent
   * @param refused those that the server told it had not taken
   * @param accepted those that any member has got
   * @param inDoubt those that no member has got, and whose publisher was cut off before it heard
   * @param slowed how often a subscriber was closed with 1013 for being slow
   * @param lostEvents joins and leaves that did not come to members that stayed
   * @param eachMicros from publishing to each subscriber that is not slow
   */
  public record FanoutInfo(
      int rooms,
      int publishers,
      int subscribers,
      int slow,
      long published,
      long refused,
      long accepted,
      long inDoubt,
      long slowed,
      long lostEvents,
      Percentiles eachMicros) {

    /** What came of it, for people. */
    public String sentence() {
      return String.format(
          Locale.ROOT,
          "%,d published, %,d accepted%s%s; each to %,d subscribers%s",
          published,
          accepted,
          refused == 0 ? "" : String.format(Locale.ROOT, ", %,d refused", refused),
          inDoubt == 0 ? "" : String.format(Locale.ROOT, ", %,d in doubt", inDoubt),
          subscribers,
          slowed == 0
              ? ""
              : String.format(Locale.ROOT, ", %,d times one was closed for being slow", slowed));
    }
  }

  /**
   * Compression, permessage-deflate. Payload is what messages and replies hold; on the wire are the
   * frames that they went in, headers included.
   *
   * @param offered connections, each of their lives, that opened with the offer
   * @param accepted those of them on which the server agreed
   * @param terms what it agreed to, as in its response; null where it never did
   */
  public record DeflateInfo(
      long offered,
      long accepted,
      String terms,
      long sentBytes,
      long sentWireBytes,
      long receivedBytes,
      long receivedWireBytes) {

    /** What came of it, for people. */
    public String sentence() {
      if (accepted == 0) {
        return "the server did not accept permessage-deflate (--deflate): messages went as they are";
      }
      long payload = sentBytes + receivedBytes;
      long wire = sentWireBytes + receivedWireBytes;
      return String.format(
          Locale.ROOT,
          "%s%s: %,d bytes of messages and replies were %,d on the wire (%.0f %%)",
          terms,
          accepted == offered
              ? ""
              : String.format(Locale.ROOT, " on %,d of %,d connections", accepted, offered),
          payload,
          wire,
          payload == 0 ? 0 : 100.0 * wire / payload);
    }
  }

  /** The longest time in which a connection that was to be answered got no reply, cuts included. */
  public record Silence(int connection, double seconds) {}

  /**
   * Pings during traffic, each with a number of its own.
   *
   * @param unknown pongs that answer no ping of this run, or one that was answered
   * @param roundTripMicros null where none was answered
   */
  public record PingInfo(long sent, long answered, long unknown, Percentiles roundTripMicros) {}

  /**
   * What was done.
   *
   * @param id of the run; each handshake carries it as {@code Wsproof-Run: <id>/<connection>}
   * @param startedAt ISO-8601
   * @param seconds from the first message to the last reply
   * @param size of the longest message, in bytes
   * @param receipts whether the server gave receipts
   * @param interrupted whether it was stopped before its end
   * @param options what else differed from the defaults, by option, without secrets; null for
   *     nothing
   */
  public record RunInfo(
      String id,
      long seed,
      String url,
      String startedAt,
      double seconds,
      long messages,
      int connections,
      int window,
      long perConnection,
      int size,
      boolean binary,
      boolean receipts,
      String expect,
      boolean interrupted,
      Map<String, Object> options) {

    /** Whether a message that was sent again and answered counts as delivered. */
    public boolean acceptsRecovered() {
      return options != null && Boolean.TRUE.equals(options.get("acceptRecovered"));
    }

    /** Whether the server pushed its messages, and the client sent none. */
    public boolean receives() {
      return options != null && Boolean.TRUE.equals(options.get("receive"));
    }

    /** Whether it was about rooms: its messages are deliveries. */
    public boolean fansOut() {
      return options != null && Boolean.TRUE.equals(options.get("fanout"));
    }

    /** A run without further options. */
    public RunInfo(
        String id,
        long seed,
        String url,
        String startedAt,
        double seconds,
        long messages,
        int connections,
        int window,
        long perConnection,
        int size,
        boolean binary,
        boolean receipts,
        String expect,
        boolean interrupted) {
      this(
          id,
          seed,
          url,
          startedAt,
          seconds,
          messages,
          connections,
          window,
          perConnection,
          size,
          binary,
          receipts,
          expect,
          interrupted,
          null);
    }
  }

  /**
   * How fast.
   *
   * @param messagesPerSecond answered messages
   * @param bytesPerSecond payload bytes of messages and replies
   */
  public record Rate(double messagesPerSecond, double bytesPerSecond) {}

  /**
   * How long replies took.
   *
   * @param sent from the moment that a message was sent
   * @param due from the moment that it was due by the rate; null where no rate was set
   */
  public record Latencies(Percentiles sent, Percentiles due) {}

  /** In microseconds. */
  public record Percentiles(
      double min, double p50, double p90, double p99, double p999, double max) {}

  /**
   * One life of a connection.
   *
   * @param openedAt ISO-8601
   * @param closeCode as in RFC 6455 section 7.4; 1006 where no close frame came
   * @param closedBy {@code client}, {@code server} or, without a close frame, {@code nobody}
   * @param epoch 0 for a connection's first life, then counted on
   * @param inFlight messages without a reply when it ended
   * @param recoverSeconds how long the connection had been cut before this life; null for its first
   * @param attempts how often it was tried to open it
   * @param longestSilenceSeconds the longest time without a reply, from its opening on
   * @param resent messages that were sent again in this life
   */
  public record Epoch(
      int connection,
      int epoch,
      String openedAt,
      double seconds,
      int closeCode,
      String closedBy,
      String reason,
      long inFlight,
      Double recoverSeconds,
      int attempts,
      double longestSilenceSeconds,
      long resent) {

    /** A life of which no more is known. */
    public Epoch(
        int connection,
        int epoch,
        String openedAt,
        double seconds,
        int closeCode,
        String closedBy,
        String reason,
        long inFlight) {
      this(
          connection,
          epoch,
          openedAt,
          seconds,
          closeCode,
          closedBy,
          reason,
          inFlight,
          null,
          1,
          0,
          0);
    }
  }

  /**
   * What the client can say of itself.
   *
   * @param stalls gaps of more than 50 ms in which its loop did not run
   * @param gcPauseMillis time in garbage collection
   * @param cpuPercent of one core, of the whole process
   * @param limited whether the client was the limit: it missed its schedule, or its loop was busy
   *     or stalled nearly all the time
   * @param loopBusyPercent of the time that the loop worked; null where the transport cannot tell
   * @param unfinishedSends times that a connection took no message for 5 s
   * @param latestSendMillis how long after its due time a message was sent at the most; 0 without a
   *     rate
   */
  public record ClientInfo(
      long stalls,
      long gcPauseMillis,
      double cpuPercent,
      boolean limited,
      String java,
      String tyrus,
      Double loopBusyPercent,
      long unfinishedSends,
      double latestSendMillis) {}

  /**
   * Replies over time: at most 600 buckets of the same length, 1 ms doubled as often as needed. The
   * lists are of equal length; the first bucket begins at {@code run.startedAt}.
   *
   * @param bucketMillis how long a bucket is
   * @param replies first replies in each bucket
   * @param anomalies replies in each bucket that are anomalies; what is missing has no time
   * @param maxMicros the longest latency of the replies in each bucket, in microseconds
   */
  public record Timeline(
      long bucketMillis, List<Long> replies, List<Long> anomalies, List<Double> maxMicros) {}
}
