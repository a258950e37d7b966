package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.wsproof.ledger.Ledger;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.Receipt;
import io.github.wsproof.protocol.ReplyForm;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to account for a reply that is right and in its place. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class LedgerBenchmark {
  private static final int MESSAGES = 100_000;

  /** Whether replies carry receipts. */
  @Param({"OFF", "ON"})
  public Receipts receipts;

  private final Messages messages = new Messages(1, 0);
  private final byte[][] replies = new byte[MESSAGES][];
  private Ledger ledger;

  /** Makes the replies. */
  @Setup
  public void makeReplies() {
    for (int i = 0; i < MESSAGES; i++) {
      String message = new String(messages.content(new Identity(0, i)), US_ASCII);
      byte[] reply = (message + " - 42").getBytes(US_ASCII);
      replies[i] = receipts == Receipts.ON ? Receipt.append(reply, i + 1) : reply;
    }
  }

  /** A run begins. */
  @Setup(Level.Invocation)
  public void open() {
    ledger = new Ledger(messages, false, Ledger.Listener.NONE);
    ledger.opened(0, ReplyForm.DEFAULT, receipts);
  }

  /** A message sent and its reply accounted for. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public Ledger reply() {
    for (byte[] reply : replies) {
      ledger.send(0);
      ledger.reply(0, reply, false);
    }
    if (ledger.unanswered(0) != 0) {
      throw new IllegalStateException("unanswered: " + ledger.unanswered(0));
    }
    return ledger;
  }
}
