package io.github.wsproof.ledger;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.ledger.ConnectionLedger.Answer;
import io.github.wsproof.ledger.ConnectionLedger.Stray;
import io.github.wsproof.ledger.ReceiptTrail.Arrival;
import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.protocol.ReplyForm.Fit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * The account of one run: what was sent and what came back goes in, counts and anomalies come out.
 *
 * <p>Assumes that events are told in the order in which they happened, and that the caller has
 * waited for outstanding replies before it takes the {@link #account}. Memory depends on the number
 * of connections, the messages in flight and what is missing, never on the number of messages.
 *
 * <p>Not thread-safe: owned by the thread that owns its connections.
 */
public final class Ledger {
  /** The most anomalies of a kind that are kept as examples; counts are exact all the same. */
  public static final int SAMPLE = 100;

  private static final int EXCERPT_CHARS = 200;

  /** Where in a reply an empty message is looked for, if its form does not tell. */
  private static final int MOST_EMPTY_REPLY_BYTES = 1024;

  /** Is told what replies turn out to be, as they come. */
  public interface Listener {
    /** Listens to nothing. */
    Listener NONE = new Listener() {};

    /** The first reply to a message came on its connection, right or corrupted. */
    default void answered(int connection, long sequence) {}

    /** A reply is an anomaly, or makes one of its message. */
    default void anomaly(Anomaly anomaly) {}
  }

  /** A reply on another connection to a message that had been answered. */
  private record StrayDuplicate(ConnectionLedger owner, Stray stray) {}

  private final Messages messages;
  private final Format format;
  private final Listener listener;
  private final MessageReader reader;
  private final Nearest nearest;

  /** The present life of each connection; null before it is opened. */
  private final List<ConnectionLedger> connections = new ArrayList<>();

  /** The lives before, by connection, the first one first. */
  private final Map<Integer, List<ConnectionLedger>> past = new HashMap<>();

  private final List<StrayDuplicate> strayDuplicates = new ArrayList<>();
  private final EnumMap<Kind, List<Anomaly>> samples = new EnumMap<>(Kind.class);
  private final long[][] events = new long[Kind.values().length][Leg.values().length];
  private long delivered;
  private long recovered;

  /**
   * An empty ledger.
   *
   * @param messages the messages of the run
   * @param binary whether messages are sent, and replies expected, as binary
   * @param listener is told of each reply; called on the ledger's thread
   */
  public Ledger(Messages messages, boolean binary, Listener listener) {
    this(messages, binary ? Format.BINARY : Format.TEXT, listener);
  }

  /**
   * An empty ledger.
   *
   * @param messages the messages of the run
   * @param format whether messages are sent, and replies expected, as text or binary
   * @param listener is told of each reply; called on the ledger's thread
   */
  public Ledger(Messages messages, Format format, Listener listener) {
    this.messages = messages;
    this.format = format;
    this.listener = listener;
    this.reader = new MessageReader(messages);
    this.nearest = new Nearest(messages);
  }

  /**
   * A connection was opened, or again after it {@linkplain #ended ended}: what was in flight then
   * stays in doubt, unless it is answered now or sent {@linkplain #resend again}.
   *
   * @param connection its number, from 0
   * @param form what its replies look like
   * @param receipts whether its replies carry receipts; the server counts from 1 again
   */
  public void opened(int connection, ReplyForm form, Receipts receipts) {
    while (connections.size() <= connection) {
      connections.add(null);
    }
    ConnectionLedger before = connections.get(connection);
    if (before != null && !before.ended) {
      throw new IllegalStateException("opened before: connection=" + connection);
    }
    if (before != null) {
      past.computeIfAbsent(connection, c -> new ArrayList<>()).add(before);
    }
    long base = before == null ? 0 : before.nextSequence();
    connections.set(connection, new ConnectionLedger(connection, form, receipts, base));
  }

  /** The connection's next message is being sent; returns its sequence. */
  public long send(int connection) {
    return connections.get(connection).send();
  }

  /**
   * A message in doubt is being sent again; before new ones.
   *
   * @throws IllegalArgumentException if it is not {@linkplain #inDoubt in doubt}
   */
  public void resend(int connection, long sequence) {
    ConnectionLedger life = lifeOf(connection, sequence);
    ConnectionLedger present = connections.get(connection);
    long slot = life == null || life == present ? -1 : life.slotOf(sequence);
    if (slot < 0 || !life.inDoubt().contains(slot)) {
      throw new IllegalArgumentException("is not in doubt: " + connection + "/" + sequence);
    }
    life.handedOver.add(slot);
    present.resend(sequence);
  }

  /** The messages that the lives of a connection have left in doubt, in the order of sending. */
  public List<Long> inDoubt(int connection) {
    List<Long> sequences = new ArrayList<>();
    for (ConnectionLedger life : lives(connection)) {
      life.inDoubt().forEach(slot -> sequences.add(life.sequenceOf(slot)));
    }
    sequences.sort(null);
    return sequences;
  }

  /** How many messages of the connection were sent, each counted once. */
  public long sent(int connection) {
    return connections.get(connection).nextSequence();
  }

  private List<ConnectionLedger> lives(int connection) {
    List<ConnectionLedger> lives = new ArrayList<>(past.getOrDefault(connection, List.of()));
    if (connection < connections.size() && connections.get(connection) != null) {
      lives.add(connections.get(connection));
    }
    return lives;
  }

  /** The last life that has sent a message, or null. */
  private ConnectionLedger lifeOf(int connection, long sequence) {
    if (connection >= connections.size() || connections.get(connection) == null) {
      return null;
    }
    ConnectionLedger present = connections.get(connection);
    if (present.slotOf(sequence) >= 0) {
      return present;
    }
    List<ConnectionLedger> before = past.getOrDefault(connection, List.of());
    for (int i = before.size() - 1; i >= 0; i--) {
      if (before.get(i).slotOf(sequence) >= 0) {
        return before.get(i);
      }
    }
    return null;
  }

  /** The connection ended, however; what is in flight on it is in doubt. */
  public void ended(int connection) {
    connections.get(connection).ended = true;
  }

  /** Whether the connection ended, so that what is in flight on it is in doubt. */
  public boolean isEnded(int connection) {
    return connections.get(connection).ended;
  }

  /** Messages that hold a slot of the connection's window. */
  public long inFlight(int connection) {
    return connections.get(connection).inFlight();
  }

  /** Messages of the connection's present life that have had no reply on it. */
  public long unanswered(int connection) {
    return connections.get(connection).unanswered();
  }

  /** Whether the connection's replies carry receipts. */
  public boolean receipts(int connection) {
    return connections.get(connection).receipts == Receipts.ON;
  }

  /**
   * A reply came.
   *
   * @param connection where it came
   * @param reply its bytes; a text in UTF-8
   * @param binaryReply whether it came as binary
   * @return whether it is, or may be, the reply to the message that closes the connection's account
   */
  public boolean reply(int connection, byte[] reply, boolean binaryReply) {
    ConnectionLedger arrival = connections.get(connection);
    Receipt receipt = arrival.receipts == Receipts.OFF ? null : Receipt.of(reply);
    if (receipt != null && !ReceiptTrail.isPlausible(receipt.count(), arrival.slots())) {
      receipt = null;
    }
    int end = receipt == null ? reply.length : receipt.start();
    boolean whole =
        findWhole(arrival.form, reply, end) && binaryReply == format.isBinary(reader.sequence());
    boolean proved = receipt != null && receipt.crcMatches();
    boolean ofEmpty = !whole && isOfEmpty(arrival.form, reply, end);
    if (arrival.receipts == Receipts.ASKED && (whole || proved || ofEmpty)) {
      arrival.receipts = proved ? Receipts.ON : Receipts.OFF;
    }
    if (whole && (proved || arrival.receipts != Receipts.ON)) {
      return intact(arrival, reply, proved ? receipt : null);
    }
    if (ofEmpty && (proved || arrival.receipts != Receipts.ON)) {
      long slot = emptySlot(arrival, proved ? receipt : null, binaryReply);
      if (slot >= 0) {
        answer(arrival, slot, reply, proved ? receipt : null, null);
        return false;
      }
    }
    return damaged(arrival, reply, end, receipt, binaryReply);
  }

  /** Leaves the reader at a message that stands whole in a reply of the form. */
  private boolean findWhole(ReplyForm form, byte[] reply, int end) {
    int at = form.messageOffset();
    if (at >= 0) {
      return isWholeAt(form, reply, at, end);
    }
    for (at = MessageReader.next(reply, 0); at >= 0; at = MessageReader.next(reply, at + 1)) {
      if (isWholeAt(form, reply, at, end)) {
        return true;
      }
    }
    return false;
  }

  private boolean isWholeAt(ReplyForm form, byte[] reply, int at, int end) {
    return reader.identityAt(reply, at)
        && reader.contentMatches(reply)
        && reader.end() <= end
        && form.fit(reply, at, reader.end(), end) == Fit.FITS
        && !(form.hasAny() && holdsAnother(reply));
  }

  private boolean holdsAnother(byte[] reply) {
    MessageReader other = new MessageReader(messages);
    for (int at = MessageReader.next(reply, 0); at >= 0; at = MessageReader.next(reply, at + 1)) {
      if (other.identityAt(reply, at)
          && (other.sequence() != reader.sequence() || other.connection() != reader.connection())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a reply is that to an empty message: of the form, with nothing where the message is.
   */
  private boolean isOfEmpty(ReplyForm form, byte[] reply, int end) {
    if (!messages.hasEmpty()) {
      return false;
    }
    int at = form.messageOffset();
    int last = at >= 0 ? at : Math.min(end, MOST_EMPTY_REPLY_BYTES);
    for (at = Math.max(0, at); at <= Math.min(last, end); at++) {
      if (form.fit(reply, at, at, end) == Fit.FITS) {
        return !form.hasAny() || identities(reply).isEmpty();
      }
    }
    return false;
  }

  /**
   * The empty message that a reply answers, which names none: the one that the server must have
   * counted so, else the first in flight, else the first that was overtaken; where all are answered
   * the last of them, again. -1 where none was sent.
   *
   * @param proved one with a right crc, or null
   */
  private long emptySlot(ConnectionLedger c, Receipt proved, boolean binaryReply) {
    LongPredicate isCandidate =
        slot ->
            messages.isEmpty(c.sequenceOf(slot))
                && format.isBinary(c.sequenceOf(slot)) == binaryReply;
    if (proved != null) {
      long counted = trail(c).sequenceOf(proved.count());
      if (counted >= 0 && c.isSent(counted) && isCandidate.test(counted)) {
        return counted;
      }
    }
    long slot = c.firstInFlight(isCandidate);
    slot = slot >= 0 ? slot : c.firstOvertaken(isCandidate);
    return slot >= 0 ? slot : c.lastAnswered(isCandidate);
  }

  private boolean intact(ConnectionLedger arrival, byte[] reply, Receipt receipt) {
    int owner = reader.connection();
    long sequence = reader.sequence();
    if (owner != arrival.number) {
      stray(arrival, owner, sequence, reply, receipt);
      return false;
    }
    if (sequence == Identity.END_SEQUENCE) {
      if (receipt != null) {
        trail(arrival).close(arrival.slots(), receipt.count());
      }
      return true;
    }
    answerAtHome(arrival, sequence, reply, receipt, null);
    return false;
  }

  /** A reply on its own connection, in this life or a later one. */
  private void answerAtHome(
      ConnectionLedger arrival, long sequence, byte[] reply, Receipt receipt, String damage) {
    long slot = arrival.slotOf(sequence);
    if (slot >= 0) {
      answer(arrival, slot, reply, receipt, damage);
      return;
    }
    ConnectionLedger life = lifeOf(arrival.number, sequence);
    if (life == null) {
      unexpected(arrival, reply, receipt, "no message of that number was sent");
      return;
    }
    if (receipt != null) {
      // The server's counts are of this life: they say nothing of the other one.
      trail(arrival).see(receipt.count());
    }
    answer(life, life.slotOf(sequence), reply, null, damage);
  }

  /**
   * A reply on its own connection to a message that was sent.
   *
   * @param receipt one with a right crc, or null
   * @param damage what is wrong with it, or null
   */
  private void answer(ConnectionLedger c, long slot, byte[] reply, Receipt receipt, String damage) {
    long sequence = c.sequenceOf(slot);
    Stray stray = c.stray(slot);
    Answer answer = c.answer(slot);
    if (answer == Answer.FURTHER) {
      if (damage != null || !wasPhantom(c, slot, receipt)) {
        duplicated(c, sequence, reply, receipt, damage);
      }
      return;
    }
    c.answeredAtAll = true;
    Arrival arrival = receipt == null ? null : trail(c).answered(slot, receipt.count());
    if (damage == null) {
      right(c, slot);
    } else {
      Leg leg = corruptedLeg(c, receipt);
      event(Kind.CORRUPTED, c.number, sequence, leg, damage, reply);
    }
    if (answer == Answer.LATE) {
      String detail = "came after the reply to " + c.sequenceOf(c.highestAnswered());
      event(Kind.REORDERED, c.number, sequence, lateLeg(arrival), detail, reply);
    } else if (answer == Answer.AFTER_STRAY) {
      strayDuplicate(c, sequence, stray, null);
    }
    listener.answered(c.number, sequence);
  }

  /**
   * Whether a reply that was taken for this message, by its receipt's count alone, was that of a
   * phantom: the message's own reply is here now, and the server counted it apart. Then the account
   * is put right.
   */
  private boolean wasPhantom(ConnectionLedger c, long slot, Receipt receipt) {
    long sequence = c.sequenceOf(slot);
    byte[] phantom = receipt == null ? null : c.byReceipt.remove(slot);
    if (phantom == null || trail(c).see(receipt.count()) == Arrival.SEEN) {
      return false;
    }
    events[Kind.CORRUPTED.ordinal()][Leg.OUTBOUND.ordinal()]--;
    samples
        .get(Kind.CORRUPTED)
        .removeIf(a -> a.connection() == c.number && a.sequence() == sequence);
    right(c, slot);
    String detail = "the server counted it, and no message explains it";
    event(Kind.UNEXPECTED, c.number, Anomaly.NO_SEQUENCE, Leg.OUTBOUND, detail, phantom);
    return true;
  }

  /** A message's outcome is right. */
  private void right(ConnectionLedger c, long slot) {
    if (c.isResent(slot)) {
      recovered++;
    } else {
      delivered++;
    }
  }

  private static Leg corruptedLeg(ConnectionLedger c, Receipt receipt) {
    if (receipt != null) {
      return Leg.OUTBOUND;
    }
    if (c.receipts == Receipts.OFF) {
      return Leg.UNKNOWN;
    }
    trail(c).unreadable();
    return c.receipts == Receipts.ON ? Leg.INBOUND : Leg.UNKNOWN;
  }

  private static Leg lateLeg(Arrival arrival) {
    if (arrival == null) {
      return Leg.UNKNOWN;
    }
    return arrival == Arrival.NEW ? Leg.OUTBOUND : Leg.INBOUND;
  }

  private void duplicated(
      ConnectionLedger c, long sequence, byte[] reply, Receipt receipt, String damage) {
    Leg leg = Leg.UNKNOWN;
    if (receipt != null) {
      leg = trail(c).see(receipt.count()) == Arrival.SEEN ? Leg.INBOUND : Leg.OUTBOUND;
      if (leg == Leg.OUTBOUND) {
        trail(c).duplicatedOutbound();
      }
    }
    String again =
        c.isResent(c.slotOf(sequence)) ? "sent again, and answered before" : "answered before";
    String detail = again + (damage == null ? "" : "; this reply " + damage);
    event(Kind.DUPLICATED, c.number, sequence, leg, detail, reply);
  }

  /** A reply to another connection's message. */
  private void stray(
      ConnectionLedger arrival, int owner, long sequence, byte[] reply, Receipt receipt) {
    if (sequence == Identity.END_SEQUENCE) {
      return;
    }
    ConnectionLedger c = lifeOf(owner, sequence);
    if (c == null) {
      unexpected(arrival, reply, null, "no message of that number was sent");
      return;
    }
    long slot = c.slotOf(sequence);
    Stray stray = new Stray(arrival, receipt == null ? 0 : receipt.count());
    if (c.isOpen(slot)) {
      c.misdeliver(slot, stray);
      listener.anomaly(misdelivered(owner, sequence, stray, Leg.UNKNOWN));
    } else {
      strayDuplicate(c, sequence, stray, reply);
    }
  }

  private void strayDuplicate(ConnectionLedger owner, long sequence, Stray stray, byte[] reply) {
    if (strayDuplicates.size() < SAMPLE * SAMPLE) {
      strayDuplicates.add(new StrayDuplicate(owner, stray));
    }
    String detail = "also answered on connection " + stray.arrival().number;
    event(Kind.DUPLICATED, owner.number, sequence, Leg.UNKNOWN, detail, reply);
  }

  private void unexpected(ConnectionLedger c, byte[] reply, Receipt receipt, String detail) {
    Leg leg = Leg.UNKNOWN;
    if (c.receipts == Receipts.ON) {
      boolean counted = receipt != null && trail(c).see(receipt.count()) != Arrival.SEEN;
      leg = counted ? Leg.OUTBOUND : Leg.INBOUND;
    }
    event(Kind.UNEXPECTED, c.number, Anomaly.NO_SEQUENCE, leg, detail, reply);
  }

  /** A reply that is not a whole message in the expected form. */
  private boolean damaged(
      ConnectionLedger arrival, byte[] reply, int end, Receipt receipt, boolean binaryReply) {
    Receipt proved = receipt != null && receipt.crcMatches() ? receipt : null;
    Set<Identity> held = identities(reply);
    if (held.isEmpty()) {
      attribute(arrival, reply, end, proved);
      return false;
    }
    boolean binary = format.isBinary(held.iterator().next().sequence());
    boolean otherForm = binaryReply != binary;
    String damage = damage(arrival, reply, receipt, binaryReply, otherForm, held.size());
    boolean mayBeEnd = false;
    for (Identity identity : held) {
      if (identity.connection() != arrival.number) {
        stray(arrival, identity.connection(), identity.sequence(), reply, proved);
      } else if (identity.isEnd()) {
        mayBeEnd = true;
      } else {
        answerAtHome(arrival, identity.sequence(), reply, proved, damage);
      }
    }
    return mayBeEnd;
  }

  /** Every message of this run that stands in a reply with a right check, in order. */
  private Set<Identity> identities(byte[] reply) {
    Set<Identity> identities = new LinkedHashSet<>();
    for (int at = MessageReader.next(reply, 0); at >= 0; at = MessageReader.next(reply, at + 1)) {
      if (reader.identityAt(reply, at)) {
        identities.add(new Identity(reader.connection(), reader.sequence()));
      }
    }
    return identities;
  }

  private String damage(
      ConnectionLedger arrival,
      byte[] reply,
      Receipt receipt,
      boolean binaryReply,
      boolean otherForm,
      int held) {
    if (held > 1) {
      return "holds " + held + " messages merged into one reply";
    }
    if (otherForm) {
      return "came as " + (binaryReply ? "binary" : "text") + ", not as it was sent";
    }
    int end = receipt == null ? reply.length : receipt.start();
    if (findWhole(arrival.form, reply, end)) {
      return receipt == null ? "has no receipt" : "has a receipt that its bytes do not match";
    }
    int at = arrival.form.messageOffset();
    if (at >= 0
        && reader.identityAt(reply, at)
        && reader.contentMatches(reply)
        && arrival.form.fit(reply, at, reader.end(), end) == Fit.OUT_OF_RANGE) {
      return "has a number outside the announced range of " + arrival.form;
    }
    return "differs from " + arrival.form;
  }

  /** A reply in which no message of this run is whole enough to be named. */
  private void attribute(ConnectionLedger arrival, byte[] reply, int end, Receipt proved) {
    long slot = nearest.find(arrival, reply, end);
    if (slot == Nearest.NONE && proved != null) {
      slot = byReceipt(arrival, proved);
      if (slot != Nearest.NONE) {
        arrival.byReceipt.put(slot, head(reply));
      }
    }
    if (slot == Nearest.NONE) {
      unexpected(arrival, reply, proved, "is like no outstanding message");
    } else {
      answer(arrival, slot, reply, proved, "is changed beyond its identity");
    }
  }

  /** The message that the server must have counted so: the one behind the last it counted. */
  private static long byReceipt(ConnectionLedger arrival, Receipt proved) {
    if (arrival.trail == null) {
      return Nearest.NONE;
    }
    long slot = arrival.trail.sequenceOf(proved.count());
    return slot >= 0 && arrival.isSent(slot) && arrival.isOpen(slot) ? slot : Nearest.NONE;
  }

  /** As much of a reply as an excerpt shows. */
  private static byte[] head(byte[] reply) {
    return Arrays.copyOf(reply, Math.min(reply.length, 4 * EXCERPT_CHARS));
  }

  private static ReceiptTrail trail(ConnectionLedger c) {
    if (c.trail == null) {
      c.trail = new ReceiptTrail();
    }
    return c.trail;
  }

  private void event(
      Kind kind, int connection, long sequence, Leg leg, String detail, byte[] actual) {
    events[kind.ordinal()][leg.ordinal()]++;
    List<Anomaly> kept = samples.computeIfAbsent(kind, k -> new ArrayList<>());
    if (kept.size() < SAMPLE || listener != Listener.NONE) {
      String expected =
          sequence < 0 || kind == Kind.DUPLICATED ? null : expected(connection, sequence);
      Anomaly anomaly =
          new Anomaly(kind, connection, sequence, leg, detail, expected, excerpt(actual));
      if (kept.size() < SAMPLE) {
        kept.add(anomaly);
      }
      listener.anomaly(anomaly);
    }
  }

  private String expected(int connection, long sequence) {
    return excerpt(messages.content(new Identity(connection, sequence)));
  }

  private static String excerpt(byte[] bytes) {
    if (bytes == null) {
      return null;
    }
    String text = new String(bytes, 0, Math.min(bytes.length, 4 * EXCERPT_CHARS), UTF_8);
    return text.length() <= EXCERPT_CHARS && bytes.length <= 4 * EXCERPT_CHARS
        ? text
        : text.substring(0, Math.min(text.length(), EXCERPT_CHARS)) + "…";
  }

  /**
   * What is known while the run goes on. What is in flight is in no count: it is {@code sent} less
   * the outcomes.
   */
  public Counts soFar() {
    long sent = 0;
    long lost = 0;
    long misdelivered = 0;
    long inDoubt = 0;
    for (ConnectionLedger life : opened()) {
      sent += life.fresh();
      lost += life.overtaken.size();
      misdelivered += life.misdelivered.size();
      inDoubt += life.inDoubt().size();
    }
    return new Counts(
        sent,
        sent,
        delivered,
        lost,
        eventsOf(Kind.DUPLICATED),
        eventsOf(Kind.REORDERED),
        eventsOf(Kind.CORRUPTED),
        misdelivered,
        eventsOf(Kind.UNEXPECTED),
        inDoubt,
        0,
        recovered,
        0,
        0);
  }

  private long eventsOf(Kind kind) {
    return Arrays.stream(events[kind.ordinal()]).sum();
  }

  /**
   * Adds up what is known now. What is unanswered on a connection that has not {@link #ended}
   * counts as lost: wait for it first.
   *
   * @param planned how many messages the run planned, at least as many as were sent
   */
  public Account account(long planned) {
    return new Closing(planned).account();
  }

  /** The outcomes and legs that only the end can tell. */
  private final class Closing {
    private final long planned;
    private final long[][] byLeg = new long[Kind.values().length][];
    private final EnumMap<Kind, List<Anomaly>> found = new EnumMap<>(Kind.class);
    private final Map<ConnectionLedger, Long> strays = new HashMap<>();

    Closing(long planned) {
      this.planned = planned;
      for (Kind kind : Kind.values()) {
        byLeg[kind.ordinal()] = events[kind.ordinal()].clone();
        found.put(kind, new ArrayList<>(samples.getOrDefault(kind, List.of())));
      }
    }

    Account account() {
      opened().forEach(c -> c.explained = 0);
      strayDuplicates.forEach(d -> strays.merge(d.stray.arrival(), 1L, Long::sum));
      for (ConnectionLedger c : opened()) {
        c.misdelivered.values().forEach(s -> strays.merge(s.arrival(), 1L, Long::sum));
      }
      for (StrayDuplicate duplicate : strayDuplicates) {
        Leg leg = strayLeg(duplicate.owner, duplicate.stray, true);
        byLeg[Kind.DUPLICATED.ordinal()][Leg.UNKNOWN.ordinal()]--;
        byLeg[Kind.DUPLICATED.ordinal()][leg.ordinal()]++;
      }
      for (ConnectionLedger c : opened()) {
        c.misdelivered.forEach((slot, stray) -> closeMisdelivered(c, slot, stray));
      }
      for (ConnectionLedger c : opened()) {
        closeLost(c);
        c.inDoubt().forEach(slot -> closeInDoubt(c, c.sequenceOf(slot)));
      }
      Counts counts = counts();
      List<Anomaly> all = new ArrayList<>();
      found.values().forEach(all::addAll);
      return new Account(counts, Verdict.of(counts), allReceipts(), legs(), all);
    }

    private void closeMisdelivered(ConnectionLedger c, long slot, Stray stray) {
      Leg leg = strayLeg(c, stray, false);
      byLeg[Kind.MISDELIVERED.ordinal()][leg.ordinal()]++;
      keep(misdelivered(c.number, c.sequenceOf(slot), stray, leg));
    }

    /** Whose count does the reply's receipt continue: that of the owner, or of where it arrived? */
    private Leg strayLeg(ConnectionLedger owner, Stray stray, boolean copy) {
      ConnectionLedger arrival = stray.arrival();
      if (stray.count() == 0 || owner.trail == null || arrival.trail == null) {
        return Leg.UNKNOWN;
      }
      boolean ofOwner = owner.trail.mayOwn(stray.count(), owner.slots());
      boolean ofArrival =
          arrival.trail.mayHaveCounted(stray.count(), strays.getOrDefault(arrival, 0L));
      if (ofOwner == ofArrival) {
        // A copy of a reply that also came home is one that the owner's count has explained.
        return copy && !ofOwner ? Leg.INBOUND : Leg.UNKNOWN;
      }
      ConnectionLedger explains = ofOwner ? owner : arrival;
      if (explains.trail.isMissing(stray.count())) {
        explains.explained++;
      }
      return ofOwner ? Leg.INBOUND : Leg.OUTBOUND;
    }

    private void closeLost(ConnectionLedger c) {
      SequenceSet lost = c.lost();
      if (lost.size() == 0) {
        return;
      }
      long[] legs = byLeg[Kind.LOST.ordinal()];
      ReceiptTrail.Lost proved = null;
      if (c.receipts == Receipts.ON && c.trail != null) {
        proved = c.trail.lost(lost, c.explained);
        legs[Leg.OUTBOUND.ordinal()] += proved.outbound;
        legs[Leg.INBOUND.ordinal()] += proved.inbound;
        legs[Leg.UNKNOWN.ordinal()] += proved.unknown;
      } else {
        legs[Leg.UNKNOWN.ordinal()] += lost.size();
      }
      ReceiptTrail.Lost legOf = proved;
      lost.forEach(
          slot -> {
            Leg leg = legOf == null ? Leg.UNKNOWN : legOf.legOf(slot);
            String detail =
                slot < c.highestAnswered()
                    ? "unanswered, and a later message was answered"
                    : "unanswered, and the connection is still open";
            keep(Kind.LOST, c.number, c.sequenceOf(slot), leg, detail);
          });
    }

    private void closeInDoubt(ConnectionLedger c, long sequence) {
      byLeg[Kind.IN_DOUBT.ordinal()][Leg.UNKNOWN.ordinal()]++;
      keep(Kind.IN_DOUBT, c.number, sequence, Leg.UNKNOWN, "unanswered when the connection ended");
    }

    private void keep(Kind kind, int connection, long sequence, Leg leg, String detail) {
      if (found.get(kind).size() < SAMPLE) {
        String expected = expected(connection, sequence);
        keep(new Anomaly(kind, connection, sequence, leg, detail, expected, null));
      }
    }

    private void keep(Anomaly anomaly) {
      if (found.get(anomaly.kind()).size() < SAMPLE) {
        found.get(anomaly.kind()).add(anomaly);
      }
    }

    private Counts counts() {
      long sent = opened().stream().mapToLong(ConnectionLedger::fresh).sum();
      return new Counts(
          planned,
          sent,
          delivered,
          total(Kind.LOST),
          total(Kind.DUPLICATED),
          total(Kind.REORDERED),
          total(Kind.CORRUPTED),
          total(Kind.MISDELIVERED),
          total(Kind.UNEXPECTED),
          total(Kind.IN_DOUBT),
          planned - sent,
          recovered,
          0,
          0);
    }

    private long total(Kind kind) {
      long total = 0;
      for (long count : byLeg[kind.ordinal()]) {
        total += count;
      }
      return total;
    }

    private boolean allReceipts() {
      boolean any = false;
      for (ConnectionLedger c : opened()) {
        if (c.answeredAtAll && c.receipts != Receipts.ON) {
          return false;
        }
        any |= c.answeredAtAll;
      }
      return any;
    }

    private Map<Leg, Map<Kind, Long>> legs() {
      Map<Leg, Map<Kind, Long>> legs = new EnumMap<>(Leg.class);
      for (Leg leg : Leg.values()) {
        Map<Kind, Long> kinds = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
          if (kind.isFailure()) {
            kinds.put(kind, byLeg[kind.ordinal()][leg.ordinal()]);
          }
        }
        legs.put(leg, kinds);
      }
      return legs;
    }
  }

  /** Every life of every connection. */
  private List<ConnectionLedger> opened() {
    List<ConnectionLedger> lives = new ArrayList<>();
    past.values().forEach(lives::addAll);
    connections.stream().filter(Objects::nonNull).forEach(lives::add);
    return lives;
  }

  private Anomaly misdelivered(int owner, long sequence, Stray stray, Leg leg) {
    return new Anomaly(
        Kind.MISDELIVERED,
        owner,
        sequence,
        leg,
        "answered on connection " + stray.arrival().number,
        expected(owner, sequence),
        null);
  }
}
