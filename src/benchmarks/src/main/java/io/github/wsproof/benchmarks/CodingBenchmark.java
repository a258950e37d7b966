package io.github.wsproof.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.Receipt;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to make a message, to read one in a reply, and to write and read a receipt. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@State(Scope.Thread)
public class CodingBenchmark {
  /** Bytes a message; 0 = as short as can be. */
  @Param({"0", "1024"})
  public int size;

  private Messages messages;
  private MessageReader reader;
  private byte[] reply;
  private byte[] withReceipt;
  private long sequence;

  /** Makes a reply of the size. */
  @Setup
  public void setUp() {
    messages = new Messages(1, size);
    reader = new MessageReader(messages);
    String message = new String(messages.content(new Identity(0, 123_456)), US_ASCII);
    reply = (message + " - 42").getBytes(US_ASCII);
    withReceipt = Receipt.append(reply, 123_457);
  }

  /** A message, from its identity. */
  @Benchmark
  public byte[] makeMessage() {
    return messages.content(new Identity(0, sequence++ & 0xfffff));
  }

  /** A message in a reply: identity, check and every byte of padding. */
  @Benchmark
  public boolean readMessage() {
    return reader.identityAt(reply, 0) && reader.contentMatches(reply);
  }

  /** A receipt, its CRC included. */
  @Benchmark
  public Receipt readReceipt() {
    return Receipt.of(withReceipt);
  }

  /** A receipt, as the server appends it. */
  @Benchmark
  public byte[] appendReceipt() {
    return Receipt.append(reply, 123_457);
  }
}
