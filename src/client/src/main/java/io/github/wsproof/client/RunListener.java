package io.github.wsproof.client;

import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.ReplyForm;

/**
 * Is told what happens in a run, as it happens, and what the ledger is told, in its order. Called
 * on the run's loop: it must not block long. Times are nanoseconds since the run's start.
 */
public interface RunListener {
  /** Listens to nothing. */
  RunListener NONE = new RunListener() {};

  /** The run begins; called once, before all else. */
  default void started(String runId, RunPlan plan, String startedAt) {}

  /** A connection was opened. */
  default void opened(int connection, ReplyForm form, Receipts receipts, long nanos) {}

  /** A message is being sent. */
  default void sent(int connection, long sequence, byte[] content, long nanos) {}

  /** A reply came. */
  default void received(int connection, byte[] content, boolean binary, long nanos) {}

  /** A reply came that is not accounted for: a greeting, or one that ended the run by its form. */
  default void ignored(int connection, byte[] content, boolean binary, long nanos) {}

  /**
   * A connection ended.
   *
   * @param inDoubt whether what is unanswered and not overtaken is in doubt; else it is lost
   */
  default void closed(Report.Epoch epoch, boolean inDoubt, long nanos) {}

  /**
   * An account of the run so far, as often as the plan wants it.
   *
   * @param counts of what is known by now: {@code neverSent} is 0, and what is in flight is in none
   * @param inFlight messages that are on their way
   */
  default void soFar(Counts counts, long inFlight, long nanos) {}

  /** The run is over; called once, after all else. */
  default void finished(Report report, long nanos) {}

  /** A first reply came. */
  default void answered(int connection, long sequence) {}

  /** A reply is an anomaly. */
  default void anomaly(Anomaly anomaly) {}

  /** Tells each of two listeners, this one first. */
  default RunListener and(RunListener second) {
    return second == NONE ? this : new BothListeners(this, second);
  }
}
