package io.github.wsproof.devserver;

import static io.github.wsproof.hostile.Frames.frame;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.RunPlan;
import io.github.wsproof.hostile.Attack;
import io.github.wsproof.hostile.Frames;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.server.EchoEndpoint;
import jakarta.websocket.OnMessage;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients meet that are slow, late or wrong, and those beside them. */
@Timeout(120)
class ServerConnectionTest {
  private static final Bounds SHORT =
      new Bounds(
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ofSeconds(5));

  private static DevServer server;

  @BeforeAll
  static void start() throws Exception {
    server =
        DevServer.start(
            "127.0.0.1", 0, SHORT, Set.of(RootEndpoint.class, EchoEndpoint.class, Streams.class));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  /** Sends from threads of its own, two of them at once. */
  @ServerEndpoint("/streams")
  public static final class Streams {
    static final int MESSAGES = 20_000;

    /** Begins. */
    @OnMessage
    public void onMessage(String unused, Session session) {
      session.setMaxIdleTimeout(-1);
      for (String name : List.of("a", "b")) {
        Thread thread = new Thread(() -> stream(name, session), "stream-" + name);
        thread.setDaemon(true);
        thread.start();
      }
    }

    private static void stream(String name, Session session) {
      try {
        for (int i = 0; i < MESSAGES; i++) {
          session.getBasicRemote().sendText(name + " " + i);
        }
      } catch (IOException | IllegalStateException e) {
        // The client has gone: the test says so.
        return;
      }
    }
  }

  @Test
  void whatOtherThreadsSendComesWholeAndInTheirOrder() throws Exception {
    try (JdkClient client = JdkClient.connect(server.uri().resolve("/streams"))) {
      client.send("go");
      int[] next = new int[2];
      for (int i = 0; i < 2 * Streams.MESSAGES; i++) {
        String message = client.next();
        assertThat(message).isEqualTo(message.charAt(0) + " " + next[message.charAt(0) - 'a']++);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 125, 126, 65_535, 65_536, 1 << 20})
  void everySizeIsAnsweredOneAtATimeAndPipelined(int size) throws Exception {
    String text = "x".repeat(size);
    byte[] bytes = new byte[size];
    try (DevServer patient = DevServer.start("127.0.0.1", 0);
        JdkClient client = JdkClient.connect(patient.uri().resolve("/echo?min=7&max=7"))) {
      for (int burst : new int[] {1, 1, 20}) {
        for (int i = 0; i < burst; i++) {
          client.send(text);
          client.send(bytes);
        }
        for (int i = 0; i < burst; i++) {
          assertThat(client.next()).isEqualTo(text + " - 7");
          assertThat(client.next()).isEqualTo("binary " + "\0".repeat(size) + " - 7");
        }
      }
    }
  }

  @Test
  void fragmentsAreJoinedWhereverTheyAreCut() throws Exception {
    byte[] message =
        Frames.joined(
            frame(1, "één".getBytes(UTF_8)),
            frame(0x89, (byte) 1),
            frame(0),
            frame(0x80, " twee".getBytes(UTF_8)));
    try (RawClient client = new RawClient(server)) {
      client.send(Attack.request("/echo?min=7&max=7", ""));
      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      for (int cut = 0; cut < message.length; cut++) {
        client.send(Arrays.copyOf(message, cut));
        client.send(Arrays.copyOfRange(message, cut, message.length));
        assertThat(List.of(client.next(), client.next())).containsExactly("\1", "één twee - 7");
      }
    }
  }

  @Test
  void messagesMayComeWithTheHandshake() throws Exception {
    try (RawClient client = new RawClient(server)) {
      client.send(Attack.request("/?min=7&max=7", ""), frame(0x81, (byte) 'a'));

      assertThat(client.head()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
      assertThat(client.next()).isEqualTo("a - 7");
    }
  }

  @Test
  void aRefusalIsReadBehindWhateverTheClientHasSent() throws Exception {
    byte[] megabyte = frame(0x82, new byte[1 << 20]);
    for (int i = 0; i < 20; i++) {
      try (RawClient client = new RawClient(server)) {
        client.send(Attack.request("/?min=abc", ""), megabyte, megabyte, megabyte, megabyte);

        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        assertThat(client.next()).isEqualTo("closed 1008 min must be a whole number: min=abc");
        assertThat(client.next()).isEqualTo("end");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/echo?min=7&max=7&form={message}|{random}, 101, hi|7",
    "/echo?min=7&max=7&form={message}%20\"é\", 101, 'closed 1008 form must be at most 200 printable"
        + " ASCII characters'",
    "/echo?form=%zz, 400, ",
    "/%, 400, ",
    "//echo, 400, ",
    "echo, 400, ",
    "/main.js, 404, ",
  })
  void rawCharactersInAnAddressAreTakenOrRefusedInWords(String path, int status, String reply)
      throws Exception {
    try (RawClient client = new RawClient(server)) {
      client.send(new String(Attack.request(path, ""), ISO_8859_1).getBytes(UTF_8));

      assertThat(client.head()).startsWith("HTTP/1.1 " + status + " ");
      if (reply != null) {
        client.send(frame(0x81, (byte) 'h', (byte) 'i'));
        assertThat(client.next()).isEqualTo(reply);
      }
    }
  }

  @Test
  void aWrongVersionIsToldTheRightOne() throws Exception {
    try (RawClient client = new RawClient(server)) {
      String request = new String(Attack.request("/", ""), ISO_8859_1);
      client.send(request.replace("Version: 13", "Version: 8").getBytes(ISO_8859_1));

      assertThat(client.head())
          .startsWith("HTTP/1.1 426 Upgrade Required\r\n")
          .contains("\r\nSec-WebSocket-Version: 13\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET / HTTP/1.1\r\nHost: wsproof\r\n", "G"})
  void aHandshakeMustBeWholeInTime(String half) throws Exception {
    try (RawClient client = new RawClient(server)) {
      client.send(half.getBytes(ISO_8859_1));

      assertThat(client.socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aFrameMustBeWholeInTime() throws Exception {
    try (RawClient client = new RawClient(server)) {
      client.send(Attack.request("/", ""), Frames.header(0x82, 0x80, 2, 1_000));

      assertThat(client.head()).startsWith("HTTP/1.1 101 ");
      assertThat(client.next()).isEqualTo("closed 1008 a frame must be whole within 1 s");
    }
  }

  @Test
  void anIdleConnectionMayStay() throws Exception {
    try (RawClient idle = new RawClient(server);
        RawClient late = new RawClient(server)) {
      idle.send(Attack.request("/?min=7&max=7", ""));
      assertThat(idle.head()).startsWith("HTTP/1.1 101 ");
      // Ends when this server has ended a connection for which the time was up.
      late.send(Attack.request("/", ""), Frames.header(0x82, 0x80, 2, 1_000));
      late.head();
      assertThat(late.next()).startsWith("closed 1008");
      assertThat(late.next()).isEqualTo("end");

      idle.send(frame(0x81, (byte) 'a'));
      assertThat(idle.next()).isEqualTo("a - 7");
    }
  }

  @Test
  void twoHundredClientsThatReadNothingHarmNobodyAndAreReset() throws Exception {
    await(() -> server.connections() == 0);
    Bounds bounds =
        new Bounds(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(4),
            Duration.ofSeconds(1));
    try (DevServer other = DevServer.start("127.0.0.1", 0, bounds, Set.of(RootEndpoint.class))) {
      RunPlan plan =
          RunPlan.to(other.uri().toString()).messages(60_000).connections(200).window(8).build();
      assertThat(plan.run().verdict()).isEqualTo(Verdict.PASS);
      long before = usedBytes();
      List<SocketChannel> readNothing = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        readNothing.add(channel(other.port()));
      }
      Thread flood = new Thread(() -> flood(readNothing), "flood");
      flood.start();
      try {
        await(() -> usedBytes() > before + (10 << 20));
        assertThat(plan.run().verdict()).isEqualTo(Verdict.PASS);
        assertThat(usedBytes() - before).isLessThan(160L << 20);
        await(() -> other.connections() == 0);
        assertThat(plan.run().verdict()).isEqualTo(Verdict.PASS);
      } finally {
        flood.interrupt();
        flood.join();
        for (SocketChannel channel : readNothing) {
          channel.close();
        }
      }
      await(() -> usedBytes() - before < 32 << 20);
    }
  }

  private static SocketChannel channel(int port) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(StandardSocketOptions.SO_RCVBUF, 8 << 10);
    channel.connect(new InetSocketAddress("127.0.0.1", port));
    channel.write(ByteBuffer.wrap(Attack.request("/?form=%7Bmessage%7D" + "x".repeat(150), "")));
    channel.configureBlocking(false);
    return channel;
  }

  /** Small messages with long replies, as many as the sockets take, until all are reset. */
  private static void flood(List<SocketChannel> channels) {
    byte[] message = frame(0x81, (byte) 'a');
    ByteBuffer some = ByteBuffer.allocate(1_000 * message.length);
    for (int i = 0; i < 1_000; i++) {
      some.put(message);
    }
    List<SocketChannel> open = new ArrayList<>(channels);
    while (!open.isEmpty() && !Thread.interrupted()) {
      open.removeIf(
          channel -> {
            try {
              // A partial write would cut a frame: whole messages only, or none.
              ByteBuffer rest = some.duplicate().rewind();
              int written = channel.write(rest);
              while (written % message.length != 0) {
                int end = (written / message.length + 1) * message.length;
                written += channel.write(some.duplicate().limit(end).position(written));
                Thread.onSpinWait();
                if (Thread.currentThread().isInterrupted()) {
                  return true;
                }
              }
              return false;
            } catch (IOException e) {
              return true;
            }
          });
      // Full sockets are as full in a millisecond; the server needs the processor too.
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long endNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it came true in time").isLessThan(endNanos);
      Thread.sleep(20);
    }
  }
}
