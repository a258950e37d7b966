package io.github.wsproof.transport;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.transport.RawServer.Frame;
import io.github.wsproof.transport.RawServer.Peer;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** permessage-deflate (RFC 7692) against a server that speaks it by hand. */
@Timeout(120)
class DeflateTest {

  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};
  private static final String BARE = "permessage-deflate";

  private EventLoop loop;
  private ClientManager client;
  private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

  @BeforeEach
  void createClient() {
    loop = new EventLoop("test");
    client = TestClient.patient(loop);
    client.getProperties().put(EventLoopClientContainer.DEFLATE, true);
  }

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private Object nextSeen() throws InterruptedException {
    return seen.poll(TestClient.BOUND_SECONDS, TimeUnit.SECONDS);
  }

  /** Answers the handshake with an extension header; "" for none. */
  private static String accept(Peer peer, String extensions) throws Exception {
    String request = peer.readHead();
    String line = extensions.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + extensions + "\r\n";
    peer.send(Peer.acceptance(request).replaceFirst("\r\n", "\r\n" + line));
    return request;
  }

  /** The server's end of the compression. */
  private static final class Codec {
    private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    private final Inflater inflater = new Inflater(true);
    private final boolean forgetful;

    Codec(boolean forgetful) {
      this.forgetful = forgetful;
    }

    byte[] deflate(byte[] plain) {
      deflater.setInput(plain);
      byte[] room = new byte[plain.length + 1000];
      int length = deflater.deflate(room, 0, room.length, Deflater.SYNC_FLUSH);
      if (forgetful) {
        deflater.reset();
      }
      return length <= 4 ? new byte[1] : java.util.Arrays.copyOf(room, length - 4);
    }

    byte[] inflate(byte[] deflated) throws Exception {
      inflater.setInput(join(deflated, TAIL));
      ByteArrayOutputStream plain = new ByteArrayOutputStream();
      byte[] room = new byte[10_000];
      for (int n = inflater.inflate(room); n > 0; n = inflater.inflate(room)) {
        plain.write(room, 0, n);
      }
      assertThat(inflater.needsInput()).isTrue();
      if (forgetful) {
        inflater.reset();
      }
      return plain.toByteArray();
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** Returns every message deflated, in frames of {@code most} bytes, with a ping between them. */
  private static void echo(Peer peer, Codec codec, int most) throws Exception {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    int opcode = 0;
    while (true) {
      Frame frame = peer.readFrame();
      if (frame.opcode() == 8) {
        peer.send(Peer.frame(0x88, frame.payload()));
        return;
      }
      if (frame.opcode() > 8) {
        continue;
      }
      if (frame.opcode() != 0) {
        assertThat(frame.rsv1()).isTrue();
        opcode = frame.opcode();
      } else {
        assertThat(frame.rsv1()).isFalse();
      }
      message.writeBytes(frame.payload());
      if (frame.fin()) {
        sendInParts(peer, opcode, codec.deflate(codec.inflate(message.toByteArray())), most);
        message.reset();
      }
    }
  }

  private static void sendInParts(Peer peer, int opcode, byte[] deflated, int most)
      throws Exception {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int at = 0; at < deflated.length; at += most) {
      boolean last = at + most >= deflated.length;
      int first = (at == 0 ? 0x40 | opcode : 0) | (last ? 0x80 : 0);
      int to = Math.min(deflated.length, at + most);
      frames.writeBytes(Peer.frame(first, java.util.Arrays.copyOfRange(deflated, at, to)));
      if (!last) {
        frames.writeBytes(Peer.frame(0x89, new byte[] {1, 2, 3}));
      }
    }
    peer.send(frames.toByteArray());
  }

  private static List<Object> mixture() {
    Random random = new Random(7);
    List<Object> messages = new ArrayList<>();
    for (int size : new int[] {0, 1, 24, 125, 126, 127, 0, 0, 8193, 65_535, 65_536, 300_000, 3}) {
      messages.add("ä".repeat(size));
      byte[] noise = new byte[size];
      random.nextBytes(noise);
      messages.add(new String(noise, ISO_8859_1));
      messages.add(noise);
    }
    return messages;
  }

  private void sendAndCompare(TestClient one, List<Object> messages) throws Exception {
    for (Object message : messages) {
      if (message instanceof String text) {
        one.session.getAsyncRemote().sendText(text);
      } else {
        one.session.getAsyncRemote().sendBinary(ByteBuffer.wrap((byte[]) message));
      }
    }
    for (Object message : messages) {
      assertThat(one.nextMessage()).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        "Permessage-Deflate ; Server_Max_Window_Bits=\"15\"; client_max_window_bits=15",
      })
  void everyMessageComesBackAsItWas(String extensions) throws Exception {
    boolean forgetful = extensions.contains("takeover");
    for (int most : new int[] {7, 1000, 1 << 20}) {
      try (RawServer server =
          new RawServer(
              peer -> {
                seen.add(accept(peer, extensions));
                echo(peer, new Codec(forgetful), most);
              })) {
        TestClient one = TestClient.connect(client, server.uri());
        List<Object> messages = mixture();
        sendAndCompare(one, messages);
        assertThat(nextSeen().toString())
            .containsOnlyOnce(
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
        Compression compression = one.connection.compression();
        assertThat(compression.terms()).startsWith("permessage-deflate");
        assertThat(compression.receivedBytes()).isEqualTo(compression.sentBytes());
        long bytes =
            messages.stream()
                .mapToLong(
                    m -> m instanceof String s ? s.getBytes(UTF_8).length : ((byte[]) m).length)
                .sum();
        assertThat(compression.sentBytes()).isEqualTo(bytes);
        assertThat(compression.sentWireBytes()).isBetween(1L, bytes);
        one.connection.closeGracefully(1000, "");
        assertThat(one.awaitEnd().code()).isEqualTo(1000);
        assertThat(one.errors).isEmpty();
        assertThat(server.failures).isEmpty();
      }
    }
  }

  @Test
  void whereTheServerHasASmallWindowNothingLooksBack() throws Exception {
    byte[] text = "the same again, the same again".getBytes(UTF_8);
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, "permessage-deflate; client_max_window_bits=8");
              // An inflater that forgets finds every distance wrong, whatever its size.
              Codec forgetful = new Codec(true);
              for (int i = 0; i < 3; i++) {
                seen.add(new String(forgetful.inflate(peer.readFrame().payload()), UTF_8));
              }
              seen.add(peer.readFrame().payload().length);
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      for (int i = 0; i < 3; i++) {
        one.connection.sendFragmented(text, false, 1, result -> {});
      }
      one.connection.sendFragmented(new byte[100_000], true, 1, result -> {});
      for (int i = 0; i < 3; i++) {
        assertThat(nextSeen()).isEqualTo(new String(text, UTF_8));
      }
      assertThat((int) nextSeen()).as("a bit for each byte").isBetween(12_500, 13_000);
      assertThat(server.failures).isEmpty();
    }
  }

  @Test
  void messagesInSeveralFramesAreDeflatedAsOne() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, BARE);
              echo(peer, new Codec(false), 10);
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      one.connection.sendFragmented("Héllo, Héllo".getBytes(UTF_8), false, 5, result -> {});
      one.connection.sendFragmented(new byte[0], false, 5, result -> {});
      one.connection.sendFragmented(new byte[50_000], true, 1000, result -> {});
      one.session.getBasicRemote().sendText("first, ", false);
      one.session.getBasicRemote().sendText("", false);
      one.session.getBasicRemote().sendText("second", false);
      one.session.getBasicRemote().sendText("", true);
      one.session.getBasicRemote().sendText("end");

      assertThat(one.nextMessages(2)).containsExactly("Héllo, Héllo", "");
      assertThat(one.nextMessage()).isEqualTo(new byte[50_000]);
      assertThat(one.nextMessages(2)).containsExactly("first, second", "end");
      assertThat(server.failures).isEmpty();
    }
  }

  @Test
  void messagesOfSeveralThreadsAreDeflatedInTheOrderInWhichTheyAreSent() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, BARE);
              echo(peer, new Codec(false), 1 << 20);
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      List<Thread> threads = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        String name = "thread " + t + " ";
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 200; i++) {
                    byte[] text = (name + i).getBytes(UTF_8);
                    one.connection.sendFragmented(text, false, 3, result -> {});
                  }
                });
        threads.add(thread);
        thread.start();
      }
      List<Object> got = one.nextMessages(800);
      for (Thread thread : threads) {
        thread.join();
      }
      for (int t = 0; t < 4; t++) {
        String name = "thread " + t + " ";
        List<Object> own = got.stream().filter(m -> ((String) m).startsWith(name)).toList();
        assertThat(own).hasSize(200).last().isEqualTo(name + 199);
      }
      assertThat(server.failures).isEmpty();
    }
  }

  @Test
  void aReplyMayComeUndeflatedAndByteByByte() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, BARE);
              Codec codec = new Codec(false);
              peer.sendByteByByte(
                  join(
                      Peer.frame(0x81, "plain".getBytes(UTF_8)),
                      Peer.frame(0xc1, codec.deflate("deflated".getBytes(UTF_8))),
                      Peer.frame(0x01, "in ".getBytes(UTF_8)),
                      Peer.frame(0x80, "parts".getBytes(UTF_8)),
                      Peer.frame(0xc1, codec.deflate("deflated again".getBytes(UTF_8))),
                      // Empty, as it should be, and as it is sometimes.
                      Peer.frame(0xc1, new byte[1]),
                      Peer.frame(0xc1, new byte[0]),
                      Peer.frame(0xc1, codec.deflate("deflated at last".getBytes(UTF_8)))));
              seen.add(peer.readFrame().opcode());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.nextMessages(7))
          .containsExactly(
              "plain", "deflated", "in parts", "deflated again", "", "", "deflated at last");
    }
  }

  @Test
  void aFinalBlockEndsTheStreamAndTheNextMessageBeginsAnother() throws Exception {
    // RFC 7692 section 7.2.3.4: "Hello" in a block with BFINAL, and the byte 0 behind it.
    byte[] hello = {(byte) 0xf3, 0x48, (byte) 0xcd, (byte) 0xc9, (byte) 0xc9, 0x07, 0x00, 0x00};
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, BARE);
              peer.send(join(Peer.frame(0xc1, hello), Peer.frame(0xc1, hello)));
              seen.add(peer.readFrame().opcode());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.nextMessages(2)).containsExactly("Hello", "Hello");
    }
  }

  @Test
  void aServerThatDoesNotAcceptGetsMessagesAsTheyAre() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              seen.add(accept(peer, ""));
              Frame frame = peer.readFrame();
              seen.add(frame.rsv1() + " " + frame.text());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      one.session.getBasicRemote().sendText("as it is");
      assertThat(nextSeen().toString()).contains("Sec-WebSocket-Extensions: permessage-deflate");
      assertThat(nextSeen()).isEqualTo("false as it is");
      assertThat(one.connection.compression()).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "permessage-deflate; client_max_window_bits=7 | must be 8 to 15",
        "permessage-deflate; client_max_window_bits | must be 8 to 15",
        "permessage-deflate; server_max_window_bits | must be 8 to 15",
        "permessage-deflate; server_max_window_bits=7 | must be 8 to 15",
        "permessage-deflate; server_max_window_bits=08 | must be 8 to 15",
        "permessage-deflate; server_max_window_bits=16 | must be 8 to 15",
        "permessage-deflate; server_no_context_takeover=1 | takes no value",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover | has it twice",
        "permessage-deflate; mux | is unknown",
        "permessage-deflate; | is unknown",
        "permessage-deflate, permessage-deflate | twice",
        "x-webkit-deflate-frame | an extension that was not offered",
        "permessage-deflate, foo; bar=1 | an extension that was not offered: foo; bar=1",
      })
  void aWrongAnswerFailsTheHandshakeWithASentence(String answerAndSentence) throws Exception {
    String[] parts = answerAndSentence.split(" \\| ");
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, parts[0]);
              seen.add(peer.readEnd());
            })) {
      assertThatThrownBy(() -> TestClient.connect(client, server.uri()))
          .hasStackTraceContaining("127.0.0.1:" + server.port() + ": accepted ")
          .hasStackTraceContaining(parts[1]);
      assertThat(nextSeen()).isIn("end of stream", "reset");
    }
  }

  @Test
  void anExtensionThatNobodyOfferedFailsTheHandshakeWithoutDeflateAsWell() throws Exception {
    client.getProperties().remove(EventLoopClientContainer.DEFLATE);
    try (RawServer server = new RawServer(peer -> accept(peer, BARE))) {
      assertThatThrownBy(() -> TestClient.connect(client, server.uri()))
          .hasStackTraceContaining("accepted an extension that was not offered");
    }
  }

  private void closesWith(int code, String sentence, byte[] frames, String extensions)
      throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, extensions);
              peer.send(join(Peer.frame(0x81, "before".getBytes(UTF_8)), frames));
              Frame close = peer.readFrame();
              seen.add(close.opcode() + " " + close.closeCode());
              peer.send(Peer.frame(0x88, close.payload()));
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(nextSeen()).isEqualTo("8 " + code);
      assertThat(one.awaitClosed().getCloseCode().getCode()).isEqualTo(code);
      assertThat(one.awaitClosed().getReasonPhrase()).contains(sentence);
      assertThat(one.nextMessage()).isEqualTo("before");
      assertThat(one.messages).isEmpty();
    }
  }

  @Test
  void rsv1OnAControlFrameIsAProtocolError() throws Exception {
    closesWith(1002, "control frame", Peer.frame(0xc9, new byte[0]), BARE);
  }

  @Test
  void rsv1OnAContinuationFrameIsAProtocolError() throws Exception {
    byte[] frames = join(Peer.frame(0x01, new byte[] {'a'}), Peer.frame(0xc0, new byte[] {'b'}));
    closesWith(1002, "continuation frame", frames, BARE);
  }

  @Test
  void rsv1WithoutAnAgreementIsAProtocolError() throws Exception {
    closesWith(1002, "RSV", Peer.frame(0xc1, new byte[] {'a'}), "");
  }

  @Test
  void rsv2IsAProtocolErrorOfADeflatedMessageToo() throws Exception {
    byte[] a = new Codec(false).deflate(new byte[] {'a'});
    closesWith(1002, "RSV", Peer.frame(0xe1, a), BARE);
  }

  @Test
  void aMessageInsideOfAnotherIsAProtocolError() throws Exception {
    byte[] a = new Codec(false).deflate(new byte[] {'a'});
    closesWith(1002, "inside", join(Peer.frame(0x41, a), Peer.frame(0xc1, a)), BARE);
  }

  @Test
  void aMaskedDeflatedFrameIsAProtocolError() throws Exception {
    closesWith(1002, "masked", new byte[] {(byte) 0xc1, (byte) 0x81, 0, 0, 0, 0, 0}, BARE);
  }

  @Test
  void whatCannotBeInflatedIsInvalidPayload() throws Exception {
    byte[] wrong = {(byte) 0xff, (byte) 0xff, (byte) 0xff};
    closesWith(1007, "cannot be inflated", Peer.frame(0xc1, wrong), BARE);
  }

  @Test
  void contextThatWasToBeForgottenIsNotThere() throws Exception {
    Codec keeps = new Codec(false);
    byte[] text = "the same, the very same, the same again".getBytes(UTF_8);
    byte[] first = keeps.deflate(text);
    byte[] second = keeps.deflate(text);
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, "permessage-deflate; server_no_context_takeover");
              peer.send(join(Peer.frame(0xc1, first), Peer.frame(0xc1, second)));
              seen.add(peer.readFrame().closeCode());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat(one.nextMessage()).isEqualTo(new String(text, UTF_8));
      assertThat(one.awaitClosed().getCloseCode()).isEqualTo(CloseCodes.NOT_CONSISTENT);
      assertThat(nextSeen()).isEqualTo(1007);
    }
  }

  @Test
  void aBombIsEndedAtTheBoundHoweverMuchIsBehindIt() throws Exception {
    client.getProperties().put(ClientProperties.INCOMING_BUFFER_SIZE, 1 << 20);
    Codec codec = new Codec(false);
    byte[] zeros = codec.deflate(new byte[1 << 20]);
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, BARE);
              peer.send(Peer.frame(0xc2, zeros));
              // A gigabyte behind it, of which one megabyte is as much as may come out.
              byte[] more = codec.deflate(new byte[1 << 20]);
              peer.send(Peer.frame(0x42, join(more, TAIL)));
              try {
                for (int i = 0; i < 1024; i++) {
                  peer.send(Peer.frame(0, join(more, TAIL)));
                }
              } catch (java.io.IOException e) {
                // It has gone.
              }
              seen.add(peer.readFrame().closeCode());
            })) {
      TestClient one = TestClient.connect(client, server.uri());
      assertThat((byte[]) one.nextMessage()).hasSize(1 << 20);
      assertThat(one.awaitClosed().getCloseCode()).isEqualTo(CloseCodes.TOO_BIG);
      assertThat(one.awaitClosed().getReasonPhrase()).contains("1048576");
      assertThat(nextSeen()).isEqualTo(1009);
      assertThat(one.connection.compression().receivedBytes()).isLessThan(3 << 20);
      assertThat(one.messages).isEmpty();
    }
  }

  @Test
  void aConnectionMayBeCutWhileItInflates() throws Exception {
    try (RawServer server =
        new RawServer(
            peer -> {
              accept(peer, BARE);
              Codec codec = new Codec(false);
              ByteArrayOutputStream all = new ByteArrayOutputStream();
              for (int i = 0; i < 1000; i++) {
                all.writeBytes(Peer.frame(0xc2, codec.deflate(new byte[5000])));
              }
              peer.send(all.toByteArray());
              peer.readEnd();
            })) {
      // Cut by the first of them, while the others are being inflated.
      TestClient one =
          new TestClient() {
            @Override
            public void onOpen(Session opened, EndpointConfig config) {
              connection = EventLoopConnection.of(opened);
              opened.addMessageHandler(
                  byte[].class,
                  (MessageHandler.Whole<byte[]>)
                      message -> {
                        messages.add(message);
                        connection.cut();
                      });
            }
          };
      TestClient.connect(client, server.uri(), one);
      assertThat(one.awaitEnd().code()).isEqualTo(1006);
      assertThat(one.errors).isEmpty();
    }
  }
}
