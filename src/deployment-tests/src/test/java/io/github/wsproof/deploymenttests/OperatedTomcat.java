package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Tomcat of its own, as whoever runs it sets it up: the WAR as it was built in {@code webapps},
 * settings as system properties, users in {@code tomcat-users.xml}. On loopback, on a free port.
 */
final class OperatedTomcat implements AutoCloseable {
  private static final long BOUND_SECONDS = 120;
  private static final Pattern CONNECTOR =
      Pattern.compile("\"http-nio-127\\.0\\.0\\.1-auto-\\d+-(\\d+)\"");
  private static final Pattern STARTED = Pattern.compile("Server startup in");

  private static final String SERVER =
      """
      <Server port="-1">
        <GlobalNamingResources>
          <Resource name="UserDatabase" auth="Container" type="org.apache.catalina.UserDatabase"
                    factory="org.apache.catalina.users.MemoryUserDatabaseFactory" pathname="conf/tomcat-users.xml" />
        </GlobalNamingResources>
        <Service name="Catalina">
          <Connector address="127.0.0.1" port="0" %s />
          <Engine name="Catalina" defaultHost="localhost">
            <Realm className="org.apache.catalina.realm.LockOutRealm">
              <Realm className="org.apache.catalina.realm.UserDatabaseRealm" resourceName="UserDatabase" />
            </Realm>
            <Host name="localhost" appBase="webapps" autoDeploy="false" />
          </Engine>
        </Service>
      </Server>
      """;

  private final Process process;
  private final Address address;

  private OperatedTomcat(Process process, Address address) {
    this.process = process;
    this.address = address;
  }

  /**
   * Starts one, and returns when it has the WAR.
   *
   * @param base an empty directory of the test
   * @param connector further attributes of its connector
   * @param users elements of {@code tomcat-users.xml}
   * @param settings as {@code name=value}
   */
  static OperatedTomcat start(Path base, String connector, String users, String... settings)
      throws Exception {
    Path home = Path.of(System.getProperty("container.home"));
    for (String directory : List.of("conf", "logs", "temp", "webapps", "work")) {
      Files.createDirectories(base.resolve(directory));
    }
    for (String published : List.of("catalina.properties", "web.xml")) {
      Files.copy(home.resolve("conf").resolve(published), base.resolve("conf").resolve(published));
    }
    Files.writeString(base.resolve("conf/server.xml"), SERVER.formatted(connector));
    Files.writeString(
        base.resolve("conf/tomcat-users.xml"), "<tomcat-users>" + users + "</tomcat-users>");
    Files.copy(Path.of(System.getProperty("war")), base.resolve("webapps/wsproof.war"));

    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Tomcat takes 50 KB of heap for each connection, half open or not.
    command.add("-Xmx1g");
    command.add("-Djava.io.tmpdir=" + base.resolve("temp"));
    command.add("-Dcatalina.home=" + home);
    command.add("-Dcatalina.base=" + base);
    for (String setting : settings) {
      command.add("-D" + setting);
    }
    String jars = home.resolve("bin/bootstrap.jar") + ":" + home.resolve("bin/tomcat-juli.jar");
    command.addAll(List.of("-cp", jars, "org.apache.catalina.startup.Bootstrap", "start"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      int port = port(process).get(BOUND_SECONDS, TimeUnit.SECONDS);
      URI page = URI.create("http://127.0.0.1:" + port + "/wsproof/");
      return new OperatedTomcat(process, Address.of(page.toURL()));
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  /** Of its connector, when it has started; reads its output until it ends. */
  private static CompletableFuture<Integer> port(Process process) {
    CompletableFuture<Integer> port = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              int seen = 0;
              StringBuilder said = new StringBuilder();
              try (BufferedReader output = process.inputReader(UTF_8)) {
                for (String line = output.readLine(); line != null; line = output.readLine()) {
                  Matcher connector = CONNECTOR.matcher(line);
                  seen = connector.find() ? Integer.parseInt(connector.group(1)) : seen;
                  if (STARTED.matcher(line).find()) {
                    port.complete(seen);
                  }
                  if (!port.isDone()) {
                    said.append(line).append('\n');
                  }
                }
              } catch (IOException e) {
                said.append(e);
              }
              port.completeExceptionally(new IllegalStateException("Tomcat ended: " + said));
            },
            "tomcat-output");
    reader.setDaemon(true);
    reader.start();
    return port;
  }

  Address address() {
    return address;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
