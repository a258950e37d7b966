package io.github.wsproof.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A client's connection and the one to the server behind it. Plain HTTP goes through as it is.
 *
 * <p>Two threads: the one that accepted it carries the outbound leg, another the inbound leg.
 */
final class Link {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LONGEST_HEAD_BYTES = 1 << 16;

  final Relay relay;
  private final Socket client;
  private final Socket server = new Socket();
  int number = -1;
  private volatile Pump outbound;
  private volatile Pump inbound;

  Link(Relay relay, Socket client) {
    this.relay = relay;
    this.client = client;
  }

  Pump pump(Leg leg) {
    return leg == Leg.OUTBOUND ? outbound : inbound;
  }

  /** Carries the connection until it ends. */
  void run() {
    try (client;
        server) {
      client.setTcpNoDelay(true);
      DataInputStream fromClient = input(client);
      String request = head(fromClient);
      if (request.isEmpty()) {
        return;
      }
      if (!connect()) {
        return;
      }
      boolean webSocket = header(request, "upgrade").equalsIgnoreCase("websocket");
      OutputStream toServer = output(server);
      toServer.write(rewritten(request, relay.target()).getBytes(ISO_8859_1));
      toServer.flush();
      DataInputStream fromServer = input(server);
      if (!webSocket || !upgraded(fromServer)) {
        passOn(fromClient, toServer, fromServer);
        return;
      }
      carry(fromClient, toServer, fromServer);
    } catch (SocketException e) {
      // One side has gone; the other is closed with it.
      relay.ended(this);
    } catch (IOException e) {
      relay.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      relay.ended(this);
    }
  }

  private boolean connect() throws IOException {
    try {
      server.setTcpNoDelay(true);
      server.connect(relay.targetAddress());
      return true;
    } catch (IOException | java.nio.channels.UnresolvedAddressException e) {
      String body = "The relay cannot connect to " + relay.target() + ": " + e.getMessage() + "\n";
      String response =
          "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/plain\r\nContent-Length: "
              + body.length()
              + "\r\nConnection: close\r\n\r\n"
              + body;
      client.getOutputStream().write(response.getBytes(ISO_8859_1));
      return false;
    }
  }

  private boolean upgraded(DataInputStream fromServer) throws IOException {
    String response = head(fromServer);
    OutputStream toClient = client.getOutputStream();
    toClient.write(response.getBytes(ISO_8859_1));
    return response.startsWith("HTTP/1.1 101");
  }

  private void carry(DataInputStream fromClient, OutputStream toServer, DataInputStream fromServer)
      throws IOException, InterruptedException {
    long seed = relay.open(this);
    outbound = new Pump(this, Leg.OUTBOUND, fromClient, toServer, seed);
    inbound = new Pump(this, Leg.INBOUND, fromServer, output(client), seed + 1);
    relay.carry(() -> carry(inbound, client));
    outbound.run();
    server.shutdownOutput();
    awaitEnd();
  }

  /** The inbound leg ends the connection; the outbound one waits for that, within a bound. */
  private void awaitEnd() throws IOException {
    client.setSoTimeout(0);
    synchronized (this) {
      long deadline = System.nanoTime() + 2_000_000_000L;
      while (!ended && System.nanoTime() < deadline) {
        try {
          wait(100);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private boolean ended;

  private void carry(Pump pump, Socket to) {
    try {
      pump.run();
      to.shutdownOutput();
    } catch (SocketException e) {
      end();
    } catch (IOException e) {
      relay.failed(e);
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
    }
  }

  private void passOn(InputStream fromClient, OutputStream toServer, InputStream fromServer)
      throws IOException {
    relay.carry(
        () -> {
          try {
            fromClient.transferTo(new Flushing(toServer));
          } catch (IOException e) {
            end();
          }
        });
    fromServer.transferTo(new Flushing(client.getOutputStream()));
  }

  /** Plain HTTP is a dialogue: nothing may wait in a buffer. */
  private static final class Flushing extends java.io.FilterOutputStream {
    Flushing(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      out.flush();
    }
  }

  /** Resets both sides. */
  void reset() throws IOException {
    client.setSoLinger(true, 0);
    server.setSoLinger(true, 0);
    end();
  }

  /** Closes both sides. */
  void end() {
    for (Socket socket : List.of(client, server)) {
      try {
        socket.close();
      } catch (IOException e) {
        relay.failed(e);
      }
    }
  }

  private static DataInputStream input(Socket socket) throws IOException {
    return new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
  }

  private static OutputStream output(Socket socket) throws IOException {
    return new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
  }

  /** An HTTP head with its empty line, or nothing where the stream ends before. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int state = 0;
    while (state < 4) {
      int b = in.read();
      if (b < 0) {
        return "";
      }
      head.write(b);
      if (head.size() > LONGEST_HEAD_BYTES) {
        throw new IOException("an HTTP head is longer than " + LONGEST_HEAD_BYTES + " bytes");
      }
      state = b == "\r\n\r\n".charAt(state) ? state + 1 : b == '\r' ? 1 : 0;
    }
    return head.toString(ISO_8859_1);
  }

  private static String header(String head, String name) {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
        return line.substring(name.length() + 1).trim();
      }
    }
    return "";
  }

  /**
   * The request as the server wants it: its own host, its own path where the client names none, and
   * no extension, for the relay does not look into compressed messages.
   */
  static String rewritten(String request, URI target) {
    List<String> lines = new ArrayList<>();
    for (String line : request.split("\r\n")) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lines.isEmpty()) {
        String path = target.getRawPath().isEmpty() ? "/" : target.getRawPath();
        String query = target.getRawQuery() == null ? "" : "?" + target.getRawQuery();
        lines.add(line.startsWith("GET / ") ? "GET " + path + query + line.substring(5) : line);
      } else if (lower.startsWith("host:")) {
        lines.add("Host: " + target.getAuthority());
        // A server that compares a browser's Origin with its own host wants to know it.
        lines.add("X-Forwarded-Host: " + line.substring("host:".length()).trim());
      } else if (!lower.startsWith("sec-websocket-extensions:")) {
        lines.add(line);
      }
    }
    return String.join("\r\n", lines) + "\r\n\r\n";
  }
}
