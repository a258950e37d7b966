package io.github.wsproof.relay;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Listens on loopback, passes each connection on to a server as it is, and counts what is on the
 * wire before that server: every byte, of TLS as well, which it speaks where the server does. Two
 * threads a connection. Thread-safe.
 */
public final class Meter implements AutoCloseable {
  private static final Logger LOGGER = Logger.getLogger(Meter.class.getName());
  private static final int CONNECT_MILLIS = 10_000;
  private static final int BUFFER_BYTES = 1 << 16;

  private final String host;
  private final int port;
  private final SSLContext tls;
  private final boolean checksName;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newCachedThreadPool(Meter::thread);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong outbound = new AtomicLong();
  private final AtomicLong inbound = new AtomicLong();
  private volatile String failure;

  private Meter(String host, int port, SSLContext tls, boolean checksName) throws IOException {
    this.host = host;
    this.port = port;
    this.tls = tls;
    this.checksName = checksName;
    listener = new ServerSocket(0, 1024, InetAddress.getByName("127.0.0.1"));
  }

  /**
   * What went over the wire.
   *
   * @param connections to the server
   * @param outbound bytes from the client to the server
   * @param inbound bytes from the server to the client
   */
  public record Counts(long connections, long outbound, long inbound) {}

  /**
   * Starts one on a free port of 127.0.0.1.
   *
   * @param tls how TLS is spoken to the server, or null for a server that speaks none
   * @param checksName whether the server's certificate must be of the host's name
   * @throws IOException if no port can be had
   */
  public static Meter start(String host, int port, SSLContext tls, boolean checksName)
      throws IOException {
    Meter meter = new Meter(host, port, tls, checksName);
    meter.threads.execute(meter::accept);
    return meter;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "wsproof-meter");
    thread.setDaemon(true);
    return thread;
  }

  /** Where clients connect to: without TLS. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + "/");
  }

  /** All that was counted; final once it is closed. */
  public Counts counts() {
    return new Counts(connections.get(), outbound.get(), inbound.get());
  }

  /** Why the server could not be reached the last time, or null. */
  public String failure() {
    return failure;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        threads.execute(() -> carry(client));
      } catch (IOException e) {
        LOGGER.log(Level.FINE, "no longer accepting", e);
      }
    }
  }

  private void carry(Socket client) {
    try (client;
        Socket raw = new CountingSocket()) {
      sockets.add(raw);
      raw.setTcpNoDelay(true);
      client.setTcpNoDelay(true);
      try (Socket server = connected(raw)) {
        threads.execute(() -> pass(client, server));
        copy(server.getInputStream(), client.getOutputStream());
        client.shutdownOutput();
      }
    } catch (IOException e) {
      // One side has gone: the other is closed with it, as on any wire.
      LOGGER.log(Level.FINE, "a connection ended", e);
    } finally {
      sockets.remove(client);
    }
  }

  private Socket connected(Socket raw) throws IOException {
    try {
      raw.connect(new InetSocketAddress(InetAddress.getByName(host), port), CONNECT_MILLIS);
      connections.incrementAndGet();
      return tls == null ? raw : secured(raw);
    } catch (IOException e) {
      failure = e instanceof UnknownHostException ? "no such host: " + host : e.getMessage();
      throw e;
    }
  }

  private Socket secured(Socket raw) throws IOException {
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(raw, host, port, true);
    if (checksName) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
    }
    socket.startHandshake();
    return socket;
  }

  private static void pass(Socket client, Socket server) {
    try {
      copy(client.getInputStream(), server.getOutputStream());
      server.shutdownOutput();
    } catch (IOException e) {
      LOGGER.log(Level.FINE, "a client has gone", e);
    }
  }

  private static void copy(InputStream in, OutputStream out) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      out.write(buffer, 0, count);
      out.flush();
    }
  }

  /** Stops listening and closes every connection. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }

  /** Counts below TLS, which writes to these streams. */
  private final class CountingSocket extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new FilterInputStream(super.getInputStream()) {
        @Override
        public int read() throws IOException {
          int read = in.read();
          inbound.addAndGet(read < 0 ? 0 : 1);
          return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
          int count = in.read(bytes, offset, length);
          inbound.addAndGet(Math.max(0, count));
          return count;
        }
      };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
      return new FilterOutputStream(super.getOutputStream()) {
        @Override
        public void write(int b) throws IOException {
          out.write(b);
          outbound.incrementAndGet();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          out.write(bytes, offset, length);
          outbound.addAndGet(length);
        }
      };
    }
  }
}
