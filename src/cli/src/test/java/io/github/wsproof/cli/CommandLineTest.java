package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.devserver.DevServer;
import io.github.wsproof.relay.FaultPlan;
import io.github.wsproof.relay.Relay;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments in; exit code, standard output and standard error out. */
@Timeout(60)
class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int wsproof(String... args) {
    return Main.run(new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8), args);
  }

  private String out() {
    return out.toString(UTF_8);
  }

  private String err() {
    return err.toString(UTF_8);
  }

  @Test
  void withoutAUrlItVerifiesAServerOfItsOwn() {
    assertThat(wsproof("verify", "-n", "2000", "-c", "4")).isEqualTo(Exit.PASS);

    assertThat(out())
        .matches(
            "PASS  2,000 sent · 2,000 delivered · 0 lost · 0 duplicated · 0 reordered ·"
                + " 0 corrupted  in \\d+\\.\\d\\d s \\([\\d,]+/s, p50 [\\d.,]+ ms, p99 [\\d.,]+"
                + " ms\\)\\R");
    assertThat(err()).isEmpty();
  }

  @Test
  void aSurveyOfNothingSaysWhyAndWritesThatDown(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("survey.json");
    int port;
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = nobody.getLocalPort();
    }
    String url = "ws://127.0.0.1:" + port + "/";
    assertThat(wsproof("survey", url, "--json", json.toString())).isEqualTo(Exit.INCONCLUSIVE);
    assertThat(out()).contains("one message", "unknown", "could not connect", "1 unknown");
    assertThat(Files.readString(json)).contains("\"INCONCLUSIVE\"");

    assertThat(wsproof("survey", "-c", "0", "ws://127.0.0.1:1/")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("must be 1..100000: --connections=0");
    assertThat(wsproof("survey", "http://127.0.0.1:1/")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("did you mean ws://127.0.0.1:1/?");
    assertThat(wsproof("survey", "--json", folder + "/no/such.json", "ws://127.0.0.1:1/"))
        .isEqualTo(Exit.UNAVAILABLE);
  }

  @Test
  void anEnvelopeGoesThroughAServerOfOursAndItsTranscriptIsJudgedAgain(@TempDir Path folder) {
    String transcript = folder.resolve("run.jsonl").toString();

    assertThat(
            wsproof("verify", "-n", "50", "--message", "<{message}>", "--transcript", transcript))
        .as(this::out)
        .isEqualTo(Exit.PASS);
    assertThat(wsproof("audit", transcript)).as(this::out).isEqualTo(Exit.PASS);
  }

  @Test
  void aWorkloadOfEveryKindIsJudgedAgainFromItsTranscript(@TempDir Path folder) {
    String file = folder.resolve("run.jsonl").toString();

    assertThat(
            wsproof(
                ("verify -n 60 --size 16..9000 --mix --unicode --fragments 3 --ping 10ms --transcript "
                        + file)
                    .split(" ")))
        .as(this::out)
        .isEqualTo(Exit.PASS);
    assertThat(wsproof("audit", file)).as(this::out).isEqualTo(Exit.PASS);
  }

  @Test
  void emptyMessagesAreAccountedForAndJudgedAgain(@TempDir Path folder) {
    String file = folder.resolve("run.jsonl").toString();

    for (String more : List.of("--mix", "--no-receipts -w 1", "--fragments 3 -c 3")) {
      String line = "verify -n 90 --size 0,24,0,0,200 --transcript " + file + " " + more;
      assertThat(wsproof(line.split(" "))).as(this::out).isEqualTo(Exit.PASS);
      assertThat(wsproof("audit", file)).as(this::out).isEqualTo(Exit.PASS);
    }
    assertThat(out()).contains("90 sent · 90 delivered");
  }

  @Test
  void aServerThatDoesNotCompressIsToldInALine(@TempDir Path folder) {
    String file = folder.resolve("run.jsonl").toString();

    assertThat(wsproof(("verify -n 60 --size 200 --deflate --transcript " + file).split(" ")))
        .as(this::out)
        .isEqualTo(Exit.PASS);
    assertThat(out())
        .containsOnlyOnce(
            "  the server did not accept permessage-deflate (--deflate): messages went as they are");
    assertThat(wsproof("audit", file)).as(this::out).isEqualTo(Exit.PASS);
  }

  @Test
  void printShowsEachMessageAndEachReply() {
    assertThat(wsproof("verify", "-n", "3", "-w", "1", "--seed", "1", "--print", "--no-receipts"))
        .isEqualTo(Exit.PASS);

    assertThat(out().lines().limit(6).map(line -> line.replaceAll(" - \\d+$", " - N")))
        .containsExactly(
            "Sent: Request 0/0 53d49737",
            "Received: Request 0/0 53d49737 - N",
            "Sent: Request 0/1 a1bf1434",
            "Received: Request 0/1 a1bf1434 - N",
            "Sent: Request 0/2 b2efe7c0",
            "Received: Request 0/2 b2efe7c0 - N");
    assertThat(out().lines()).last().asString().startsWith("PASS  3 sent");
  }

  @Test
  void jsonOnStandardOutputStandsAlone() {
    assertThat(wsproof("verify", "-n", "10", "--json", "-")).isEqualTo(Exit.PASS);

    assertThat(out()).startsWith("{").contains("\"verdict\" : \"PASS\"").endsWith("}\n");
    assertThat(err()).startsWith("PASS  10 sent");
  }

  @Test
  void theReportIsAFile(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("report.json");

    assertThat(wsproof("verify", "-n", "10", "--json", file.toString())).isEqualTo(Exit.PASS);

    assertThat(Files.readString(file)).contains("\"delivered\" : 10");
    assertThat(folder.toFile().list()).containsExactly("report.json");
  }

  @Test
  void aFileThatCannotBeWrittenIsToldBeforeTheFirstMessage(@TempDir Path folder) {
    String file = folder.resolve("no/report.json").toString();

    assertThat(wsproof("verify", "--print", "--json", file)).isEqualTo(Exit.UNAVAILABLE);

    assertThat(out()).isEmpty();
    assertThat(err())
        .startsWith("wsproof: cannot write --json " + file)
        .contains("the folder " + folder.resolve("no") + " does not exist")
        .hasLineCount(1);
  }

  @Test
  void eachEvidenceFileIsWrittenAndNothingElse(@TempDir Path folder) throws Exception {
    String[] args = {"verify", "-n", "10", "-q"};
    for (String option : new String[] {"json", "junit", "html", "transcript"}) {
      args = java.util.Arrays.copyOf(args, args.length + 2);
      args[args.length - 2] = "--" + option;
      args[args.length - 1] = folder.resolve("run." + option).toString();
    }

    assertThat(wsproof(args)).isEqualTo(Exit.PASS);

    assertThat(folder.toFile().list())
        .containsExactlyInAnyOrder("run.json", "run.junit", "run.html", "run.transcript");
    assertThat(Files.readString(folder.resolve("run.junit")))
        .contains("tests=\"9\" failures=\"0\"");
    assertThat(Files.readString(folder.resolve("run.html"))).contains("<h1>PASS</h1>");
    assertThat(Files.readString(folder.resolve("run.transcript")).lines())
        .hasSize(10 + 10 + 4 + 1)
        .allMatch(line -> line.startsWith("{\"event\":"));
  }

  @Test
  void aFileThatCannotBeWrittenLeavesNoOtherBehind(@TempDir Path folder) {
    Path good = folder.resolve("run.json");

    assertThat(wsproof("verify", "--json", "" + good, "--transcript", "" + folder))
        .isEqualTo(Exit.UNAVAILABLE);

    assertThat(err()).contains("--transcript " + folder + ": it is a folder");
    assertThat(folder.toFile().list()).isEmpty();
  }

  @Test
  void twoFilesOfTheSameNameAreBadUsage() {
    assertThat(wsproof("verify", "--json", "-", "--transcript", "-")).isEqualTo(Exit.USAGE);

    assertThat(err()).contains("two options write to -");
  }

  @Test
  void theTranscriptOnStandardOutputStandsAlone() {
    assertThat(wsproof("verify", "-n", "3", "--print", "--transcript", "-")).isEqualTo(Exit.PASS);

    assertThat(out().lines()).allMatch(line -> line.startsWith("{\"event\":"));
    assertThat(out().lines()).last().asString().contains("\"event\":\"end\"");
    assertThat(err()).contains("Sent: Request 0/0", "PASS  3 sent");
  }

  @Test
  void aServerThatIsNotThereIsInconclusive() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThat(wsproof("verify", "ws://127.0.0.1:" + port)).isEqualTo(Exit.INCONCLUSIVE);

    assertThat(out()).contains("nothing accepts connections").contains("10,000 never sent");
    assertThat(out()).doesNotContain("Exception");
  }

  @Test
  void theWrongFormProposesOne() throws Exception {
    try (DevServer server = DevServer.start("127.0.0.1", 0)) {
      assertThat(wsproof("verify", server.uri().toString(), "--expect", "{message}: {random}"))
          .isEqualTo(Exit.INCONCLUSIVE);
    }
    assertThat(out()).contains("try --expect '{message} - {random}'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "verify -n 0            | must be 1..1000000000000000: --messages=0",
        "verify -n x            | --messages",
        "verify -w 0            | --window=0",
        "verify --drain 10x     | '10x' is no duration",
        "verify --expect x      | must contain {message} exactly once",
        "verify http://h/       | did you mean ws://h/?",
        "verify --bogus         | Unknown option: '--bogus'",
        "verify --print --quiet | mutually exclusive",
        "verify ws://u:p@h/     | must hold no user and password, which reports would show (use --user): ws://***@h/",
        "verify --bearer abc    | must be file:PATH or env:NAME",
        "verify --user file:/no/such | must name a file that can be read: --user=file:/no/such",
        "verify --bearer env:NO_SUCH_NAME | must name an environment variable that is set: --bearer=env:NO_SUCH_NAME",
        "verify -H x            | must be 'Name: value'",
        "verify -H @/no/such    | must name a file of header lines",
        "verify --proxy socks://h | must be http://host:port",
        "verify --proxy-user env:HOME | must be user:password: --proxy-user=***",
        "verify --cacert /no/such | must be a file that exists: --cacert=/no/such",
        "verify --key /no/such  | must come with --cert: --key=/no/such",
        "verify --key-password env:PATH | must come with --cert",
        "verify --message x     | must contain {message} exactly once: --message=x",
        "verify --hello /no/such | must be a file of text that can be read: --hello=/no/such",
        "verify --ignore {message} | must be text, {any} and {random}, and not hold {message}",
        "verify --expect-json a..b | must be names joined by dots",
        "verify --size 9..5     | must have the smaller size first, as in 16..65536: --size=9..5",
        "verify --size x        | must be a number of bytes, a range such as 16..65536 or a list",
        "verify --size 5        | bytes, to hold a message's identity: --size=5",
        "verify --fragments 0   | must be 1..65536: --fragments=0",
        "verify --unicode       | must come with a size to fill",
        "verify --deflate --transport grizzly | must be false with this transport: --deflate",
        "verify --ping 0        | must be 1ms..1 day: --ping=0",
        "verify --mix --binary  | mutually exclusive",
        "verify --resend        | must come with reconnect: --resend",
        "verify --reconnect --accept-recovered | must come with resend: --accept-recovered",
        "verify --reconnect --per-connection 2 | must be false with per-connection: --reconnect",
        "verify --reconnect --reconnect-limit 0 | must be more than 0 and at most 1 day: --reconnect-limit=0",
        "verify --idle 0        | must be 1ms..1 day: --idle=0",
        "verify --idle 1s -r 5  | must be absent with a rate, a duration or a run without end: --idle=1s",
        "verify --read-pause 2s --transport grizzly | must be absent with this transport: --read-pause=2s",
        "verify --forever -n 5  | must not come with --messages or --duration: --forever",
        "verify --every 1ms     | must be 100ms..1 day: --every=1ms",
        "receive                | Missing required parameter: 'URL'",
        "receive http://h/      | did you mean ws://h/?",
        "receive -n 0 ws://h    | must be 1..1000000000000000: --messages=0",
        "receive -c 0 ws://h    | --connections=0",
        "receive --from -1 ws://h | must be 0..999999999999999: --from=-1",
        "receive ws://h/stream/a?n=9&from=5 | must not say \"from=\"",
        "receive -r 0 ws://h    | must be more than 0: --rate=0",
        "receive --expect x ws://h | may stand beside it: --expect=x",
        "receive --expect {sequence} --reconnect ws://h | must be false with expect",
        "receive --read-pause 0 ws://h | must be 1ms..1 day: --read-pause=0",
        "fanout                 | Missing required parameter: 'URL'",
        "fanout http://h/       | did you mean ws://h/?",
        "fanout --rooms 0 ws://h/rooms/a | --rooms=0",
        "fanout --subscribers 0 ws://h/rooms/a | --subscribers=0",
        "fanout --slow 10 ws://h/rooms/a | must be less than subscribers: --slow=10",
        "fanout -n 0 ws://h/rooms/a | must be 1..1099511627776: --messages=0",
        "fanout ws://h/rooms/a%20b | must be 1..64 of A-Z a-z 0-9 . _ -",
        "serve --push 0         | --push must be more than 0 and at most 1000000: 0.0",
        "serve --port 70000     | --port must be 0..65535: 70000",
        "serve --port x         | --port",
        "serve --faults lose:1  | must be one of drop, duplicate, swap",
        "serve --faults drop:1,flip:1 | must add up to at most 1",
        "serve --faults --host 0.0.0.0 | --faults listens on localhost alone: --host 0.0.0.0",
        "serve --key k.pem      | must come with --cert: --key=k.pem",
        "serve --key-password env:PATH | must come with --cert: --key-password",
        "serve --cert /no/such  | must be a file that exists: --cert=/no/such",
        "serve --cert c.pem --self-signed | must not come with --self-signed: --cert=c.pem",
        "serve --faults --self-signed | --faults speaks no TLS",
        "vreify                 | verify",
        "relay                  | Missing required parameter: 'TARGET'",
        "relay --fault x ws://h | must be FAULT:RATE or FAULT:RATE@LEG, such as drop:0.001@inbound: x",
        "relay --fault lose:1 ws://h | must be one of drop, duplicate, swap",
        "relay --fault drop:2 ws://h | must have a rate of 0..1: drop:2",
        "relay --fault drop:1@up ws://h | must end with @outbound or @inbound: drop:1@up",
        "relay --fault drop:0.6 --fault flip:0.6 ws://h | must add up to at most 1",
        "relay http://h         | must be a ws:// URL with a host: http://h",
      })
  void badUsageExits64WithASentence(String args, String message) {
    assertThat(wsproof(args.trim().split(" +"))).isEqualTo(Exit.USAGE);

    assertThat(err()).contains(message).doesNotContain("Exception");
    assertThat(out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify -n 1 URL",
        "receive -n 1 URL/stream/a",
        "fanout -n 1 URL/rooms/a",
        "survey URL",
        "transports --rounds 1 URL/"
      })
  void whatIsNotCheckedIsSaid(String args) throws Exception {
    int port;
    try (ServerSocket nobody = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = nobody.getLocalPort();
    }
    String line = args.replace("URL", "--insecure wss://127.0.0.1:" + port);

    assertThat(wsproof(line.split(" "))).isEqualTo(Exit.INCONCLUSIVE);
    assertThat(err())
        .startsWith(
            args.split(" ")[0]
                + ": WARNING: --insecure: the server's certificate is not checked; anyone may"
                + " answer in its place");
  }

  @Test
  void aTakenPortExits69WithASentence() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = "" + taken.getLocalPort();

      assertThat(wsproof("serve", "--port", port)).isEqualTo(Exit.UNAVAILABLE);

      assertThat(err()).startsWith("wsproof: port " + port).contains("--port 0").hasLineCount(1);
    }
  }

  /** It ends with its process alone, so it gets one of its own. */
  private static Process serve(String... options) throws IOException {
    return serve(ProcessBuilder.Redirect.DISCARD, options);
  }

  private static Process serve(ProcessBuilder.Redirect log, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "serve",
                "--port",
                "0"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command).redirectError(log).start();
  }

  @Test
  void serveWithPushBeginsBeforeAnyoneIsThere() throws Exception {
    Process serve = serve("--push", "2000");
    try (BufferedReader printed = serve.inputReader(UTF_8)) {
      assertThat(printed.readLine()).startsWith("Serving http://localhost:");
      String pushing = printed.readLine();
      assertThat(pushing).startsWith("Pushing 2,000 messages/s: wsproof receive ws://localhost:");
      String url = pushing.replaceAll("^.* ", "");

      assertThat(wsproof("receive", "-n", "1000", "-q", url)).as(this::out).isEqualTo(Exit.PASS);
      assertThat(wsproof("receive", "-n", "1000", "-q", url)).as(this::out).isEqualTo(Exit.PASS);
      assertThat(wsproof("receive", "-n", "5", "--print", "--from", "7", url)).isEqualTo(Exit.PASS);

      assertThat(out()).contains("] Request Number [7] Waiting for next number... (requests/");
      assertThat(out()).doesNotContain("Request Number [6]");
    } finally {
      serve.destroyForcibly();
    }
  }

  /** The JDK stops logging when a JVM begins to stop, unless it is told not to. */
  @Test
  void serveLogsTheConnectionsThatItEnds(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("serve.log");
    Process serve = serve(ProcessBuilder.Redirect.to(log.toFile()));
    try (BufferedReader printed = serve.inputReader(UTF_8)) {
      URI uri = URI.create(printed.readLine().replaceAll("^.*(ws://localhost:\\d+/).*$", "$1"));
      CountDownLatch answered = new CountDownLatch(3);
      WebSocket.Listener listener =
          new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
              answered.countDown();
              return null;
            }
          };
      for (int i = 0; i < 3; i++) {
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(uri, listener)
            .get(20, TimeUnit.SECONDS)
            .sendText("Request " + i, true);
      }
      assertThat(answered.await(20, TimeUnit.SECONDS)).isTrue();
      serve.toHandle().destroy();

      assertThat(serve.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      serve.destroyForcibly();
    }
    assertThat(Files.readAllLines(log))
        .filteredOn(line -> line.contains(" disconnect "))
        .hasSize(3)
        .allMatch(line -> line.contains(" code=1001 reason=\"the server is stopping\""));
  }

  @Test
  void fanoutFillsRoomsOfAServer(@TempDir Path folder) throws Exception {
    Path json = folder.resolve("fanout.json");
    Path junit = folder.resolve("fanout.xml");
    try (DevServer server = DevServer.start(DevServer.LOOPBACK, 0)) {
      String rooms = server.uri() + "rooms/test";

      assertThat(
              wsproof(
                  "fanout",
                  rooms,
                  "--rooms=3",
                  "--publishers=2",
                  "--subscribers=5",
                  "--slow=1",
                  "--slow-pause=1ms",
                  "-n",
                  "3000",
                  "--json",
                  json.toString(),
                  "--junit",
                  junit.toString()))
          .as(this::out)
          .isEqualTo(Exit.PASS);

      assertThat(out())
          .contains("3,000 published, 3,000 accepted; each to 5 subscribers")
          .contains("PASS  15,000 sent · 15,000 delivered · 0 lost");
      assertThat(Files.readString(json)).contains("\"foreignRoom\" : 0").contains("\"fanout\" : {");
      assertThat(Files.readString(junit)).contains("nothing comes of another room");
    }
  }

  @Test
  void serveWithFaultsDoesWhatItPrints() throws Exception {
    Process serve = serve("--faults", "drop:0.01@inbound");
    try (BufferedReader printed = serve.inputReader(UTF_8)) {
      String first = printed.readLine();
      assertThat(first).startsWith("Serving http://localhost:").contains("(drop:0.01@inbound)");
      URI uri = URI.create(first.replaceAll("^.*(ws://localhost:\\d+/).*$", "$1"));
      HttpResponse<String> page =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create("http" + uri.toString().substring(2))).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(page.body()).contains("<h1>WebSocket Client</h1>");

      assertThat(wsproof("verify", "-n", "3000", "-q", "--drain", "500ms", uri.toString()))
          .isEqualTo(Exit.FAIL);

      serve.toHandle().destroy();
      long dropped = printed.lines().filter(line -> line.startsWith("drop inbound")).count();
      assertThat(dropped).isPositive();
      assertThat(out()).contains(" " + dropped + " lost");
    } finally {
      serve.destroyForcibly();
    }
  }

  @Test
  void connectionsThatWereOpenedAgainAreToldWhateverTheVerdict() throws Exception {
    try (DevServer server = DevServer.start("127.0.0.1", 0);
        Relay relay =
            Relay.start(
                server.uri(),
                0,
                FaultPlan.parse(List.of("reset:0.01@inbound"), 7),
                new Relay.Options(7, Duration.ofSeconds(1), applied -> {}))) {
      String url = relay.uri().toString();
      assertThat(wsproof("verify", "-n", "500", "-w", "1", "--reconnect", url))
          .as(this::out)
          .isEqualTo(Exit.INCONCLUSIVE);
      assertThat(out()).containsOnlyOnce("  connections were opened again ").contains(" in doubt");
      out.reset();
      String stream = relay.uri().resolve("stream/a").toString();
      assertThat(wsproof("receive", "-n", "500", "--reconnect", stream))
          .as(this::out)
          .isEqualTo(Exit.PASS);
      assertThat(out()).containsOnlyOnce("  connections were opened again ");
    }
  }

  @Test
  void whatAReceiverMissesIsWhatTheRelaySwallowed(@TempDir Path folder) throws Exception {
    String json = folder.resolve("a.json").toString();
    String late = folder.resolve("b.json").toString();
    String html = folder.resolve("all.html").toString();
    try (DevServer server = DevServer.start("127.0.0.1", 0);
        Relay relay =
            Relay.start(
                server.uri(),
                0,
                FaultPlan.parse(List.of("drop:0.01@inbound"), 7),
                new Relay.Options(7, Duration.ofSeconds(1), applied -> {}))) {
      server.push("requests", 10_000);
      String path = "stream/requests";
      assertThat(wsproof("receive", "-n", "3000", "--json", json, relay.uri().resolve(path) + ""))
          .as(this::out)
          .isEqualTo(Exit.FAIL);
      long swallowed = relay.applied().stream().filter(a -> a.index() < 3000).count();
      assertThat(swallowed).isPositive();
      assertThat(out()).contains(" " + swallowed + " lost");
      assertThat(wsproof("receive", "-n", "3000", "--json", late, server.uri().resolve(path) + ""))
          .as(this::out)
          .isEqualTo(Exit.PASS);
    }
    assertThat(out()).contains("PASS  3,000 sent · 3,000 delivered · 0 lost");
    assertThat(wsproof("compare", late, json)).as(this::out).isEqualTo(Exit.FAIL);
    assertThat(wsproof("merge", late, json, "--html", html)).as(this::out).isEqualTo(Exit.FAIL);
    assertThat(Files.readString(Path.of(html))).contains("later messages came, this one did not");
  }

  @Test
  void theSelfTestFindsEveryFaultExactly() {
    assertThat(wsproof("self-test", "--seed", "11")).as(this::out).isEqualTo(Exit.PASS);

    assertThat(out())
        .contains("--seed 11", "misdeliver", "mixture, both legs")
        .contains("PASS  66");
    assertThat(err()).isEmpty();
  }

  @Test
  void helpNamesEveryOptionAndExitCode() {
    assertThat(wsproof("verify", "--help")).isEqualTo(Exit.PASS);

    assertThat(out()).contains("--drain", "--expect", "--json", "2 INCONCLUSIVE");
  }
}
