package io.github.wsproof.client;

import io.github.wsproof.ledger.Anomaly;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.ReplyForm;

/** Two listeners as one. */
record BothListeners(RunListener first, RunListener second) implements RunListener {
  @Override
  public void started(String runId, RunPlan plan, String startedAt) {
    first.started(runId, plan, startedAt);
    second.started(runId, plan, startedAt);
  }

  @Override
  public void opened(int connection, ReplyForm form, Receipts receipts, long nanos) {
    first.opened(connection, form, receipts, nanos);
    second.opened(connection, form, receipts, nanos);
  }

  @Override
  public void sent(int connection, long sequence, byte[] content, long nanos) {
    first.sent(connection, sequence, content, nanos);
    second.sent(connection, sequence, content, nanos);
  }

  @Override
  public void received(int connection, byte[] content, boolean binary, long nanos) {
    first.received(connection, content, binary, nanos);
    second.received(connection, content, binary, nanos);
  }

  @Override
  public void ignored(int connection, byte[] content, boolean binary, long nanos) {
    first.ignored(connection, content, binary, nanos);
    second.ignored(connection, content, binary, nanos);
  }

  @Override
  public void closed(Report.Epoch epoch, boolean inDoubt, long nanos) {
    first.closed(epoch, inDoubt, nanos);
    second.closed(epoch, inDoubt, nanos);
  }

  @Override
  public void finished(Report report, long nanos) {
    first.finished(report, nanos);
    second.finished(report, nanos);
  }

  @Override
  public void answered(int connection, long sequence) {
    first.answered(connection, sequence);
    second.answered(connection, sequence);
  }

  @Override
  public void anomaly(Anomaly anomaly) {
    first.anomaly(anomaly);
    second.anomaly(anomaly);
  }

  @Override
  public void soFar(Counts counts, long inFlight, long nanos) {
    first.soFar(counts, inFlight, nanos);
    second.soFar(counts, inFlight, nanos);
  }
}
