package io.github.wsproof.server;

import io.github.wsproof.protocol.StreamMessages;
import jakarta.websocket.CloseReason.CloseCodes;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import redis.clients.jedis.resps.StreamEntry;

/**
 * A stream that several servers share: its messages are made in the store, by one of them at a
 * time, and this is the copy that its receivers on this server read.
 *
 * <p>With a rate, the server that has made the last messages makes the next when they are due, and
 * another one when none has come for a while: so the death of that server needs nobody to notice.
 * Without a rate, the server whose receiver is furthest makes some more ahead of it.
 *
 * <p>Thread-safe.
 */
final class StoredStream extends PushStream implements Store.Followed {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
  private static final long IDLE_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** So long a server waits for the one that has made the last messages. */
  private static final long GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** Made ahead of the furthest receiver, if that is not more than a quarter of what is kept. */
  private static final int MOST_AHEAD = 1_000;

  private final StreamStore store;
  private final BooleanSupplier lasts;
  private final int ahead;

  /** The next message in the store, as far as is known. Guarded by this, as all that follows. */
  private long storeNext;

  /** Whether this server has made the last messages. */
  private boolean ours;

  private boolean making;
  private boolean failed;
  private long notBeforeNanos;
  private long progressNanos;

  /**
   * The copy of a stream of which nothing has been read.
   *
   * @param lasts whether it stays without receivers
   */
  StoredStream(
      StreamStore.Opened opened,
      StreamStore store,
      BooleanSupplier lasts,
      StreamSettings settings,
      EchoSettings echo,
      long nowNanos) {
    super(
        new StreamMessages(opened.name(), opened.run()),
        opened.rate(),
        opened.length(),
        false,
        settings,
        echo,
        opened.startNanos());
    this.store = store;
    this.lasts = lasts;
    this.ahead = Math.max(1, Math.min(MOST_AHEAD, settings.messages() / 4));
    this.ours = opened.begun();
    this.storeNext = opened.next();
    this.progressNanos = nowNanos;
    this.notBeforeNanos = nowNanos;
    begin(Math.max(opened.first(), opened.next() - settings.messages()), nowNanos);
  }

  @Override
  boolean lasts() {
    return lasts.getAsBoolean();
  }

  @Override
  public String logKey() {
    return StreamStore.logKey(messages.name());
  }

  @Override
  public synchronized long place() {
    return log.next();
  }

  /** The next message that this server lacks. */
  synchronized long ownNext() {
    return log.next();
  }

  @Override
  synchronized long next() {
    return Math.max(storeNext, log.next());
  }

  /** It was found in the store again. */
  synchronized void found(long next) {
    storeNext = Math.max(storeNext, next);
  }

  @Override
  void more(long from, int most, long nowNanos) {
    if (from + ahead > log.next() && mayMake(nowNanos)) {
      make(Math.min(ahead, length - log.next()), nowNanos);
    }
  }

  private boolean mayMake(long nowNanos) {
    return !making
        && !ended
        && storeNext <= log.next()
        && log.next() < length
        && nowNanos - notBeforeNanos >= 0;
  }

  private void make(long count, long nowNanos) {
    long[] randoms = new long[(int) count];
    for (int i = 0; i < randoms.length; i++) {
      randoms[i] = random();
    }
    making = store.make(this, log.next(), randoms);
    if (!making) {
      notMade(nowNanos);
    }
  }

  @Override
  long tick(long nowNanos) {
    List<StreamReceiver> woken;
    long waitNanos;
    synchronized (this) {
      log.expire(nowNanos);
      boolean again = failed && nowNanos - notBeforeNanos >= 0;
      // Those who wait want more: it could not be made, and now it may be.
      woken = again && rate == 0 ? takeWaiting() : List.of();
      failed &= !again;
      waitNanos = rate == 0 ? IDLE_LOOK_NANOS : makeWhatIsDue(nowNanos);
      waitNanos = ended || log.next() == length ? -1 : waitNanos;
    }
    woken.forEach(StreamReceiver::wake);
    return waitNanos;
  }

  private long makeWhatIsDue(long nowNanos) {
    if (!mayMake(nowNanos)) {
      return LOOK_NANOS;
    }
    long dueNanos = dueNanos();
    long turnNanos =
        ours ? dueNanos : GRACE_NANOS + (dueNanos - progressNanos > 0 ? dueNanos : progressNanos);
    if (turnNanos - nowNanos > 0) {
      return turnNanos - nowNanos;
    }
    long count = due(nowNanos);
    if (count > 0) {
      make(count, nowNanos);
    }
    return LOOK_NANOS;
  }

  /**
   * The store has answered.
   *
   * @param expected the next message as it was when these were sent
   * @param randoms of those that were made; null if another server was first
   * @param next the next message in the store now
   * @param first the first that it keeps
   */
  void made(long expected, long[] randoms, long next, long first) {
    long nowNanos = System.nanoTime();
    List<StreamReceiver> woken;
    synchronized (this) {
      making = false;
      ours = randoms != null;
      storeNext = next;
      if (ours) {
        take(expected, randoms, nowNanos, nowNanos);
      }
      log.skipTo(Math.min(first, next));
      woken = takeWaiting();
    }
    woken.forEach(StreamReceiver::wake);
  }

  /** The store is away: it is tried again soon. */
  synchronized void notMade(long nowNanos) {
    making = false;
    failed = true;
    notBeforeNanos = nowNanos + AGAIN_NANOS;
  }

  private void take(long from, long[] randoms, long madeNanos, long nowNanos) {
    long end = from + randoms.length;
    if (end <= log.next()) {
      return;
    }
    if (from > log.next()) {
      // What is between is not kept any more.
      log.skipTo(from);
    }
    for (long sequence = log.next(); sequence < end; sequence++) {
      log.append(randoms[(int) (sequence - from)], madeNanos);
    }
    progressNanos = nowNanos;
  }

  @Override
  public void read(List<StreamEntry> entries) {
    for (StreamEntry entry : entries) {
      long[] randoms = numbers(entry.getFields().get("r"));
      long from = entry.getID().getTime() - randoms.length;
      long madeNanos = startNanos + 1_000 * Long.parseLong(entry.getFields().get("t"));
      List<StreamReceiver> woken;
      synchronized (this) {
        if (from + randoms.length > log.next()) {
          ours = store.server().equals(entry.getFields().get("s"));
        }
        take(from, randoms, madeNanos, System.nanoTime());
        storeNext = Math.max(storeNext, log.next());
        woken = takeWaiting();
      }
      woken.forEach(StreamReceiver::wake);
    }
  }

  private static long[] numbers(String list) {
    String[] parts = list.split(",");
    long[] numbers = new long[parts.length];
    for (int i = 0; i < parts.length; i++) {
      numbers[i] = Long.parseLong(parts[i]);
    }
    return numbers;
  }

  /** Messages in a row that this server has. */
  record Rest(long from, long[] randoms) {}

  /** What it has from a message on, or from the first that it keeps. */
  synchronized Rest since(long sequence) {
    long from = Math.max(sequence, log.first());
    return new Rest(from, log.randoms(from, Integer.MAX_VALUE));
  }

  /** The store has again what this server has. */
  void restored(long next, long first) {
    List<StreamReceiver> woken;
    synchronized (this) {
      storeNext = next;
      log.skipTo(Math.min(first, next));
      progressNanos = System.nanoTime();
      woken = takeWaiting();
    }
    woken.forEach(StreamReceiver::wake);
  }

  /** How long ago it was started. */
  long elapsedNanos(long nowNanos) {
    return nowNanos - startNanos;
  }

  /** It is no more what it was: its receivers are closed, and may come again. */
  void end() {
    synchronized (this) {
      ended = true;
    }
    receivers()
        .forEach(
            receiver ->
                receiver.end(CloseCodes.TRY_AGAIN_LATER, "the stream has begun anew; from=0"));
  }

  @Override
  void leave(StreamReceiver receiver, long nowNanos) {
    super.leave(receiver, nowNanos);
    if (receiverCount() == 0) {
      // From now on it is idle.
      store.touch(List.of(this));
    }
  }
}
