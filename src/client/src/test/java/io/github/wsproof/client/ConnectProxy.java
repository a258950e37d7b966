package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that knows CONNECT and one pair of credentials, on loopback. */
final class ConnectProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final String credentials;
  final List<String> requests = new CopyOnWriteArrayList<>();

  /**
   * @param credentials in base64
   */
  ConnectProxy(String credentials) throws IOException {
    this.credentials = credentials;
    start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + listener.getLocalPort();
  }

  private interface Task {
    void run() throws IOException;
  }

  private static void start(Task task) {
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (IOException e) {
                // Closed at one end.
                return;
              }
            },
            "connect-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listener.accept();
      sockets.add(client);
      start(() -> serve(client));
    }
  }

  private void serve(Socket client) throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream in = client.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        return;
      }
      head.append((char) next);
    }
    requests.add(head.toString());
    if (!head.toString().contains("Proxy-Authorization: Basic " + credentials + "\r\n")) {
      answer(client, "407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"");
      client.close();
      return;
    }
    String[] target = head.toString().split(" ")[1].split(":");
    Socket server = new Socket(target[0], Integer.parseInt(target[1]));
    sockets.add(server);
    answer(client, "200 OK");
    start(() -> copy(server, client));
    copy(client, server);
  }

  private static void answer(Socket client, String status) throws IOException {
    client.getOutputStream().write(("HTTP/1.1 " + status + "\r\n\r\n").getBytes(ISO_8859_1));
  }

  private static void copy(Socket from, Socket to) throws IOException {
    byte[] buffer = new byte[8192];
    for (int n = from.getInputStream().read(buffer);
        n >= 0;
        n = from.getInputStream().read(buffer)) {
      to.getOutputStream().write(buffer, 0, n);
    }
    to.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
