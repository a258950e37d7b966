package io.github.wsproof.deploymenttests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;

/** How a handshake that is not allowed ends. */
final class Refused {
  private Refused() {}

  /**
   * Asks for a connection, and expects that there is none.
   *
   * @param status of the response, where the container asks filters before it upgrades
   * @param closeCode of the connection that is closed at once, where it does not
   * @param header one more of the request, as name and value; or none
   */
  static void assertRefused(URI uri, int status, int closeCode, String... header)
      throws IOException {
    if (Peculiarity.REFUSES_BY_A_CLOSE.isHere()) {
      try (JdkConnection connection = JdkConnection.open(uri, header)) {
        assertThat(connection.end().code()).isEqualTo(closeCode);
      }
    } else {
      String[] lines = header.length == 0 ? header : new String[] {String.join(": ", header)};
      assertThat(Handshake.with(uri, lines).status()).contains(" " + status);
    }
  }
}
