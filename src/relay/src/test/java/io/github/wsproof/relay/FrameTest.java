package io.github.wsproof.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameTest {
  private static Frame read(byte[] bytes) throws IOException {
    return Frame.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  @ParameterizedTest
  @CsvSource({"0, 2", "125, 2", "126, 4", "65535, 4", "65536, 10"})
  void aFrameIsWrittenAndReadBack(int length, int headerBytes) throws IOException {
    byte[] payload = new byte[length];
    for (int i = 0; i < length; i++) {
      payload[i] = (byte) (i * 31);
    }
    for (boolean masked : new boolean[] {false, true}) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      new Frame(true, Frame.TEXT, payload).write(out, masked);

      assertThat(out.size()).isEqualTo(headerBytes + (masked ? 4 : 0) + length);
      Frame frame = read(out.toByteArray());
      assertThat(frame.fin()).isTrue();
      assertThat(frame.opcode()).isEqualTo(Frame.TEXT);
      assertThat(frame.payload()).isEqualTo(payload);
    }
  }

  /** The example of RFC 6455 section 5.7. */
  @Test
  void aMaskedHelloIsRead() throws IOException {
    byte[] bytes = {
      (byte) 0x81, (byte) 0x85, 0x37, (byte) 0xfa, 0x21, 0x3d, 0x7f, (byte) 0x9f, 0x4d, 0x51, 0x58
    };

    assertThat(new String(read(bytes).payload(), "US-ASCII")).isEqualTo("Hello");
  }

  @Test
  void theEndBetweenFramesIsNoneAndWithinOneAnError() throws IOException {
    assertThat(read(new byte[0])).isNull();
    assertThatThrownBy(() -> read(new byte[] {(byte) 0x81, 5, 'H'}))
        .isInstanceOf(EOFException.class);
  }

  @Test
  void aRequestIsAskedOfTheTargetWithoutExtensions() {
    String request =
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
            + "Upgrade: websocket\r\n\r\n";

    assertThat(Link.rewritten(request, URI.create("ws://there:8080/app/echo?min=3")))
        .isEqualTo(
            "GET /app/echo?min=3 HTTP/1.1\r\nHost: there:8080\r\nX-Forwarded-Host: 127.0.0.1:1\r\n"
                + "Upgrade: websocket\r\n\r\n");
    assertThat(
            Link.rewritten(request.replace("GET / ", "GET /other "), URI.create("ws://there/app")))
        .startsWith("GET /other HTTP/1.1\r\nHost: there\r\n");
  }
}
