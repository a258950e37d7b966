package io.github.wsproof.benchmarks;

/** What is done by every client in turn. */
enum Work {
  /** Nothing is in flight but the one message: the cost of a round trip. */
  WINDOW_1("1 connection, window 1, both ends on one CPU", 1, 1, true, false),
  /** The cost of a message when the sockets are always busy. */
  WINDOW_1024("1 connection, window 1024", 1, 1024, false, false),
  /** As above, as many would set it. */
  WINDOW_256("1 connection, window 256", 1, 256, false, false),
  /** Many sockets that are ready a few at a time. */
  CONNECTIONS_100("100 connections, window 1", 100, 1, false, false),
  /** What a user waits for: the runtime's start and the first, cold messages. */
  PROCESS_1("10,000 messages as a whole process, window 1", 1, 1, false, true),
  /** As above, with what {@code wsproof verify} does by default. */
  PROCESS_64("10,000 messages as a whole process, window 64", 1, 64, false, true);

  /** What a whole process sends. */
  static final long PROCESS_MESSAGES = 10_000;

  final String title;
  final int connections;
  final int window;

  /** Whether client and server share CPU 0; else the system places them. */
  final boolean pinned;

  /** Whether the time of the process counts, from its start to its end; else its own rate. */
  final boolean wholeProcess;

  Work(String title, int connections, int window, boolean pinned, boolean wholeProcess) {
    this.title = title;
    this.connections = connections;
    this.window = window;
    this.pinned = pinned;
    this.wholeProcess = wholeProcess;
  }
}
