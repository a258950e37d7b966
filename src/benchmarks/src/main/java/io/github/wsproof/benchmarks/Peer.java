package io.github.wsproof.benchmarks;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A client that a user might pick instead, at the same work: {@code Request c/s 0123abcd} sent, the
 * reply awaited and looked at.
 *
 * <p>Arguments: {@code NAME URL CONNECTIONS WINDOW MESSAGES}.
 */
interface Peer {
  /** Opens one connection, and returns what starts its conversation. */
  Runnable open(URI url, Conversation conversation) throws Exception;

  /** Runs one. */
  static void main(String[] args) throws Exception {
    Peer peer =
        switch (args[0]) {
          case "jdk" -> new JdkPeer();
          case "java-websocket" -> new JavaWebSocketPeer();
          case "netty" -> new NettyPeer();
          case "tyrus" -> new TyrusPeer();
          default -> throw new IllegalArgumentException("unknown: peer=" + args[0]);
        };
    int connections = Integer.parseInt(args[2]);
    int window = Integer.parseInt(args[3]);
    long messages = Long.parseLong(args[4]) / connections;
    CountDownLatch done = new CountDownLatch(connections);
    List<Runnable> starts = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      starts.add(peer.open(URI.create(args[1]), new Conversation(i, messages, window, done)));
    }
    long startNanos = System.nanoTime();
    starts.forEach(Runnable::run);
    if (!done.await(5, TimeUnit.MINUTES)) {
      fail(new IllegalStateException("not every reply came"));
    }
    Result.print(messages * connections, System.nanoTime() - startNanos);
    // The clients keep threads of their own.
    Runtime.getRuntime().halt(0);
  }

  /** Ends the process: a peer that lost something has no rate. */
  static void fail(Throwable failure) {
    failure.printStackTrace();
    Runtime.getRuntime().halt(1);
  }
}
