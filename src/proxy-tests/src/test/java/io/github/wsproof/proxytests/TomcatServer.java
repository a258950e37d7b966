package io.github.wsproof.proxytests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;

/** The WAR on Tomcat, as its only application, and what its log says. Thread-safe. */
final class TomcatServer implements AutoCloseable {
  private static final Pattern DISCONNECTED =
      Pattern.compile("disconnect .* run=(\\S+)/\\d+ .* messages=(\\d+) replies=(\\d+) .*");

  /**
   * What the server has written down of a run.
   *
   * @param received messages, of all connections of the run
   * @param replied replies
   */
  record Account(long received, long replied) {}

  /** Held, for the JDK forgets loggers that nobody holds, and their handlers. */
  private final Logger logger = Logger.getLogger("io.github.wsproof.server");

  private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
  private final Tomcat tomcat = new Tomcat();
  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  TomcatServer(Path directory) throws Exception {
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    tomcat.setBaseDir(Files.createDirectories(directory.resolve("webapps")).getParent().toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context context = tomcat.addWebapp("", Path.of(System.getProperty("war")).toString());
    // The endpoints are the WAR's own, not those that these tests have on their class path.
    ((StandardJarScanner) context.getJarScanner()).setScanClassPath(false);
    tomcat.start();
    assertThat(context.getState().isAvailable()).as("the WAR is deployed").isTrue();
  }

  int port() {
    return tomcat.getConnector().getLocalPort();
  }

  /** What a run came to here, once all its connections have ended. */
  Account account(String runId) throws Exception {
    Await.until(
        () -> count("connect ", runId) == count("disconnect ", runId), "the end of " + runId);
    long received = 0;
    long replied = 0;
    for (String line : lines) {
      Matcher matcher = DISCONNECTED.matcher(line);
      if (matcher.matches() && matcher.group(1).equals(runId)) {
        received += Long.parseLong(matcher.group(2));
        replied += Long.parseLong(matcher.group(3));
      }
    }
    return new Account(received, replied);
  }

  private long count(String event, String runId) {
    List<String> now = List.copyOf(lines);
    return now.stream()
        .filter(l -> l.startsWith(event) && l.contains("run=" + runId + "/"))
        .count();
  }

  @Override
  public void close() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
    logger.removeHandler(handler);
  }
}
