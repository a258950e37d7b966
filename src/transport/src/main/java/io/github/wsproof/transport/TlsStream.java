package io.github.wsproof.transport;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import tlschannel.ClientTlsChannel;
import tlschannel.NeedsReadException;
import tlschannel.NeedsTaskException;
import tlschannel.NeedsWriteException;
import tlschannel.TlsChannel;

/**
 * A socket under TLS. The engine's long tasks (certificates, key agreement) run on the common pool,
 * so that one handshake does not hold up the other connections; meanwhile the stream is deaf.
 *
 * <p>Not thread-safe: owned by the loop's thread.
 */
final class TlsStream implements ByteStream {

  /** A record holds 16 KiB at most; with less room the channel has to buffer. */
  private static final int RECORD_BYTES = 16 * 1024;

  private final TlsChannel channel;
  private final HostCheck hostCheck;
  private final Executor loop;
  private final Runnable resume;
  private boolean taskRunning;
  private boolean wantsToWrite;
  private boolean flushed = true;
  private boolean established;
  private IOException failure;

  /** Says whether the peer's certificate is good for the host, where the engine does not. */
  @FunctionalInterface
  interface HostCheck {
    void verify(SSLEngine engine) throws SSLException;
  }

  /**
   * @param loop where {@code resume} is to run
   * @param resume is called when a long task is done: as if the socket were ready for all
   */
  TlsStream(
      SocketChannel socket, SSLEngine engine, HostCheck hostCheck, Executor loop, Runnable resume) {
    this.channel = ClientTlsChannel.newBuilder(socket, engine).withRunTasks(false).build();
    this.hostCheck = hostCheck;
    this.loop = loop;
    this.resume = resume;
  }

  @Override
  public boolean handshake() throws IOException {
    if (established || taskRunning) {
      return established;
    }
    wantsToWrite = false;
    try {
      channel.handshake();
      hostCheck.verify(channel.getSslEngine());
      established = true;
    } catch (NeedsReadException e) {
      return false;
    } catch (NeedsWriteException e) {
      wantsToWrite = true;
    } catch (NeedsTaskException e) {
      runElsewhere(e.getTask());
    } catch (ClosedChannelException e) {
      throw (IOException)
          new EOFException("the server closed the connection during the TLS handshake")
              .initCause(e);
    }
    return established;
  }

  /** Reads several records if there are: one call of the reader for all of them. */
  @Override
  public int read(ByteBuffer target) throws IOException {
    int start = target.position();
    int count = 0;
    while (failure == null && target.remaining() >= RECORD_BYTES) {
      count = readRecord(target);
      if (count <= 0) {
        break;
      }
    }
    if (target.position() > start) {
      return target.position() - start;
    }
    if (failure != null) {
      throw failure;
    }
    return count;
  }

  private int readRecord(ByteBuffer target) {
    if (taskRunning) {
      return 0;
    }
    wantsToWrite = false;
    try {
      return channel.read(target);
    } catch (NeedsReadException e) {
      return 0;
    } catch (NeedsWriteException e) {
      wantsToWrite = true;
      return 0;
    } catch (NeedsTaskException e) {
      runElsewhere(e.getTask());
      return 0;
    } catch (IOException e) {
      // Bytes that came before it go first; the next read tells.
      failure = e;
      return 0;
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    if (taskRunning) {
      return 0;
    }
    int start = source.position();
    wantsToWrite = false;
    try {
      channel.write(source);
      flushed = true;
    } catch (NeedsReadException e) {
      flushed = source.position() == start && flushed;
    } catch (NeedsWriteException e) {
      flushed = false;
      wantsToWrite = true;
    } catch (NeedsTaskException e) {
      runElsewhere(e.getTask());
    }
    return source.position() - start;
  }

  @Override
  public boolean flushed() {
    return flushed;
  }

  @Override
  public int interestOps(boolean outputPending) {
    if (taskRunning) {
      return 0;
    }
    return outputPending || wantsToWrite
        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
        : SelectionKey.OP_READ;
  }

  @Override
  public boolean readsAhead() {
    return true;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException ignored) {
      // The socket is gone either way, and nothing depends on it any more.
    }
  }

  private void runElsewhere(Runnable task) {
    taskRunning = true;
    ForkJoinPool.commonPool()
        .execute(
            () -> {
              try {
                task.run();
              } finally {
                loop.execute(this::taskDone);
              }
            });
  }

  private void taskDone() {
    taskRunning = false;
    resume.run();
  }
}
