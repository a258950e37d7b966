package io.github.wsproof.pagetests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network between browser and server that lets no WebSocket through, as long as it blocks them,
 * and no event stream if it is told so. It takes one request a connection, so that it sees each.
 */
final class BlockingProxy implements AutoCloseable {
  private final int serverPort;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean blocksWebSockets = true;
  private final boolean blocksEvents;

  BlockingProxy(int serverPort, boolean blocksEvents) throws IOException {
    this.serverPort = serverPort;
    this.blocksEvents = blocksEvents;
    listener = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  void unblock() {
    blocksWebSockets = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        threads.execute(() -> carry(client));
      } catch (IOException e) {
        // Closed: the loop ends.
        continue;
      }
    }
  }

  private void carry(Socket client) {
    try (client;
        Socket server = new Socket("127.0.0.1", serverPort)) {
      sockets.add(server);
      String head = head(client.getInputStream());
      boolean webSocket = head.toLowerCase(Locale.ROOT).contains("upgrade: websocket");
      if (webSocket && blocksWebSockets || blocksEvents && head.contains("/events")) {
        client
            .getOutputStream()
            .write(
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(ISO_8859_1));
        return;
      }
      String sent =
          webSocket
              ? head
              : head.replaceAll("(?i)\r\nConnection:[^\r]*", "")
                  .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
      server.getOutputStream().write(sent.getBytes(ISO_8859_1));
      threads.execute(() -> pass(client, server));
      copy(server.getInputStream(), client.getOutputStream());
    } catch (IOException e) {
      // One side has gone: the other is closed with it.
      sockets.remove(client);
    }
  }

  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    return head.toString(ISO_8859_1);
  }

  private static void pass(Socket client, Socket server) {
    try {
      copy(client.getInputStream(), server.getOutputStream());
      // Whoever closes a tab has gone, from its event stream as well.
      server.close();
    } catch (IOException e) {
      // The answer has ended the connection.
      return;
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] bytes = new byte[8192];
    for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
      out.write(bytes, 0, count);
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
