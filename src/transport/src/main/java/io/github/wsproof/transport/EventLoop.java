package io.github.wsproof.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * One daemon thread and one {@link Selector}: everything of a connection happens on its loop's
 * thread, in turns. A turn waits for something to do, serves the sockets that are ready, runs the
 * timers that are due and the tasks that were queued, and then writes what all of these have sent.
 *
 * <p>A connection is given to a loop when it is opened and stays there. A task must not block: it
 * holds up every connection of its loop, and {@link #longestTurnNanos()} tells so. What a task
 * throws is handed to the uncaught-exception handler; the loop goes on.
 *
 * <p>Timers are punctual to a few microseconds: the last millisecond before one is due is spent
 * polling, because a selector can wait only whole milliseconds.
 *
 * <p>All public methods may be called from any thread.
 */
public final class EventLoop implements Executor, AutoCloseable {

  private static final Logger LOGGER = Logger.getLogger(EventLoop.class.getName());
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int READ_BUFFER_BYTES = 64 * 1024;
  private static final int WRITE_BUFFER_BYTES = 128 * 1024;
  private static final long CLOSE_BOUND_NANOS = Duration.ofSeconds(2).toNanos();
  private static final long IDLE_SWEEPS_PER_TIMEOUT = 4;

  /** Shared by all connections of the loop; what is in it does not outlive the call it is for. */
  final ByteBuffer readBuffer = ByteBuffer.allocateDirect(READ_BUFFER_BYTES);

  /** Shared by all connections of the loop, like {@link #readBuffer}. */
  final ByteBuffer writeBuffer = ByteBuffer.allocateDirect(WRITE_BUFFER_BYTES);

  /** Made when a connection first inflates. */
  private ByteBuffer inflateBuffer;

  private final Selector selector;
  private final Thread thread;
  private final Thread.UncaughtExceptionHandler uncaught;

  /** Tasks from other threads; {@link #asleep} says whether the selector has to be woken. */
  private final Queue<Runnable> tasksFromElsewhere = new ConcurrentLinkedQueue<>();

  private final AtomicBoolean asleep = new AtomicBoolean();
  private final AtomicBoolean closeRequested = new AtomicBoolean();
  private volatile boolean ended;

  /** Written by the loop's thread only; read by any. */
  private final AtomicLong busyNanos = new AtomicLong();

  private final AtomicLong idleNanos = new AtomicLong();
  private final AtomicLong turns = new AtomicLong();
  private final AtomicLong longestTurnNanos = new AtomicLong();

  // The rest is owned by the loop's thread.
  private final ArrayDeque<Runnable> ownTasks = new ArrayDeque<>();
  private final TimerQueue timers = new TimerQueue();

  /** Of these, none is worth polling for. */
  private final TimerQueue roughTimers = new TimerQueue();

  private final ArrayList<SelectionKey> readyKeys = new ArrayList<>();
  private ArrayList<LoopChannel> toFlush = new ArrayList<>();
  private ArrayList<LoopChannel> flushing = new ArrayList<>();
  private long turnStartNanos;
  private long idleSweepNanos = Long.MAX_VALUE;
  private Timer idleSweep;
  private boolean closing;
  private long closeDeadlineNanos;

  /**
   * Starts a loop that logs what its tasks throw, at level SEVERE through java.util.logging.
   *
   * @param threadName the name of the loop's thread
   * @throws UncheckedIOException if the system gives no selector (out of file descriptors)
   */
  public EventLoop(String threadName) {
    this(
        threadName,
        (thread, thrown) ->
            LOGGER.log(Level.SEVERE, "uncaught on event loop " + thread.getName(), thrown));
  }

  /**
   * Starts a loop.
   *
   * @param threadName the name of the loop's thread
   * @param uncaught is told, on the loop's thread, what a task, a timer or a callback has thrown
   * @throws UncheckedIOException if the system gives no selector (out of file descriptors)
   */
  public EventLoop(String threadName, Thread.UncaughtExceptionHandler uncaught) {
    this.uncaught = uncaught;
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.thread = new Thread(this::run, threadName);
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /**
   * Runs {@code task} on the loop's thread: tasks of one thread in their order, never inside this
   * call, at the latest in the loop's next turn.
   *
   * @throws RejectedExecutionException if the loop has ended
   */
  @Override
  public void execute(Runnable task) {
    if (inLoop() && !ended) {
      ownTasks.add(task);
      return;
    }
    tasksFromElsewhere.add(task);
    if (ended && tasksFromElsewhere.remove(task)) {
      throw new RejectedExecutionException("event loop has ended: " + thread.getName());
    }
    wake();
  }

  /**
   * Runs {@code task} on the loop's thread when {@code delayNanos} have passed (at once if that is
   * not positive).
   *
   * @return a handle to cancel it with
   * @throws RejectedExecutionException if the loop has ended
   */
  public Timer schedule(long delayNanos, Runnable task) {
    return schedule(timers, delayNanos, task);
  }

  /**
   * Like {@link #schedule}, but up to 2 ms late, and without the polling: for what is done every
   * few milliseconds, polling would be a tenth of a CPU, which the peer may be in need of.
   */
  public Timer scheduleRoughly(long delayNanos, Runnable task) {
    return schedule(roughTimers, delayNanos, task);
  }

  private Timer schedule(TimerQueue queue, long delayNanos, Runnable task) {
    Timer timer = new Timer(this, queue, System.nanoTime() + Math.max(0, delayNanos), task);
    if (inLoop()) {
      queue.add(timer);
    } else {
      execute(() -> queue.add(timer));
    }
    return timer;
  }

  /** Shared by all connections of the loop, like {@link #readBuffer}. */
  ByteBuffer inflateBuffer() {
    if (inflateBuffer == null) {
      inflateBuffer = ByteBuffer.allocate(READ_BUFFER_BYTES);
    }
    return inflateBuffer;
  }

  /** Whether the caller is the loop's thread. */
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /** How long the loop has worked in all its finished turns. */
  public long busyNanos() {
    return busyNanos.get();
  }

  /** How long the loop has waited for something to do. A loop that is never idle is saturated. */
  public long idleNanos() {
    return idleNanos.get();
  }

  /** How many turns the loop has finished. */
  public long turns() {
    return turns.get();
  }

  /**
   * The longest time that the loop has worked without looking at its sockets, since it started or
   * since {@link #takeLongestTurnNanos()}: a task that blocked, a pause of the JVM while it was
   * working, a CPU that was taken away. A pause while the loop waited counts as idle; a timer that
   * is late tells of it.
   */
  public long longestTurnNanos() {
    return longestTurnNanos.get();
  }

  /** Returns {@link #longestTurnNanos()} and starts it anew. */
  public long takeLongestTurnNanos() {
    return longestTurnNanos.getAndSet(0);
  }

  /**
   * Closes the loop's connections with code 1001, waits for their peers' answers (2 s at most), and
   * ends the thread. Called from another thread, it returns when that is done; called on the loop,
   * at once. A second call does nothing but wait.
   */
  @Override
  public void close() {
    if (closeRequested.compareAndSet(false, true) && !ended) {
      execute(this::startClosing);
    }
    if (!inLoop()) {
      awaitEnd();
    }
  }

  private void awaitEnd() {
    try {
      thread.join(Duration.ofNanos(2 * CLOSE_BOUND_NANOS).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // For the channels of the loop, on its thread.

  /** When the present turn began, as {@link System#nanoTime()} told it. */
  long nowNanos() {
    return turnStartNanos;
  }

  /** Watches {@code channel}. Refused once the loop is closing. */
  SelectionKey register(SelectableChannel channel, int interestOps, LoopChannel owner)
      throws IOException {
    if (closing || ended) {
      throw new IOException("event loop is closed: " + thread.getName());
    }
    return channel.register(selector, interestOps, owner);
  }

  /**
   * Calls {@link LoopChannel#flush()} at the end of this turn (or of the next, if that has come).
   */
  void flushSoon(LoopChannel channel) {
    toFlush.add(channel);
  }

  /** Calls {@link LoopChannel#checkIdle} on every channel, a few times per {@code timeoutNanos}. */
  void watchIdle(long timeoutNanos) {
    long wanted = Math.max(NANOS_PER_MILLI, timeoutNanos / IDLE_SWEEPS_PER_TIMEOUT);
    if (wanted < idleSweepNanos) {
      idleSweepNanos = wanted;
      if (idleSweep != null) {
        idleSweep.cancel();
      }
      idleSweep = schedule(wanted, this::sweepIdle);
    }
  }

  private void sweepIdle() {
    channels().forEach(channel -> channel.checkIdle(turnStartNanos));
    if (!closing) {
      idleSweep = schedule(idleSweepNanos, this::sweepIdle);
    }
  }

  void uncaught(Throwable thrown) {
    try {
      uncaught.uncaughtException(thread, thrown);
    } catch (Throwable failure) {
      LOGGER.log(Level.SEVERE, "the uncaught-exception handler has thrown", failure);
    }
  }

  private void run() {
    turnStartNanos = System.nanoTime();
    try {
      while (!finished()) {
        turn();
      }
    } catch (IOException | ClosedSelectorException e) {
      uncaught(e);
    } finally {
      end();
    }
  }

  private void turn() throws IOException {
    long turnEndNanos = System.nanoTime();
    long workedNanos = turnEndNanos - turnStartNanos;
    account(workedNanos, busyNanos);
    if (workedNanos > longestTurnNanos.get()) {
      longestTurnNanos.set(workedNanos);
    }
    select(turnEndNanos);
    turnStartNanos = System.nanoTime();
    account(turnStartNanos - turnEndNanos, idleNanos);
    turns.lazySet(turns.get() + 1);
    serveReadyKeys();
    runDueTimers();
    runTasks();
    flushChannels();
  }

  /** A plain store is enough: there is one writer. */
  private static void account(long nanos, AtomicLong sum) {
    sum.lazySet(sum.get() + nanos);
  }

  private void select(long nowNanos) throws IOException {
    if (!ownTasks.isEmpty() || !toFlush.isEmpty()) {
      selector.selectNow(readyKeys::add);
      return;
    }
    asleep.set(true);
    if (!tasksFromElsewhere.isEmpty()) {
      selector.selectNow(readyKeys::add);
    } else {
      await(nowNanos);
    }
    asleep.set(false);
  }

  private void await(long nowNanos) throws IOException {
    long waitNanos = timers.nanosToNext(nowNanos);
    if (closing) {
      waitNanos = Math.min(waitNanos, closeDeadlineNanos - nowNanos);
    }
    if (waitNanos >= NANOS_PER_MILLI) {
      long roughMillis = roughTimers.nanosToNext(nowNanos) / NANOS_PER_MILLI + 1;
      long millis = Math.min(waitNanos / NANOS_PER_MILLI, Math.max(1, roughMillis));
      selector.select(readyKeys::add, millis);
    } else {
      poll(nowNanos + waitNanos);
    }
  }

  private void poll(long deadlineNanos) throws IOException {
    while (selector.selectNow(readyKeys::add) == 0
        && asleep.get()
        && System.nanoTime() - deadlineNanos < 0) {
      Thread.onSpinWait();
    }
  }

  private void wake() {
    if (asleep.get() && asleep.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  private void serveReadyKeys() {
    for (int i = 0; i < readyKeys.size(); i++) {
      SelectionKey key = readyKeys.get(i);
      try {
        if (key.isValid()) {
          ((LoopChannel) key.attachment()).ready(key.readyOps());
        }
      } catch (Throwable thrown) {
        uncaught(thrown);
      }
    }
    readyKeys.clear();
  }

  private void runDueTimers() {
    runDueTimers(timers);
    runDueTimers(roughTimers);
  }

  private void runDueTimers(TimerQueue queue) {
    for (Timer due = queue.pollDue(turnStartNanos);
        due != null;
        due = queue.pollDue(turnStartNanos)) {
      run(due.take());
    }
  }

  /** Runs the tasks that are queued now: what they queue is for the next turn. */
  private void runTasks() {
    for (Runnable task = tasksFromElsewhere.poll(); task != null; task = nextFromElsewhere()) {
      run(task);
    }
    for (int count = ownTasks.size(); count > 0; count--) {
      run(ownTasks.poll());
    }
  }

  /** Senders on other threads must not keep the loop from its sockets. */
  private Runnable nextFromElsewhere() {
    return System.nanoTime() - turnStartNanos < NANOS_PER_MILLI ? tasksFromElsewhere.poll() : null;
  }

  private void run(Runnable task) {
    try {
      if (task != null) {
        task.run();
      }
    } catch (Throwable thrown) {
      uncaught(thrown);
    }
  }

  private void flushChannels() {
    ArrayList<LoopChannel> channels = toFlush;
    toFlush = flushing;
    flushing = channels;
    for (int i = 0; i < channels.size(); i++) {
      try {
        channels.get(i).flush();
      } catch (Throwable thrown) {
        uncaught(thrown);
      }
    }
    channels.clear();
  }

  private void startClosing() {
    closing = true;
    closeDeadlineNanos = System.nanoTime() + CLOSE_BOUND_NANOS;
    channels().forEach(LoopChannel::closeForLoop);
  }

  private boolean finished() {
    return closing && (channels().isEmpty() || System.nanoTime() - closeDeadlineNanos >= 0);
  }

  private List<LoopChannel> channels() {
    List<LoopChannel> channels = new ArrayList<>();
    for (SelectionKey key : selector.keys()) {
      if (key.isValid()) {
        channels.add((LoopChannel) key.attachment());
      }
    }
    return channels;
  }

  private void end() {
    closing = true;
    for (LoopChannel channel : channels()) {
      run(channel::cut);
    }
    ended = true;
    while (!tasksFromElsewhere.isEmpty() || !ownTasks.isEmpty()) {
      run(tasksFromElsewhere.poll());
      run(ownTasks.poll());
    }
    try {
      selector.close();
    } catch (IOException e) {
      uncaught(e);
    }
  }

  /** A task that is to run later; see {@link EventLoop#schedule}. */
  public static final class Timer {

    private final EventLoop loop;
    private final TimerQueue queue;
    final long deadlineNanos;
    private volatile Runnable task;

    Timer(EventLoop loop, TimerQueue queue, long deadlineNanos, Runnable task) {
      this.loop = loop;
      this.queue = queue;
      this.deadlineNanos = deadlineNanos;
      this.task = task;
    }

    /**
     * Makes sure that the task does not start any more, and lets go of it. Of effect from any
     * thread; only on the loop's thread is it certain that the task is not running meanwhile.
     */
    public void cancel() {
      if (take() != null && loop.inLoop()) {
        queue.cancelled();
      }
    }

    boolean isCancelled() {
      return task == null;
    }

    Runnable take() {
      Runnable taken = task;
      task = null;
      return taken;
    }
  }
}
