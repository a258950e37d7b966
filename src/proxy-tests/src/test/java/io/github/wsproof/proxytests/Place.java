package io.github.wsproof.proxytests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * Where one proxy of a test is.
 *
 * @param directory its own, for files and logs; its workers, who may be another user, can write
 *     there
 * @param httpPort where it listens, on loopback
 * @param httpsPort where it ends TLS
 * @param adminPort where it takes orders, if it does so on a port
 * @param serverPort where the server is, on loopback
 * @param secondPort where another one is, or nobody, if its file has two
 * @param pem certificate and key
 */
record Place(
    Path directory,
    int httpPort,
    int httpsPort,
    int adminPort,
    int serverPort,
    int secondPort,
    Path pem) {

  /** In a directory of those that this test has for it, before a server. */
  static Place before(int serverPort, Path pem) throws IOException {
    return before(serverPort, 0, pem);
  }

  /** Before two servers; 0: the second is not there. */
  static Place before(int serverPort, int secondPort, Path pem) throws IOException {
    Path directory = Files.createTempDirectory(pem.getParent(), "proxy");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    int[] ports = freePorts();
    int second = secondPort == 0 ? ports[3] : secondPort;
    return new Place(directory, ports[0], ports[1], ports[2], serverPort, second, pem);
  }

  /** All at once, so that they differ. */
  private static int[] freePorts() throws IOException {
    try (ServerSocket first = bound();
        ServerSocket second = bound();
        ServerSocket third = bound();
        ServerSocket fourth = bound()) {
      return Stream.of(first, second, third, fourth).mapToInt(ServerSocket::getLocalPort).toArray();
    }
  }

  private static ServerSocket bound() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  }

  Path file(String name) {
    return directory.resolve(name);
  }

  String echo() {
    return "ws://127.0.0.1:" + httpPort + "/echo";
  }

  String secureEcho() {
    return "wss://127.0.0.1:" + httpsPort + "/echo";
  }
}
