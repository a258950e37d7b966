package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.StreamMessages;
import io.github.wsproof.protocol.StreamReader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The account of one connection that receives a stream: of the messages {@code from} up to {@code
 * from + count}, each of which is to come once, in order and intact.
 *
 * <p>The number in a message decides which one it is. What tells no number, or is of another
 * stream, is taken for the next message, in whose place it came; if that one comes as well, it was
 * {@link Kind#UNEXPECTED}. So one message that is changed or exchanged is one anomaly.
 *
 * <p>Memory grows with anomalies only. Not thread-safe: owned by the loop of a run; it knows no
 * clock.
 */
public final class StreamLedger {
  private static final int SHOWN_CHARACTERS = 200;

  /**
   * A number that no checksum proves is believed so far beyond the next; a larger one if the
   * message behind it goes on from there.
   */
  private static final int LONGEST_LEAP = 1000;

  private final int connection;
  private final StreamReader reader;
  private final long count;
  private final Ledger.Listener listener;
  private final boolean ownForm;

  private long from;
  private long next;
  private long end;

  /** The last message that was said to be gone. */
  private long lastGone = -1;

  /** The highest number that has come intact. */
  private long highest = -1;

  /** The number of the message before, if that was too far ahead to be believed, else -2. */
  private long leap = -2;

  private final RangeSet gone = new RangeSet();
  private final RangeSet missing = new RangeSet();
  private final SequenceSet damaged = new SequenceSet();

  /** Those in whose place something damaged came, and those in whose place a foreign one did. */
  private final SequenceSet displaced = new SequenceSet();

  private final SequenceSet exchanged = new SequenceSet();
  private final Map<Kind, Long> events = new EnumMap<>(Kind.class);
  private final Map<Kind, List<Anomaly>> samples = new EnumMap<>(Kind.class);
  private final Map<Long, Anomaly> claims = new HashMap<>();

  /**
   * An account of which nothing has come.
   *
   * @param reader says what a text is
   * @param from the first message; less than 0: the first that comes
   * @param count how many there are to be, more than 0
   */
  public StreamLedger(
      int connection, StreamReader reader, long from, long count, Ledger.Listener listener) {
    this.connection = connection;
    this.reader = reader;
    this.count = count;
    this.listener = listener;
    this.ownForm = reader.form().equals(StreamMessages.FORM);
    begin(from);
  }

  private void begin(long first) {
    from = first;
    next = first;
    end = first > Long.MAX_VALUE - count ? Long.MAX_VALUE : first + count;
  }

  /** Accounts for what has come. */
  public void received(byte[] content, boolean binary) {
    StreamReader.Found found = reader.read(content);
    if (binary && ownForm && found != StreamReader.Found.DAMAGED) {
      found = StreamReader.Found.DAMAGED;
    }
    if (from < 0) {
      if (found != StreamReader.Found.MESSAGE) {
        unexpected("it came before the first message", content);
        return;
      }
      begin(reader.sequence());
    }
    switch (found) {
      case MESSAGE -> message(reader.sequence(), content);
      case GONE -> gone(reader.sequence(), reader.last(), content);
      case FOREIGN -> foreign(content);
      case DAMAGED -> damaged(content, binary);
    }
  }

  private void message(long sequence, byte[] content) {
    if (!reader.isSealed() && sequence - next > LONGEST_LEAP && next < end) {
      if (sequence != leap + 1) {
        leap = sequence;
        claim(Kind.CORRUPTED, displaced, next, "its number is far ahead", content);
        next++;
        return;
      }
      takeLeap();
    }
    leap = -2;
    if (sequence < from) {
      unexpected("it is message " + sequence + ", and the first to come is " + from, content);
    } else if (sequence >= end) {
      miss(end);
    } else if (sequence >= next) {
      miss(sequence);
      next = sequence + 1;
      delivered(sequence);
    } else if (missing.remove(sequence)) {
      event(Kind.REORDERED, sequence, "it came after message " + highest, content);
      delivered(sequence);
    } else if (displaced.remove(sequence) || exchanged.remove(sequence)) {
      withdrawClaim(sequence);
      if (sequence < highest) {
        event(Kind.REORDERED, sequence, "it came after message " + highest, content);
      }
      delivered(sequence);
    } else if (gone.contains(sequence)) {
      unexpected("it is message " + sequence + ", which was said to be gone", content);
    } else {
      event(Kind.DUPLICATED, sequence, "it came again", content);
    }
  }

  /** The message before was right: all that it leapt over is missing. */
  private void takeLeap() {
    claims.remove(next - 1);
    displaced.remove(next - 1);
    missing.addAll(next - 1, next - 1);
    miss(Math.min(leap, end));
    if (leap < end) {
      next = leap + 1;
      delivered(leap);
    }
  }

  private void delivered(long sequence) {
    highest = Math.max(highest, sequence);
    listener.answered(connection, sequence);
  }

  /** All from the next up to here, which is excluded, has been overtaken. */
  private void miss(long to) {
    missing.addAll(next, to - 1);
    next = Math.max(next, to);
  }

  private void gone(long first, long last, byte[] content) {
    if (last < next) {
      unexpected("it says that " + first + ".." + last + " are gone, which had come", content);
      return;
    }
    lastGone = last;
    miss(Math.min(Math.max(first, next), end));
    long after = Math.min(last + 1, end);
    if (after > next) {
      gone.addAll(next, after - 1);
      sample(
          Kind.GONE,
          next,
          "the server has let go of " + next + ".." + (after - 1) + " before they were received",
          null,
          content);
      next = after;
    }
  }

  private void foreign(byte[] content) {
    String detail = "a message of the stream " + reader.foreign() + " came";
    if (next >= end) {
      unexpected(detail, content);
    } else {
      claim(Kind.MISDELIVERED, exchanged, next, detail + " in its place", content);
      next++;
    }
  }

  private void damaged(byte[] content, boolean binary) {
    String detail = binary ? "it came as binary" : detail();
    long first = reader.sequence();
    long second = reader.isSealed() ? reader.sealedSequence() : first;
    for (long told : new long[] {first, second}) {
      if (told == next && next < end || told >= 0 && missing.contains(told)) {
        missing.remove(told);
        next = Math.max(next, told + 1);
        corrupted(told, detail, content);
        return;
      }
    }
    boolean agree = first >= 0 && first == second;
    if (agree && first >= from && first < next) {
      event(Kind.DUPLICATED, first, "it came again, and " + detail, content);
    } else if (agree && first >= next && first < end && first - next < LONGEST_LEAP) {
      miss(first);
      next = first + 1;
      corrupted(first, detail, content);
    } else if (next < end) {
      claim(Kind.CORRUPTED, displaced, next, detail, content);
      next++;
    } else {
      unexpected("it is no message of the stream", content);
    }
  }

  private String detail() {
    return reader.isSealed()
        ? "its form or its checksum is not that of a message"
        : "its form is not that of a message";
  }

  private void corrupted(long sequence, String detail, byte[] content) {
    if (displaced.remove(sequence) || exchanged.remove(sequence)) {
      withdrawClaim(sequence);
    }
    damaged.add(sequence);
    sample(Kind.CORRUPTED, sequence, detail, expected(sequence), content);
    listener.answered(connection, sequence);
  }

  /** What comes in a message's place is taken for it, as long as that does not come itself. */
  private void claim(Kind kind, SequenceSet taken, long sequence, String detail, byte[] content) {
    taken.add(sequence);
    Anomaly anomaly = anomaly(kind, sequence, detail, expected(sequence), content);
    listener.anomaly(anomaly);
    if (claims.size() < 2 * Ledger.SAMPLE) {
      claims.put(sequence, anomaly);
    }
  }

  private void withdrawClaim(long sequence) {
    Anomaly claim = claims.remove(sequence);
    events.merge(Kind.UNEXPECTED, 1L, Long::sum);
    if (claim != null) {
      keep(
          new Anomaly(
              Kind.UNEXPECTED,
              connection,
              Anomaly.NO_SEQUENCE,
              claim.leg(),
              "it came beside the messages of the stream (" + claim.detail() + ")",
              null,
              claim.actual()));
    }
  }

  private void unexpected(String detail, byte[] content) {
    event(Kind.UNEXPECTED, Anomaly.NO_SEQUENCE, detail, content);
  }

  private void event(Kind kind, long sequence, String detail, byte[] content) {
    events.merge(kind, 1L, Long::sum);
    sample(kind, sequence, detail, null, content);
  }

  private void sample(Kind kind, long sequence, String detail, String expected, byte[] content) {
    Anomaly anomaly = anomaly(kind, sequence, detail, expected, content);
    keep(anomaly);
    listener.anomaly(anomaly);
  }

  private void keep(Anomaly anomaly) {
    List<Anomaly> kept = samples.computeIfAbsent(anomaly.kind(), k -> new ArrayList<>());
    if (kept.size() < Ledger.SAMPLE) {
      kept.add(anomaly);
    }
  }

  private Anomaly anomaly(
      Kind kind, long sequence, String detail, String expected, byte[] content) {
    String actual =
        content == null
            ? null
            : new String(content, 0, Math.min(content.length, 4 * SHOWN_CHARACTERS), UTF_8);
    boolean isLong = actual != null && actual.length() > SHOWN_CHARACTERS;
    return new Anomaly(
        kind,
        connection,
        sequence,
        leg(),
        detail,
        expected,
        isLong ? actual.substring(0, SHOWN_CHARACTERS) + "…" : actual);
  }

  /** Messages go one way only; without a seal it is not proved that the server had sent them. */
  private Leg leg() {
    return reader.isSealed() ? Leg.INBOUND : Leg.UNKNOWN;
  }

  private String expected(long sequence) {
    return reader.form().replace("{sequence}", Long.toString(sequence));
  }

  /** The next message that is to come; less than 0 where none has, and the first decides. */
  public long next() {
    return next;
  }

  /** How many messages have come or been overtaken. */
  public long seen() {
    return next - from;
  }

  /** How many are still to come or to be overtaken. */
  public long left() {
    return end - next;
  }

  /** Whether each message has come in its own content, or is gone. */
  public boolean isComplete() {
    return next == end && missing.size() + displaced.size() + exchanged.size() == 0;
  }

  /** The messages that have been overtaken and have not come, by now. */
  public long missing() {
    return missing.size();
  }

  /** The last message that the server said was gone, or -1. */
  public long lastGone() {
    return lastGone;
  }

  /** How many have come, right and once. */
  public long delivered() {
    return seen() - missing.size() - corrupted() - exchanged.size() - gone.size();
  }

  private long corrupted() {
    return damaged.size() + displaced.size();
  }

  private long of(Kind kind) {
    return switch (kind) {
      case LOST -> missing.size();
      case CORRUPTED -> corrupted();
      case MISDELIVERED -> exchanged.size();
      case GONE -> gone.size();
      default -> events.getOrDefault(kind, 0L);
    };
  }

  /**
   * Adds accounts up.
   *
   * @param planned how many messages were to come in all of them
   */
  public static Account account(Collection<StreamLedger> ledgers, long planned) {
    Map<Kind, Long> sums = new EnumMap<>(Kind.class);
    Map<Leg, Map<Kind, Long>> legs = new EnumMap<>(Leg.class);
    long seen = 0;
    long delivered = 0;
    boolean sealed = !ledgers.isEmpty();
    for (Kind kind : Kind.values()) {
      sums.put(kind, 0L);
    }
    for (Leg leg : Leg.values()) {
      legs.put(leg, new EnumMap<>(Kind.class));
    }
    for (StreamLedger ledger : ledgers) {
      seen += ledger.seen();
      delivered += ledger.delivered();
      sealed &= ledger.reader.isSealed();
      for (Kind kind : Kind.values()) {
        sums.merge(kind, ledger.of(kind), Long::sum);
        if (kind.isFailure()) {
          for (Leg leg : Leg.values()) {
            legs.get(leg).merge(kind, leg == ledger.leg() ? ledger.of(kind) : 0, Long::sum);
          }
        }
      }
    }
    Counts counts =
        new Counts(
            Math.max(planned, seen),
            seen,
            delivered,
            sums.get(Kind.LOST),
            sums.get(Kind.DUPLICATED),
            sums.get(Kind.REORDERED),
            sums.get(Kind.CORRUPTED),
            sums.get(Kind.MISDELIVERED),
            sums.get(Kind.UNEXPECTED),
            0,
            Math.max(0, planned - seen),
            0,
            sums.get(Kind.GONE),
            0);
    return new Account(counts, Verdict.of(counts), sealed, legs, anomalies(ledgers));
  }

  private static List<Anomaly> anomalies(Collection<StreamLedger> ledgers) {
    List<Anomaly> all = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      int before = all.size();
      for (StreamLedger ledger : ledgers) {
        for (Anomaly anomaly : ledger.anomalies(kind)) {
          if (all.size() - before < Ledger.SAMPLE) {
            all.add(anomaly);
          }
        }
      }
    }
    return all;
  }

  private List<Anomaly> anomalies(Kind kind) {
    List<Anomaly> all = new ArrayList<>(samples.getOrDefault(kind, List.of()));
    if (kind == Kind.LOST) {
      missing.first(
          Ledger.SAMPLE,
          sequence ->
              all.add(
                  anomaly(
                      kind,
                      sequence,
                      "later messages came, this one did not",
                      expected(sequence),
                      null)));
    }
    claims.values().stream().filter(claim -> claim.kind() == kind).forEach(all::add);
    return all;
  }
}
