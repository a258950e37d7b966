package io.github.wsproof.deploymenttests;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.ledger.Verdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users of the container and their roles, set up as docs/operations.md says. */
@EnabledIfSystemProperty(named = "arquillian.launch", matches = "tomcat.*")
class RolesIT {
  private static final String USERS =
      """
      <user username="ursula" password="battery" roles="wsproof-user" />
      <user username="adam" password="staple" roles="wsproof-admin" />
      <user username="nora" password="horse" roles="other" />
      """;

  private static OperatedTomcat tomcat;

  @BeforeAll
  static void start(@TempDir Path base) throws Exception {
    tomcat = OperatedTomcat.start(base, "", USERS, "wsproof.require-role=true");
  }

  @AfterAll
  static void stop() throws Exception {
    if (tomcat != null) {
      tomcat.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "echo,  ,               401",
    "echo,  nora:horse,     403",
    "echo,  ursula:wrong,   401",
    "echo,  ursula:battery, 101",
    "echo,  adam:staple,    101",
    "admin, ,               401",
    "admin, nora:horse,     403",
    "admin, ursula:battery, 403",
    "admin, adam:wrong,     401",
    "admin, adam:staple,    101",
    "rooms/a,       nora:horse,     403",
    "rooms/a,       ursula:battery, 101",
    "rooms/admin/x, ,               401",
    "rooms/admin/x, ursula:battery, 403",
    "rooms/admin/x, adam:staple,    101",
    "rooms/user/x,  nora:horse,     403",
    "rooms/user/x,  ursula:battery, 101",
    // Other ways to write it.
    "rooms/%61dmin/x,    ursula:battery, 403",
    "rooms/admin;x=1/x,  ursula:battery, 403",
    "rooms/a/../admin/x, ursula:battery, 403",
    "%61dmin,    ,               401",
    "%61dmin,    ursula:battery, 403",
    "admin;x=1,  ursula:battery, 403",
    "x/../admin, ursula:battery, 403",
  })
  void aSocketIsForItsRole(String path, String user, String status) throws Exception {
    URI page = tomcat.address().page();
    URI socket = URI.create("ws://" + page.getAuthority() + page.getPath() + path);
    Handshake handshake =
        user == null ? Handshake.with(socket) : Handshake.with(socket, authorization(user));

    assertThat(handshake.status().split(" ")[1]).isEqualTo(status);
    if (status.equals("401")) {
      assertThat(handshake.headers().get("www-authenticate")).startsWith("Basic ");
    }
    if (!status.equals("101")) {
      assertThat(handshake.headers())
          .doesNotContainKeys("sec-websocket-accept", "upgrade", "wsproof-reply");
    }
  }

  /** Tomcat looks for the word anywhere in a list. */
  @ParameterizedTest
  @ValueSource(strings = {"foo, websocket", "foo\r\nUpgrade: websocket", "WebSocket"})
  void anUpgradeAmongOthersIsJudgedAsWell(String upgrade) throws Exception {
    URI echo = tomcat.address().echo();
    String request = Handshake.request(echo).replace("Upgrade: websocket", "Upgrade: " + upgrade);

    assertThat(Handshake.answer(echo, request).status()).startsWith("HTTP/1.1 401");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,  metrics, ,               401",
    "GET,  metrics, nora:horse,     403",
    "GET,  metrics, ursula:battery, 403",
    "GET,  metrics, adam:staple,    200",
    "POST, drain,   ,               401",
    "POST, drain,   nora:horse,     403",
    "POST, drain,   ursula:battery, 403",
    "GET,  health,  ,               200",
    "GET,  '',      ,               200",
  })
  void figuresAndDrainingAreForAdministrators(String method, String path, String user, int status)
      throws Exception {
    HttpResponse<String> response = ask(method, path, user);

    assertThat(response.statusCode()).isEqualTo(status);
    if (status == 401 || status == 403) {
      assertThat(response.body()).matches("(log in|the client has not)[a-z ]+\n");
    }
  }

  /** The id alone does not open it, not even to an administrator. */
  @Test
  void aSessionWithoutASocketIsItsUsersAlone() throws Exception {
    HttpResponse<String> opened = ask("POST", "echo/sessions", "ursula:battery");
    assertThat(opened.statusCode()).isEqualTo(201);
    String session = "echo/" + opened.headers().firstValue("Location").orElseThrow();
    assertThat(ask("POST", session, "ursula:battery").statusCode()).isEqualTo(202);

    for (String method : List.of("POST", "GET", "DELETE")) {
      HttpResponse<String> anothers = ask(method, session, "adam:staple");
      assertThat(anothers.statusCode()).as(method).isEqualTo(403);
      assertThat(anothers.body()).isEqualTo("the session is another user's\n");
      assertThat(ask(method, session, "nora:horse").statusCode()).as(method).isEqualTo(403);
      assertThat(ask(method, session, null).statusCode()).as(method).isEqualTo(401);
    }
    assertThat(ask("GET", session + "/events", "adam:staple").statusCode()).isEqualTo(403);
    HttpResponse<String> own = ask("GET", session + "?from=0", "ursula:battery");
    assertThat(own.statusCode()).isEqualTo(200);
    assertThat(own.body()).contains("\"next\":1,");
  }

  /** A browser sends an administrator's credentials whatever page asks it to. */
  @Test
  void aPageOfAnotherSiteDrainsNothingInAnAdministratorsBrowser() throws Exception {
    HttpResponse<String> response =
        ask("POST", "drain", "adam:staple", "Origin", "https://evil.example");

    assertThat(response.statusCode()).isEqualTo(403);
    assertThat(ask("GET", "health", null).statusCode()).isEqualTo(200);
  }

  @Test
  void aUsersMessagesAreDelivered() throws Exception {
    Report report =
        RunPlan.to(tomcat.address().echo().toString())
            .connection(ConnectionOptions.builder().basic("ursula:battery").build())
            .messages(1000)
            .build()
            .run();

    assertThat(report.verdict()).as(report.reasons().toString()).isEqualTo(Verdict.PASS);
  }

  private static HttpResponse<String> ask(
      String method, String path, String user, String... headers) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(tomcat.address().page().resolve(path))
            .method(method, BodyPublishers.noBody());
    if (user != null) {
      request.header("Authorization", "Basic " + base64(user));
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private static String authorization(String user) {
    return "Authorization: Basic " + base64(user);
  }

  private static String base64(String user) {
    return Base64.getEncoder().encodeToString(user.getBytes(UTF_8));
  }
}
