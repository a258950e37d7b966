package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.relay.Relay;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The workflow of docs/ci, step by step, against a release and applications of the test. */
@Timeout(300)
class CiExampleIT {
  private static final Path JAR = Path.of(System.getProperty("wsproof.jar"));

  @TempDir private Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private WorkflowFile workflow;
  private HttpServer release;

  @BeforeEach
  void publish() throws Exception {
    workflow = new WorkflowFile(Path.of("../../docs/ci/github-actions.yml"));
    byte[] jar = Files.readAllBytes(JAR);
    release = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    release.createContext(
        "/v1/wsproof.jar",
        exchange -> {
          exchange.sendResponseHeaders(200, jar.length);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(jar);
          }
        });
    release.start();
    environment.put(
        "WSPROOF_RELEASE", "http://127.0.0.1:" + release.getAddress().getPort() + "/v1");
    environment.put("WSPROOF_SHA256", sha256(jar));
    environment.put("no_proxy", "127.0.0.1");
    environment.put("PATH", System.getProperty("java.home") + "/bin:" + System.getenv("PATH"));
  }

  @AfterEach
  void stop() {
    release.stop(0);
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }

  private WorkflowFile.Outcome run(String step) throws Exception {
    return workflow.run(step, folder, environment);
  }

  private void passes(String step) throws Exception {
    WorkflowFile.Outcome outcome = run(step);
    assertThat(outcome.code()).as(step + ": " + outcome.output()).isZero();
  }

  private Element junit() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(folder.resolve("wsproof.xml").toFile())
        .getDocumentElement();
  }

  /** An application whose deployment returns before anything listens. */
  private void deployment(int port) throws Exception {
    Path deploy =
        Files.writeString(
            folder.resolve("deploy"),
            String.join(
                "\n",
                "#!/bin/sh",
                "java -Xmx128m -jar '" + JAR + "' serve --port " + port + " >server.log 2>&1 &",
                "echo $! >server.pid",
                ""));
    Files.setPosixFilePermissions(deploy, PosixFilePermissions.fromString("rwxr-xr-x"));
    environment.put("URL", "ws://127.0.0.1:" + port + "/echo");
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void stopDeployment() throws Exception {
    long pid = Long.parseLong(Files.readString(folder.resolve("server.pid")).strip());
    ProcessHandle.of(pid)
        .ifPresent(
            server -> {
              server.destroyForcibly();
              server.onExit().join();
            });
  }

  @Test
  void anApplicationThatStartsLateAndDeliversPassesEveryStep() throws Exception {
    deployment(freePort());
    try {
      for (String step : workflow.scripts()) {
        passes(step);
      }
    } finally {
      stopDeployment();
    }

    assertThat(Files.readString(folder.resolve("account.txt"))).startsWith("PASS  10,000 sent");
    assertThat(junit().getTagName()).isEqualTo("testsuite");
    assertThat(Integer.parseInt(junit().getAttribute("tests"))).isPositive();
    assertThat(junit().getAttribute("failures")).isEqualTo("0");
    assertThat(junit().getAttribute("errors")).isEqualTo("0");
  }

  @Test
  void anApplicationThatLosesMessagesFailsTheStepAndIsShown() throws Exception {
    try (DevServer server = DevServer.start("127.0.0.1", 0);
        Relay relay =
            Relay.start(
                URI.create("ws://127.0.0.1:" + server.port() + "/echo"),
                0,
                FaultPlan.parse(List.of("drop:0.001"), 7),
                new Relay.Options(7, Duration.ofSeconds(1), applied -> {}))) {
      environment.put("URL", relay.uri() + "echo");
      passes("Fetch wsproof");
      passes("Await the application");

      WorkflowFile.Outcome verified = run("Verify");

      assertThat(verified.code()).as(verified.output()).isEqualTo(Exit.FAIL);
      assertThat(verified.output()).contains("FAIL  10,000 sent");
    }
    NodeList failures = junit().getElementsByTagName("failure");
    assertThat(failures.getLength()).isEqualTo(1);
    assertThat(((Element) failures.item(0).getParentNode()).getAttribute("name"))
        .isEqualTo("every message is answered");
    for (String shown :
        workflow.step("Keep the evidence").at("/with/path").asString().split("\n")) {
      assertThat(folder.resolve(shown)).isNotEmptyFile();
    }
    assertThat(workflow.step("Show the result").at("/with/report_paths").asString())
        .isEqualTo("wsproof.xml");
    for (String step : List.of("Show the result", "Keep the evidence")) {
      assertThat(workflow.step(step).path("if").asString()).isEqualTo("${{ !cancelled() }}");
    }
  }

  @Test
  void anApplicationThatNeverAnswersIsToldAsThat() throws Exception {
    environment.put("URL", "ws://127.0.0.1:" + freePort() + "/echo");
    environment.put("START_SECONDS", "0");
    passes("Fetch wsproof");

    WorkflowFile.Outcome awaited = run("Await the application");

    assertThat(awaited.code()).isEqualTo(1);
    assertThat(awaited.output())
        .contains(
            "nothing accepts connections at", "::error::" + environment.get("URL"), "within 0 s");
  }

  @Test
  void aJarThatIsNotTheReleasesIsNotRun() throws Exception {
    environment.put("WSPROOF_SHA256", sha256("another".getBytes(UTF_8)));

    WorkflowFile.Outcome fetched = run("Fetch wsproof");

    assertThat(fetched.code()).isEqualTo(1);
    assertThat(fetched.output()).contains("wsproof.jar: FAILED");
    environment.put("WSPROOF_RELEASE", environment.get("WSPROOF_RELEASE") + "9");
    assertThat(run("Fetch wsproof").output()).contains("404");
  }
}
