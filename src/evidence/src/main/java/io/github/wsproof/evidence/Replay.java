package io.github.wsproof.evidence;

import io.github.wsproof.client.Latency;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.TimelineRecorder;
import io.github.wsproof.client.Versions;
import io.github.wsproof.ledger.Account;
import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Recorded events, told to a ledger again.
 *
 * <p>A line that is missing may be the very reply that seems lost: if the problems alone can
 * explain every loss, the messages are in doubt, not lost.
 */
final class Replay {
  private static final long MOST_SKIPPED = 10_000_000;

  private final Messages messages;
  private final Problems problems;
  private final Ledger ledger;
  private final Latency latency = new Latency();
  private final TimelineRecorder timeline = new TimelineRecorder();
  private final Map<Identity, Long> sentNanos = new HashMap<>();
  private final Set<Integer> open = new HashSet<>();
  private final Set<Integer> closed = new HashSet<>();
  private final List<Report.Epoch> epochs = new ArrayList<>();
  private boolean anySent;
  private boolean anyReceived;
  private long firstSentNanos;
  private long lastReceivedNanos;
  private long nowNanos;
  private long answered;
  private long bytes;
  private int longest;

  Replay(Messages messages, Format format, Problems problems) {
    this.messages = messages;
    this.problems = problems;
    ledger = new Ledger(messages, format, new Events());
  }

  private final class Events implements Ledger.Listener {
    @Override
    public void answered(int connection, long sequence) {
      answered++;
      Long sent = sentNanos.remove(new Identity(connection, sequence));
      if (sent != null) {
        latency.record(nowNanos - sent);
        timeline.answered(nowNanos, Math.max(0, nowNanos - sent));
      }
    }

    @Override
    public void anomaly(Anomaly anomaly) {
      timeline.anomaly(nowNanos);
    }
  }

  void opened(int connection, ReplyForm form, Receipts receipts, String where) {
    boolean again = closed.contains(connection) && ledger.isEnded(connection);
    if (connection < 0 || connection > 10_000_000 || isKnown(connection) && !again) {
      problems.malformed(where, "opens connection " + connection + " again", null);
      return;
    }
    closed.remove(connection);
    ledger.opened(connection, form, receipts);
    open.add(connection);
  }

  private boolean isKnown(int connection) {
    return open.contains(connection) || closed.contains(connection);
  }

  /** A message was sent. */
  void sent(int connection, long sequence, byte[] content, long nanos, String where) {
    if (!open.contains(connection)) {
      problems.malformed(where, "sends on connection " + connection + ", which is not open", null);
      return;
    }
    long next = ledger.sent(connection);
    if (sequence < next && ledger.inDoubt(connection).contains(sequence)) {
      // Sent again, by a client that was told to: --resend.
      ledger.resend(connection, sequence);
      return;
    }
    if (sequence < next || sequence - next > MOST_SKIPPED) {
      problems.malformed(
          where,
          "sends message " + connection + "/" + sequence + " where " + next + " was to come",
          null);
      return;
    }
    Identity identity = new Identity(connection, sequence);
    if (content != null && !Arrays.equals(content, messages.content(identity))) {
      problems.malformed(where, "holds other content than message " + identity, null);
    }
    if (sequence > next) {
      problems.malformed(
          where,
          String.format("follows %d/%d: what was sent in between is missing", connection, next - 1),
          null,
          sequence - next);
    }
    while (ledger.sent(connection) < sequence) {
      ledger.send(connection);
    }
    ledger.send(connection);
    sentNanos.put(identity, nanos);
    if (!anySent) {
      anySent = true;
      firstSentNanos = nanos;
    }
    longest = Math.max(longest, messages.length(identity));
    bytes += messages.length(identity);
  }

  /** A reply came. */
  void received(int connection, byte[] content, boolean binary, long nanos, String where) {
    if (!isKnown(connection)) {
      problems.malformed(
          where, "receives on connection " + connection + ", which is not open", null);
      return;
    }
    if (content == null) {
      problems.malformed(where, "holds a reply of which only length and crc are known", null);
      return;
    }
    nowNanos = nanos;
    ignored(content, nanos);
    ledger.reply(connection, content, binary);
  }

  /** A reply came that the run did not account for. */
  void ignored(byte[] content, long nanos) {
    lastReceivedNanos = nanos;
    anyReceived = true;
    bytes += content == null ? 0 : content.length;
  }

  /** A connection ended. */
  void closed(Report.Epoch epoch, boolean inDoubt, String where) {
    if (!open.remove(epoch.connection())) {
      problems.malformed(
          where, "closes connection " + epoch.connection() + ", which is not open", null);
      return;
    }
    closed.add(epoch.connection());
    epochs.add(epoch);
    if (inDoubt) {
      ledger.ended(epoch.connection());
    }
  }

  long unanswered(int connection) {
    return open.contains(connection) ? ledger.unanswered(connection) : 0;
  }

  /** Nothing more is known: what is unanswered on open connections is in doubt. */
  void cutOff() {
    open.forEach(ledger::ended);
  }

  long sent() {
    return ledger.account(Long.MAX_VALUE).counts().sent();
  }

  /**
   * The outcome.
   *
   * @param planned what the recording says, or -1 for what was sent
   * @param whole whether the recording says that it is
   */
  Report report(Report.RunInfo info, long planned, boolean whole, List<String> reasons) {
    Account account = ledger.account(Math.max(planned, sent()));
    boolean explained = account.counts().lost() <= problems.count();
    Counts counts = explained ? lostInDoubt(account.counts()) : account.counts();
    Verdict verdict = Verdict.of(counts, info.acceptsRecovered());
    if (verdict == Verdict.PASS && (problems.count() > 0 || !whole)) {
      verdict = Verdict.INCONCLUSIVE;
    }
    double seconds = anySent && anyReceived ? (lastReceivedNanos - firstSentNanos) / 1e9 : 0;
    seconds = Math.max(0, seconds);
    return new Report(
        Versions.WSPROOF,
        verdict,
        reasons,
        finished(info, counts.planned(), seconds, account.receipts()),
        counts,
        account.receipts() ? legs(account, explained) : null,
        explained ? inDoubt(account.anomalies()) : account.anomalies(),
        new Report.Rate(perSecond(answered, seconds), perSecond(bytes, seconds)),
        new Report.Latencies(latency.percentiles(), null),
        latency.encoded(),
        epochs,
        null,
        timeline.timeline(),
        null);
  }

  private Report.RunInfo finished(
      Report.RunInfo info, long planned, double seconds, boolean receipts) {
    return new Report.RunInfo(
        info.id(),
        info.seed(),
        info.url(),
        info.startedAt(),
        seconds,
        planned,
        info.connections(),
        info.window(),
        info.perConnection(),
        longest,
        info.binary(),
        receipts,
        info.expect(),
        info.interrupted(),
        info.options());
  }

  private static Counts lostInDoubt(Counts c) {
    return new Counts(
        c.planned(),
        c.sent(),
        c.delivered(),
        0,
        c.duplicated(),
        c.reordered(),
        c.corrupted(),
        c.misdelivered(),
        c.unexpected(),
        c.inDoubt() + c.lost(),
        c.neverSent(),
        c.recovered(),
        c.gone(),
        c.foreignRoom());
  }

  private static List<Anomaly> inDoubt(List<Anomaly> anomalies) {
    return anomalies.stream()
        .map(
            a ->
                a.kind() != Kind.LOST
                    ? a
                    : new Anomaly(
                        Kind.IN_DOUBT,
                        a.connection(),
                        a.sequence(),
                        Leg.UNKNOWN,
                        "unanswered, and its reply may be in a line that is malformed or missing",
                        a.expected(),
                        a.actual()))
        .toList();
  }

  private static Map<Leg, Map<Kind, Long>> legs(Account account, boolean explained) {
    Map<Leg, Map<Kind, Long>> legs = new EnumMap<>(Leg.class);
    account
        .legs()
        .forEach(
            (leg, kinds) -> {
              Map<Kind, Long> copy = new EnumMap<>(kinds);
              if (explained) {
                copy.put(Kind.LOST, 0L);
              }
              legs.put(leg, copy);
            });
    return legs;
  }

  private static double perSecond(long count, double seconds) {
    return seconds == 0 ? 0 : Math.round(count / seconds);
  }
}
