package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.transport.RawServer.Peer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameScannerTest {

  private final FrameScanner scanner = new FrameScanner(false);

  private static byte[] framesAndClose() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Peer.frame(0x81, new byte[0]));
    bytes.writeBytes(Peer.frame(0x81, closeInPayload(125)));
    bytes.writeBytes(Peer.frame(0x02, closeInPayload(126)));
    bytes.writeBytes(Peer.frame(0x80, closeInPayload(65_535)));
    bytes.writeBytes(Peer.frame(0x82, closeInPayload(65_536)));
    bytes.writeBytes(Peer.frame(0x89, closeInPayload(2)));
    bytes.writeBytes(Peer.closeFrame(4000, "ünd"));
    return bytes.toByteArray();
  }

  /** Payload that looks like Close frames. */
  private static byte[] closeInPayload(int size) {
    byte[] payload = new byte[size];
    for (int i = 0; i < size; i += 2) {
      payload[i] = (byte) 0x88;
    }
    return payload;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000, 64 * 1024, 1024 * 1024})
  void theCloseFrameIsFoundHoweverTheBytesAreSplit(int step) {
    byte[] bytes = framesAndClose();
    int stop = 0;
    for (int at = 0; at < bytes.length; at += step) {
      assertThat(scanner.closeSeen()).isFalse();
      int count = Math.min(step, bytes.length - at);
      stop = scanner.scan(ByteBuffer.wrap(bytes, at, count));
    }
    assertThat(stop).isEqualTo(bytes.length);
    assertThat(scanner.closeSeen()).isTrue();
    assertThat(scanner.closeCode()).isEqualTo(4000);
    assertThat(scanner.closeReason()).isEqualTo("ünd");
  }

  @Test
  void scanningStopsBehindTheCloseFrame() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(Peer.closeFrame(1000, ""));
    int end = bytes.size();
    bytes.writeBytes(Peer.frame(0x81, new byte[10]));
    ByteBuffer buffer = ByteBuffer.wrap(bytes.toByteArray());
    assertThat(scanner.scan(buffer)).isEqualTo(end);
    assertThat(scanner.scan(buffer)).isZero();
    assertThat(buffer.position()).isZero();
  }

  @Test
  void aCloseFrameWithoutPayloadHasNoCode() {
    scanner.scan(ByteBuffer.wrap(Peer.frame(0x88, new byte[0])));
    assertThat(scanner.closeCode()).isEqualTo(1005);
    assertThat(scanner.closeReason()).isEmpty();
  }

  @Test
  void ourOwnCloseFrameIsRead() {
    ByteBuffer masked = CloseFrame.encode(1001, "going", 0x12fe56dc);
    assertThat(scanner.scan(masked)).isEqualTo(masked.limit());
    assertThat(scanner.closeCode()).isEqualTo(1001);
    assertThat(scanner.closeReason()).isEqualTo("going");
  }

  @Test
  void aLengthThatIsNegativeNeverEnds() {
    byte[] bytes = {(byte) 0x82, 127, -1, 0, 0, 0, 0, 0, 0, 0, (byte) 0x88, 0};
    assertThat(scanner.scan(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
    assertThat(scanner.closeSeen()).isFalse();
  }
}
