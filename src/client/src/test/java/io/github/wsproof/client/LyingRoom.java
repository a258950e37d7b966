package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.RoomMessages;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** A server of rooms, on loopback, that lies as a test tells it. */
final class LyingRoom extends WebSocketServer implements AutoCloseable {
  /** A member as the server knows it. */
  record Member(WebSocket socket, String name, String room, int life) {
    boolean isPublisher() {
      return name.matches(".*-p\\d+");
    }

    /** The number in its name, as in s17. */
    int index() {
      return Integer.parseInt(name.replaceFirst(".*-[ps]", ""));
    }

    void say(byte[] text) {
      socket.send(new String(text, UTF_8));
    }
  }

  /** What the server does with a message; honest where nothing is overridden. */
  interface Behaviour {
    /** Whether it is a room at all; else it chats. */
    default boolean isRoom() {
      return true;
    }

    /** The text that it takes for the one published as the {@code n}th of all; null for none. */
    default String published(LyingRoom server, Member from, int n, String text) {
      return text;
    }

    /** Says what stands at a number of the room to a member. */
    default void say(LyingRoom server, Member to, long number, byte[] text) {
      to.say(text);
    }

    /** Says more, behind that. */
    default void said(LyingRoom server, Member to, long number) {}
  }

  private static final String RUN = "5f3a9c01";

  /** What stands in each room. */
  final Map<String, List<byte[]>> logs = new LinkedHashMap<>();

  final List<Member> members = new ArrayList<>();

  /** What clients asked for, in their order. */
  final List<String> asked = new ArrayList<>();

  private final Behaviour behaviour;
  private final CountDownLatch started = new CountDownLatch(1);
  private final Map<String, Integer> lives = new LinkedHashMap<>();
  private int publishedInAll;

  private LyingRoom(Behaviour behaviour) {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    this.behaviour = behaviour;
    setReuseAddr(true);
    setTcpNoDelay(true);
    setConnectionLostTimeout(0);
  }

  static LyingRoom start(Behaviour behaviour) throws InterruptedException {
    LyingRoom server = new LyingRoom(behaviour);
    server.start();
    if (!server.started.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the server did not start");
    }
    return server;
  }

  String url() {
    return "ws://127.0.0.1:" + getPort() + "/rooms/a";
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onOpen(WebSocket socket, ClientHandshake handshake) {
    String path = handshake.getResourceDescriptor();
    asked.add(path);
    if (!behaviour.isRoom()) {
      socket.send("hello");
      return;
    }
    String room = path.replaceFirst("/rooms/([^?]*).*", "$1");
    String name = path.replaceFirst(".*[?&]member=([^&]*).*", "$1");
    List<byte[]> log = logs.computeIfAbsent(room, r -> new ArrayList<>());
    int life = lives.merge(name, 1, Integer::sum) - 1;
    Member member = new Member(socket, name, room, life);
    socket.setAttachment(member);
    int from =
        path.contains("from=")
            ? Integer.parseInt(path.replaceFirst(".*[?&]from=(\\d+).*", "$1"))
            : log.size();
    socket.send(RoomMessages.welcome(room, RUN, name, 0, log.size()));
    for (int number = from; number < log.size(); number++) {
      member.say(log.get(number));
    }
    members.add(member);
    append(room, RoomMessages.joined(log.size(), name));
  }

  @Override
  public void onMessage(WebSocket socket, String message) {
    Member from = socket.getAttachment();
    String text = behaviour.published(this, from, publishedInAll++, message);
    if (text != null) {
      publish(from.room(), from, publishedInAll, text);
    }
  }

  void publish(String room, Member from, int n, String text) {
    append(
        room,
        RoomMessages.message(logs.get(room).size(), 42, from.name(), n, RoomMessages.quote(text)));
  }

  private void append(String room, byte[] text) {
    List<byte[]> log = logs.get(room);
    long number = log.size();
    log.add(text);
    for (Member member : List.copyOf(members)) {
      if (member.room().equals(room) && member.socket().isOpen()) {
        behaviour.say(this, member, number, text);
        behaviour.said(this, member, number);
      }
    }
  }

  @Override
  public void onClose(WebSocket socket, int code, String reason, boolean remote) {
    members.remove(socket.<Member>getAttachment());
  }

  @Override
  public void onError(WebSocket socket, Exception error) {}

  @Override
  public void close() {
    try {
      stop(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
