package io.github.wsproof.devserver;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rooms as programs that are not ours sit in them. */
@Timeout(60)
class RoomTest {
  private static final Pattern SEALED = Pattern.compile("(.*),\"crc\":\"([0-9a-f]{8})\"}");

  private DevServer server;

  @AfterEach
  void stop() {
    server.close();
  }

  private void start(String... settings) throws Exception {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put("wsproof." + settings[i], settings[i + 1]);
    }
    server = DevServer.start("127.0.0.1", 0, map::get);
  }

  private JdkClient join(String nameAndQuery) throws Exception {
    return JdkClient.connect(server.uri().resolve("/rooms/" + nameAndQuery));
  }

  /** A member that has heard its welcome and its own join. */
  private JdkClient joined(String room, String member) throws Exception {
    JdkClient client = join(room + "?member=" + member);
    assertThat(client.next()).contains("\"event\":\"welcome\"").contains("\"room\":\"" + room);
    assertThat(unsealed(client.next())).endsWith("\"event\":\"join\",\"member\":\"" + member + '"');
    return client;
  }

  /** What is sealed, after its checksum was found right. */
  private static String unsealed(String message) {
    Matcher matcher = SEALED.matcher(message);
    assertThat(matcher.matches()).as(message).isTrue();
    CRC32C crc = new CRC32C();
    crc.update(matcher.group(1).getBytes(UTF_8));
    assertThat(matcher.group(2)).isEqualTo(String.format("%08x", crc.getValue()));
    return matcher.group(1);
  }

  private static String text(String member, int number, String quoted) {
    return "\"member\":\"" + member + "\",\"n\":" + number + ",\"text\":\"" + quoted + "\"";
  }

  private static String handshake(String path, String... headers) {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return head
        + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }

  private String answer(String path, String... headers) throws Exception {
    try (RawClient client = new RawClient(server)) {
      client.send(handshake(path, headers).getBytes(US_ASCII));
      return client.head();
    }
  }

  private double figure(String name) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
            .build();
    String text =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$").matcher(text);
    assertThat(matcher.find()).as(name).isTrue();
    return Double.parseDouble(matcher.group(1));
  }

  private void await(String name, double value) throws Exception {
    while (figure(name) != value) {
      Thread.sleep(10);
    }
  }

  @Test
  void membersHearEachOtherAndWhoComesAndGoes() throws Exception {
    start();
    try (JdkClient ann = joined("lobby", "ann")) {
      try (JdkClient bob = joined("lobby", "bob")) {
        assertThat(unsealed(ann.next()))
            .isEqualTo("{\"seq\":1,\"event\":\"join\",\"member\":\"bob\"");
        ann.send("hello");
        String heard = bob.next();
        assertThat(unsealed(heard))
            .matches("\\{\"seq\":2,\"random\":\\d{1,3}," + Pattern.quote(text("ann", 1, "hello")));
        assertThat(ann.next()).isEqualTo(heard);
        bob.send("a \"quoted\" \\ line\n\t\u0001 of Gr\u00fc\u00dfe \ud83d\ude00");
        assertThat(unsealed(ann.next()))
            .endsWith(
                text(
                    "bob",
                    1,
                    "a \\\"quoted\\\" \\\\ line\\u000a\\u0009\\u0001 of Gr\u00fc\u00dfe \ud83d\ude00"));
        assertThat(bob.next()).contains("\"seq\":3,");
      }
      assertThat(unsealed(ann.next()))
          .isEqualTo("{\"seq\":4,\"event\":\"leave\",\"member\":\"bob\"");
      assertThat(figure("wsproof_rooms")).isEqualTo(1);
      assertThat(figure("wsproof_room_members")).isEqualTo(1);
      assertThat(figure("wsproof_room_messages_total")).isEqualTo(2);
    }
  }

  @Test
  void allMembersGetEveryMessageOnceAndInOneOrder() throws Exception {
    start();
    int publishers = 3;
    int messages = 500;
    List<JdkClient> members = new ArrayList<>();
    for (int i = 0; i < publishers + 3; i++) {
      members.add(join("all?from=0&member=m" + i));
      assertThat(members.get(i).next()).contains("welcome");
    }
    var threads = Executors.newFixedThreadPool(publishers);
    try {
      for (int i = 0; i < publishers; i++) {
        JdkClient publisher = members.get(i);
        threads.execute(
            () -> {
              for (int n = 1; n <= messages; n++) {
                try {
                  publisher.send("message " + n);
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              }
            });
      }
      List<String> first = new ArrayList<>();
      for (int at = 0; at < members.size() + publishers * messages; at++) {
        first.add(members.get(0).next());
        assertThat(unsealed(first.get(at))).startsWith("{\"seq\":" + at + ",");
      }
      for (int i = 0; i < publishers; i++) {
        String mine = "\"member\":\"m" + i + "\",\"n\":";
        List<String> own = first.stream().filter(m -> m.contains(mine)).toList();
        assertThat(own).hasSize(messages);
        for (int n = 1; n <= messages; n++) {
          assertThat(own.get(n - 1)).contains(text("m" + i, n, "message " + n));
        }
      }
      for (JdkClient other : members.subList(1, members.size())) {
        for (String message : first) {
          assertThat(other.next()).isEqualTo(message);
        }
      }
    } finally {
      threads.shutdownNow();
      members.forEach(JdkClient::close);
    }
  }

  @Test
  void nothingComesFromAnotherRoom() throws Exception {
    start();
    try (JdkClient ann = joined("a", "ann");
        JdkClient bob = joined("b", "bob")) {
      ann.send("for a");
      bob.send("for b");
      assertThat(ann.next()).contains("for a");
      assertThat(bob.next()).contains("for b");
      ann.send("again");
      assertThat(ann.next()).contains("\"seq\":2,").contains("again");
    }
  }

  @Test
  void oneThatWasAwayGoesOnWhereItWas() throws Exception {
    start();
    try (JdkClient ann = joined("a", "ann")) {
      String run;
      try (JdkClient bob = join("a?member=bob")) {
        run = bob.next().replaceAll(".*\"run\":\"(.{8})\".*\"next\":1}", "$1");
        assertThat(bob.next()).contains("\"seq\":1,");
      }
      await("wsproof_room_members", 1);
      for (int i = 0; i < 10; i++) {
        ann.send("message " + i);
      }
      // All are published before bob is back.
      while (!ann.next().contains("\"message 9\"")) {
        continue;
      }
      try (JdkClient bob = join("a?member=bob&from=2&run=" + run)) {
        assertThat(bob.next()).contains("\"event\":\"welcome\"").contains("\"first\":0,");
        assertThat(bob.next()).contains("\"seq\":2,").contains("\"event\":\"leave\"");
        for (int i = 0; i < 10; i++) {
          assertThat(bob.next()).contains("\"seq\":" + (i + 3)).contains("\"message " + i + '"');
        }
        assertThat(bob.next()).contains("\"seq\":13,").contains("\"event\":\"join\"");
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a?from=1000             | from must be at most 1, the next message: from=1000",
        "b?from=5                | there is nothing in this room yet: from=5",
        "a?from=-1               | from must be a message's number, 0 or more: from=-1",
        "a?from=1&from=2         | from must be given once: 2 times",
        "a?run=00000000&from=1   | run 00000000 has ended; this is run ",
        "a?run=x                 | run must be 8 hex digits, as the welcome tells: run=x",
        "a?member=a%20b          | member must be 1..64 of A-Z a-z 0-9 . _ -: member=a b",
      })
  void whatMakesNoSenseClosesWithASentence(String path, String reason) throws Exception {
    start();
    try (JdkClient ann = joined("a", "ann");
        JdkClient client = join(path)) {
      assertThat(client.next()).startsWith("closed 1008 " + reason);
      ann.send("still here");
      assertThat(ann.next()).contains("still here");
    }
  }

  @Test
  void aNameThatIsNoneGets400() throws Exception {
    start();
    String tooLong = "x".repeat(65);
    for (String name : List.of("a%20b", "a!", "%2561dmin/x", "a%2Fb!", tooLong, "", "x/", "x/a~")) {
      assertThat(answer("/rooms/" + name)).as(name).startsWith("HTTP/1.1 400 ");
    }
    assertThat(answer("/rooms/" + "x".repeat(64))).startsWith("HTTP/1.1 101 ");
    assertThat(answer("/rooms/a.b_C-9")).startsWith("HTTP/1.1 101 ");
    assertThat(answer("/rooms/admin")).as("no namespace").startsWith("HTTP/1.1 101 ");
    assertThat(answer("/rooms/a/b/c")).startsWith("HTTP/1.1 404 ");
  }

  @Test
  void roomsOfANamespaceAreForThoseWhoHaveItsRole() throws Exception {
    start("admin-token", "12345678", "token", "abcdefgh");
    for (String path : List.of("/rooms/admin/x", "/rooms/%61dmin/x", "/rooms/staff/x")) {
      assertThat(answer(path)).as(path).startsWith("HTTP/1.1 403 ");
      assertThat(answer(path, "Authorization: Bearer abcdefgh")).startsWith("HTTP/1.1 403 ");
      assertThat(answer(path, "Authorization: Bearer 12345678")).startsWith("HTTP/1.1 101 ");
    }
    assertThat(answer("/rooms/x")).startsWith("HTTP/1.1 401 ");
    assertThat(answer("/rooms/x", "Authorization: Bearer abcdefgh")).startsWith("HTTP/1.1 101 ");
  }

  @Test
  void aRoomOfANamespaceIsNotTheRoomOfThatName() throws Exception {
    start();
    try (JdkClient inside = joined("admin/x", "ann");
        JdkClient outside = joined("x", "bob")) {
      inside.send("secret");
      assertThat(inside.next()).contains("secret");
      outside.send("public");
      assertThat(outside.next()).contains("public");
    }
  }

  @Test
  void aMemberThatIsTooSlowIsClosedHoldsUpNobodyAndGoesOn() throws Exception {
    // More than half of it is published behind what the system and a burst may take, some 80; and
    // soon: who takes nothing for 10 s is reset.
    start("room-messages", "300");
    String padding = "x".repeat(120_000);
    try (Socket socket = new Socket()) {
      socket.setReceiveBufferSize(16 * 1024);
      socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
      RawClient slow = new RawClient(socket);
      slow.send(handshake("/rooms/a?member=slow").getBytes(US_ASCII));
      assertThat(slow.head()).contains(" 101 ");
      FutureTask<List<String>> lastWords = new FutureTask<>(() -> whenTooSlow(slow));
      new Thread(lastWords, "slow").start();
      try (JdkClient ann = join("a?member=ann");
          JdkClient bob = join("a?member=bob&from=0")) {
        for (int i = 0; i < 280; i++) {
          ann.send(i + padding);
          String heard = bob.next();
          while (!heard.contains("\"" + i + "x")) {
            heard = bob.next();
          }
        }
        String last = lastWords.get(60, TimeUnit.SECONDS).get(0);
        long from = 1 + Long.parseLong(last.replaceFirst("\\{\"seq\":(\\d+),.*", "$1"));
        assertThat(lastWords.get().get(1))
            .matches("closed 1013 too slow: \\d+ messages behind; go on with from=" + from);
        try (JdkClient again = join("a?member=slow&from=" + from)) {
          assertThat(again.next()).contains("welcome");
          for (long seq = from; seq < 283; seq++) {
            assertThat(again.next()).startsWith("{\"seq\":" + seq + ",");
          }
        }
      }
    }
  }

  /** Reads once it is to be closed: a server waits for that only so long. The last two things. */
  private List<String> whenTooSlow(RawClient slow) throws Exception {
    await("wsproof_room_slow_members_total", 1);
    String last = "";
    String next = slow.next();
    while (!next.startsWith("closed")) {
      last = next;
      next = slow.next();
    }
    return List.of(last, next);
  }

  @Test
  void whatWasLetGoOfIsSaid() throws Exception {
    start("room-messages", "100");
    try (JdkClient ann = joined("a", "ann")) {
      for (int i = 0; i < 300; i++) {
        ann.send("message " + i);
        assertThat(ann.next()).contains("\"message " + i + '"');
      }
      try (JdkClient late = join("a?from=0&member=bob")) {
        assertThat(late.next()).contains("\"first\":202,\"next\":301}");
        assertThat(late.next()).isEqualTo("{\"event\":\"gone\",\"first\":0,\"last\":201}");
        assertThat(late.next()).contains("\"seq\":202,");
      }
    }
  }

  @Test
  void theRoomThatKeepsMostLetsGoFirst() throws Exception {
    start("rooms-bytes", "1048576");
    String padding = "x".repeat(10_000);
    try (JdkClient small = joined("small", "ann");
        JdkClient large = joined("large", "bob")) {
      small.send("kept");
      assertThat(small.next()).contains("kept");
      for (int i = 0; i < 300; i++) {
        large.send(i + padding);
        assertThat(large.next()).contains("\"" + i + "x");
      }
      assertThat(figure("wsproof_rooms_kept_bytes")).isBetween(500_000.0, 1_048_576.0);
      try (JdkClient late = join("small?from=0")) {
        assertThat(late.next()).contains("\"first\":0,");
      }
      try (JdkClient late = join("large?from=0")) {
        assertThat(late.next()).doesNotContain("\"first\":0,");
        assertThat(late.next()).contains("\"event\":\"gone\"");
      }
    }
  }

  @Test
  void roomsAndMembersAreLimited() throws Exception {
    start("max-rooms", "1", "max-room-members", "2");
    try (JdkClient first = joined("a", "ann");
        JdkClient second = joined("a", "bob");
        JdkClient third = join("a");
        JdkClient other = join("b")) {
      assertThat(third.next()).isEqualTo("closed 1013 the room has its 2 members");
      assertThat(other.next()).isEqualTo("closed 1013 the server has its 1 rooms");
      second.send("hello");
      assertThat(second.next()).contains("hello");
      assertThat(first.next()).contains("\"join\"");
      assertThat(first.next()).contains("hello");
    }
    assertThat(figure("wsproof_refused_handshakes_total{cause=\"room-members\"}")).isEqualTo(1);
    assertThat(figure("wsproof_refused_handshakes_total{cause=\"rooms\"}")).isEqualTo(1);
  }

  @Test
  void aRoomThatNobodyIsInEndsAndItsNextRunHasAnotherName() throws Exception {
    start("room-idle", "1");
    String run;
    try (JdkClient first = join("a")) {
      run = first.next().replaceAll(".*\"run\":\"(.{8})\".*", "$1");
    }
    await("wsproof_rooms", 0);
    assertThat(figure("wsproof_rooms_kept_bytes")).isZero();
    try (JdkClient second = join("a?from=1&run=" + run)) {
      assertThat(second.next()).startsWith("closed 1008 run " + run + " has ended; this is run ");
    }
  }

  @Test
  void limitsOfMessagesHoldForRoomsAsWell() throws Exception {
    start("max-message-bytes", "10");
    try (JdkClient ann = joined("a", "ann");
        JdkClient bob = joined("a", "bob");
        JdkClient eve = joined("a", "eve")) {
      ann.send("0123456789");
      assertThat(bob.next()).contains("eve");
      assertThat(bob.next()).contains("0123456789");
      ann.send("\u00fc12345678\u00fc");
      eve.send(new byte[] {1});
      assertThat(next(ann, "closed")).isEqualTo("closed 1009 a message may have at most 10 bytes");
      assertThat(next(eve, "closed")).isEqualTo("closed 1003 a room takes text messages only");
      List<String> left = new ArrayList<>(List.of(unsealed(bob.next()), unsealed(bob.next())));
      assertThat(left).allMatch(event -> event.contains("\"event\":\"leave\""));
    }
  }

  private static String next(JdkClient client, String beginsWith) throws Exception {
    String next = client.next();
    while (next.startsWith("{")) {
      next = client.next();
    }
    assertThat(next).startsWith(beginsWith);
    return next;
  }

  @Test
  void drainingClosesMembersBehindWhatWasPublished() throws Exception {
    start();
    try (JdkClient ann = joined("a", "ann")) {
      ann.send("last words");
      assertThat(ann.next()).contains("last words");
      HttpRequest drain =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/drain"))
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      CompletableFuture<HttpResponse<String>> drained =
          HttpClient.newHttpClient().sendAsync(drain, HttpResponse.BodyHandlers.ofString());
      assertThat(ann.next()).isEqualTo("closed 1001 the server is stopping");
      assertThat(drained.get().body())
          .isEqualTo("drained: 1 closed, 0 messages unanswered, 0 still open\n");
    }
  }
}
