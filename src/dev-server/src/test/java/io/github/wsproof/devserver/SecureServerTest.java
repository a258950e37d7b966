package io.github.wsproof.devserver;

import static io.github.wsproof.hostile.Frames.frame;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.client.ConnectionOptions;
import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.client.ServerIdentity;
import io.github.wsproof.client.TlsOptions;
import io.github.wsproof.hostile.Attack;
import io.github.wsproof.ledger.Verdict;
import io.github.wsproof.protocol.Format;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds without TLS holds over it: order, back-pressure, last words, and what is wrong. */
@Timeout(120)
class SecureServerTest {
  @TempDir private static Path folder;
  private static ServerIdentity identity;
  private static Path cacert;
  private static SSLContext trusting;
  private static DevServer server;

  @BeforeAll
  static void start() throws Exception {
    identity = ServerIdentity.selfSigned("localhost");
    cacert = Files.writeString(folder.resolve("ca.pem"), identity.pem());
    trusting = trusting();
    server = DevServer.start(DevServer.LOOPBACK, 0, identity.context());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static SSLContext trusting() throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", identity.certificate());
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  private static HttpClient http() {
    return HttpClient.newBuilder().sslContext(trusting).build();
  }

  private static RunPlan.Builder plan(URI uri) {
    return RunPlan.to(uri.toString())
        .connection(
            ConnectionOptions.builder()
                .tls(TlsOptions.of(cacert, null, null, null, false))
                .build());
  }

  private static void assertPass(RunPlan.Builder plan) throws Exception {
    Report report = plan.build().run();
    assertThat(report.verdict()).as("" + report.reasons()).isEqualTo(Verdict.PASS);
  }

  private static RawClient raw(DevServer to, String... protocols) throws IOException {
    SSLSocket socket = (SSLSocket) trusting.getSocketFactory().createSocket("127.0.0.1", to.port());
    if (protocols.length > 0) {
      socket.setEnabledProtocols(protocols);
    }
    socket.startHandshake();
    return new RawClient(socket);
  }

  @Test
  void tenThousandOneAtATimeAndWithManyInFlight() throws Exception {
    for (String host : server.hosts()) {
      String shown = host.contains(":") ? "[" + host + "]" : host;
      URI uri = URI.create("wss://" + shown + ":" + server.port() + "/");
      assertPass(plan(uri).window(1));
      assertPass(plan(uri).window(256));
    }
    assertPass(plan(server.uri()).messages(3_000).connections(20).window(256));
  }

  @Test
  void everySizeTextAndBinaryInFragments() throws Exception {
    assertPass(
        plan(server.uri())
            .messages(400)
            .connections(2)
            .sizes("125,126,4096,16384,65535,65536,1000000")
            .format(Format.MIXED)
            .fragments(3));
  }

  @Test
  void aConnectionForEachMessage() throws Exception {
    assertPass(plan(server.uri()).messages(100).perConnection(1));
  }

  @Test
  void aClientThatIsNotOursSendsTenThousandInRapidSuccession() throws Exception {
    try (JdkClient client = JdkClient.connect(http(), server.uri().resolve("/echo?min=7&max=7"))) {
      for (int i = 0; i < 10_000; i++) {
        client.send("Request [" + i + "]");
      }
      for (int i = 0; i < 10_000; i++) {
        assertThat(client.next()).isEqualTo("Request [" + i + "] - 7");
      }
    }
  }

  @Test
  void thePageIsServed() throws Exception {
    HttpResponse<String> response =
        http()
            .send(
                HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + "/"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("<!doctype html>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theLastWordIsReadBehindWhateverTheClientHasSentAndThenTheEnd(String protocol)
      throws Exception {
    byte[] megabyte = frame(0x82, new byte[1 << 20]);
    for (int i = 0; i < 20; i++) {
      try (RawClient client = raw(server, protocol)) {
        client.send(Attack.request("/?min=abc", ""), megabyte, megabyte);

        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        assertThat(client.next()).isEqualTo("closed 1008 min must be a whole number: min=abc");
        assertThat(client.next()).isEqualTo("end");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void theEndIsSaidInTlsBeforeThatOfTcp(String protocol) throws Exception {
    // The JDK does not tell an end of TLS from one of TCP: the records do.
    Recording under = new Recording(server.port());
    SSLSocket socket =
        (SSLSocket)
            trusting.getSocketFactory().createSocket(under, "127.0.0.1", server.port(), true);
    socket.setEnabledProtocols(new String[] {protocol});
    try (RawClient client = new RawClient(socket)) {
      client.send(Attack.request("/?min=abc", ""));
      client.head();
      assertThat(client.next()).startsWith("closed 1008");
      assertThat(client.next()).isEqualTo("end");
    }
    // RFC 8446 section 5.1 and 5.2: type, version16, length16; an alert has two bytes.
    ByteBuffer records = ByteBuffer.wrap(under.received.toByteArray());
    String last = "";
    while (records.hasRemaining()) {
      int type = records.get();
      records.getShort();
      int length = records.getShort();
      records.position(records.position() + length);
      last = "type " + type + ", " + length + " bytes";
    }
    // Encrypted in TLS 1.3, with or without padding; a close frame with its reason is longer.
    assertThat(last)
        .isIn(
            protocol.equals("TLSv1.3")
                ? List.of("type 23, 19 bytes", "type 23, 35 bytes")
                : List.of("type 21, 26 bytes"));
  }

  /** A socket that keeps what has come. */
  private static final class Recording extends Socket {
    final ByteArrayOutputStream received = new ByteArrayOutputStream();

    Recording(int port) throws IOException {
      super("127.0.0.1", port);
    }

    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int count = super.read(bytes, offset, length);
          if (count > 0) {
            received.write(bytes, offset, count);
          }
          return count;
        }
      };
    }
  }

  @Test
  void stoppingAnswersWhatWasReceivedAndClosesWith1001() throws Exception {
    DevServer other = DevServer.start("127.0.0.1", 0, identity.context());
    try (JdkClient client = JdkClient.connect(http(), other.uri().resolve("/?min=7&max=7"))) {
      for (int i = 0; i < 1_000; i++) {
        client.send("Request [" + i + "]");
      }
      assertThat(client.next()).isEqualTo("Request [0] - 7");

      other.close();

      int answered = 1;
      String next = client.next();
      while (next.startsWith("Request")) {
        assertThat(next).isEqualTo("Request [" + answered++ + "] - 7");
        next = client.next();
      }
      assertThat(next).isEqualTo("closed 1001 the server is stopping");
    }
  }

  @Test
  void clientsThatReadNothingHarmNobodyAndAreReset() throws Exception {
    Bounds bounds =
        new Bounds(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(1));
    try (DevServer other =
        DevServer.start("127.0.0.1", 0, bounds, Set.of(RootEndpoint.class), identity.context())) {
      List<RawClient> readNothing = new ArrayList<>();
      List<Thread> floods = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        RawClient client = raw(other);
        readNothing.add(client);
        Thread flood = new Thread(() -> flood(client), "flood-" + i);
        floods.add(flood);
        flood.start();
      }
      try {
        await(() -> other.connections() > 0);
        assertPass(plan(other.uri()).messages(2_000).window(16));
        for (Thread flood : floods) {
          flood.join(60_000);
          assertThat(flood.isAlive()).as("it was not reset").isFalse();
        }
        await(() -> other.connections() == 0);
        assertPass(plan(other.uri()).messages(2_000).window(16));
      } finally {
        for (RawClient client : readNothing) {
          // What it has written and the server has not read would hold up an orderly end.
          client.socket.setSoLinger(true, 0);
          client.close();
        }
      }
    }
  }

  /** Small messages with long replies, until the server has had enough. */
  private static void flood(RawClient client) {
    byte[] some = new byte[7_000];
    byte[] message = frame(0x81, (byte) 'a');
    for (int i = 0; i < some.length; i++) {
      some[i] = message[i % message.length];
    }
    try {
      client.send(Attack.request("/?form=%7Bmessage%7D" + "x".repeat(150), ""));
      while (true) {
        client.send(some);
      }
    } catch (IOException e) {
      // Reset, as it should be: the test waits for it.
      return;
    }
  }

  @Test
  void whatIsNoTlsIsToldSoOrDroppedAndHonestClientsLoseNothing() throws Exception {
    Bounds bounds =
        new Bounds(
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));
    Random random = new Random(1);
    byte[] hello = clientHello();
    try (DevServer other =
        DevServer.start("127.0.0.1", 0, bounds, Set.of(RootEndpoint.class), identity.context())) {
      for (int i = 0; i < 300; i++) {
        byte[] bytes = hello.clone();
        switch (i % 4) {
          case 0 -> random.nextBytes(bytes);
          case 1 -> bytes = "GET / HTTP/1.1\r\nHost: wsproof\r\n\r\n".getBytes(ISO_8859_1);
          case 2 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
          default -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
        }
        try (RawClient client = new RawClient(other)) {
          client.send(bytes);
          if (i % 4 == 1) {
            assertThat(client.head()).startsWith("HTTP/1.1 400 ");
          }
        }
      }
      try (RawClient client = new RawClient(other)) {
        client.send(Arrays.copyOf(hello, hello.length / 2));
        assertThat(client.next()).as("half a handshake is ended").isEqualTo("end");
      }
      try (RawClient client = raw(other)) {
        // Behind TLS's handshake, in clear.
        Socket under = new Socket("127.0.0.1", other.port());
        under.getOutputStream().write(hello);
        under.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(ISO_8859_1));
        under.close();
        client.send(Attack.request("/?min=7&max=7", ""), frame(0x81, (byte) 'a'));
        assertThat(client.head()).startsWith("HTTP/1.1 101 ");
        assertThat(client.next()).isEqualTo("a - 7");
      }
      assertPass(plan(other.uri()).messages(2_000).window(16));
      await(() -> other.connections() == 0 && other.sessions() == 0);
    }
  }

  /** The first record of a client of the JDK. */
  private static byte[] clientHello() throws Exception {
    SSLEngine engine = trusting.createSSLEngine("localhost", 1);
    engine.setUseClientMode(true);
    ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), record);
    return Arrays.copyOf(record.array(), record.position());
  }

  @Test
  void eitherSideWithoutTlsIsToldInASentence() throws Exception {
    try (DevServer plain = DevServer.start("127.0.0.1", 0)) {
      URI wss = URI.create("wss://127.0.0.1:" + plain.port() + "/");
      assertThat(plan(wss).build().run().reasons().get(0))
          .contains("what answers there does not speak TLS; use ws:// or check the port");
    }
    URI ws = URI.create("ws://127.0.0.1:" + server.port() + "/");
    assertThat(RunPlan.to(ws.toString()).build().run().reasons().get(0))
        .contains("it speaks TLS there (wss)")
        .endsWith("the answer begins \"This port speaks TLS: use https:// or wss:// here.\"");
  }

  private static void await(BooleanSupplier condition) {
    long endNanos = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it came true in time").isLessThan(endNanos);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new UncheckedIOException(new IOException(e));
      }
    }
  }
}
