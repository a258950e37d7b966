package io.github.wsproof.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One client, and how it is started.
 *
 * @param name as the tables show it
 * @param kind what it is compared as
 * @param command the command line for a work
 */
record Contender(String name, Kind kind, Command command) {
  /** What a client is compared as. */
  enum Kind {
    OURS,
    LIMIT,
    JVM,
    OTHER
  }

  /** The command line of a client for a work; empty where it does not do that work. */
  interface Command {
    List<String> of(Work work, Target target, long messages);
  }

  static final String OURS = "wsproof";
  static final String WITH_RECEIPTS = "wsproof, receipts on";
  static final String RAW = "raw TCP, selector";

  /** All that are installed here. */
  static List<Contender> all(Options options) throws IOException {
    List<Contender> all = new ArrayList<>();
    all.add(raw(RAW, "selector"));
    all.add(raw("raw TCP, blocking", "blocking"));
    all.add(wsproof(options, OURS, Kind.OURS, "--no-receipts"));
    all.add(wsproof(options, WITH_RECEIPTS, Kind.OURS));
    all.add(started(options, "wsproof, -XX:TieredStopAtLevel=1", "-XX:TieredStopAtLevel=1"));
    all.add(
        started(
            options,
            "wsproof, the same and a class archive",
            "-XX:TieredStopAtLevel=1",
            "-XX:SharedArchiveFile=" + archive(options)));
    all.add(
        wsproof(
            options,
            "wsproof --transport grizzly",
            Kind.JVM,
            "--no-receipts",
            "--transport",
            "grizzly"));
    all.add(peer("Tyrus on Grizzly", "tyrus"));
    all.add(peer("JDK java.net.http", "jdk"));
    all.add(peer("Java-WebSocket", "java-websocket"));
    all.add(peer("Netty", "netty"));
    if (isThere(List.of("node", "-e", "require('ws')"))) {
      all.add(script(options, "node ws", "node", "node-ws.js"));
    }
    if (isThere(List.of("/usr/bin/python3", "-c", "import websockets"))) {
      all.add(script(options, "python3-websockets", "/usr/bin/python3", "python-websockets.py"));
    }
    if (!options.clients().isEmpty()) {
      all.removeIf(contender -> options.clients().stream().noneMatch(contender::isNamed));
    }
    return all;
  }

  /** Whether this is its name up to a comma. */
  private boolean isNamed(String wanted) {
    return name.equals(wanted) || name.startsWith(wanted + ",");
  }

  private static Contender raw(String name, String mode) {
    return new Contender(
        name,
        Kind.LIMIT,
        (work, target, messages) ->
            work.window > 1 || work.wholeProcess || work.connections > 1 && mode.equals("blocking")
                ? List.of()
                : java(
                    RawPingPong.class,
                    mode,
                    target.port(mode.equals("blocking") ? "blocking" : "raw"),
                    work.connections,
                    messages));
  }

  private static Contender wsproof(Options options, String name, Kind kind, String... more) {
    return new Contender(
        name,
        kind,
        (work, target, messages) -> {
          List<String> command = wsproof(options, target);
          add(command, "-c", work.connections, "-w", work.window, "-n", messages);
          if (!work.wholeProcess) {
            add(command, "--json", "-");
          }
          command.addAll(List.of(more));
          return command;
        });
  }

  /** What a launcher could add for a short run; a JAR file cannot. */
  private static Contender started(Options options, String name, String... jvm) {
    return new Contender(
        name,
        Kind.OURS,
        (work, target, messages) -> {
          if (!work.wholeProcess) {
            return List.of();
          }
          List<String> command = wsproof(options, target, jvm);
          add(command, "-w", work.window, "-n", messages);
          return command;
        });
  }

  /** Application class-data sharing: what a run of 10,000 has loaded. */
  private static Path archive(Options options) throws IOException {
    Path archive = options.jar().resolveSibling("wsproof.jsa");
    Files.deleteIfExists(archive);
    List<String> command = new ArrayList<>();
    add(command, javaProgram(), "-XX:ArchiveClassesAtExit=" + archive, "-jar", options.jar());
    command.add("verify");
    Processes.run(command, 60);
    return archive;
  }

  /** {@code wsproof verify} against a target. */
  static List<String> wsproof(Options options, Target target, String... jvm) {
    List<String> command = new ArrayList<>(List.of(javaProgram()));
    command.addAll(List.of(jvm));
    add(command, "-jar", options.jar(), "verify", target.url());
    return command;
  }

  private static Contender peer(String name, String peer) {
    return new Contender(
        name,
        Kind.JVM,
        (work, target, messages) ->
            java(Peer.class, peer, target.url(), work.connections, work.window, messages));
  }

  private static Contender script(Options options, String name, String program, String file) {
    return new Contender(
        name,
        Kind.OTHER,
        (work, target, messages) -> {
          List<String> command = new ArrayList<>();
          add(command, program, options.peers().resolve(file), target.url());
          add(command, work.connections, work.window, messages);
          return command;
        });
  }

  static List<String> java(Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>();
    add(command, javaProgram(), "-cp", System.getProperty("java.class.path"), main.getName());
    add(command, arguments);
    return command;
  }

  private static String javaProgram() {
    return System.getProperty("java.home") + "/bin/java";
  }

  private static void add(List<String> command, Object... arguments) {
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
  }

  private static boolean isThere(List<String> command) {
    try {
      return Processes.run(command, 20).exit() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
