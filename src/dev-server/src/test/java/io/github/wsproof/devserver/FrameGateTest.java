package io.github.wsproof.devserver;

import static io.github.wsproof.hostile.Frames.frame;
import static io.github.wsproof.hostile.Frames.header;
import static io.github.wsproof.hostile.Frames.joined;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.wsproof.hostile.Frames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameGateTest {
  private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
  private final FrameGate gate = new FrameGate(70_000);

  private void accept(FrameGate to, byte[] bytes) {
    to.accept(
        ByteBuffer.wrap(bytes),
        frames -> {
          byte[] all = new byte[frames.remaining()];
          frames.get(all);
          passed.writeBytes(all);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100, 65_543, 70_100, 1 << 20})
  void soundFramesPassWholeWhateverTheReadsAre(int read) {
    byte[] all =
        joined(
            frame(0x81, new byte[5]),
            frame(0x02, new byte[126]),
            frame(0x89, new byte[125]),
            frame(0x80, new byte[65_535]),
            frame(0x82, new byte[65_536]),
            frame(0x81));

    for (int at = 0; at < all.length; at += read) {
      accept(gate, Arrays.copyOfRange(all, at, Math.min(all.length, at + read)));
    }

    assertThat(passed.toByteArray()).isEqualTo(all);
    assertThat(gate.isMidFrame()).isFalse();
    assertThat(gate.violation()).isNull();
  }

  @Test
  void nothingPassesOfAFrameThatIsNotWhole() {
    byte[] frame = frame(0x82, new byte[1_000]);

    accept(gate, Arrays.copyOf(frame, frame.length - 1));
    assertThat(passed.size()).isZero();
    assertThat(gate.isMidFrame()).isTrue();

    accept(gate, new byte[] {frame[frame.length - 1]});
    assertThat(passed.toByteArray()).isEqualTo(frame);
  }

  @Test
  void whatIsTooLongIsRefusedAtItsHeader() {
    accept(gate, joined(frame(0x81), header(0x82, 0x80, 8, 70_001)));

    assertThat(gate.violation().getCloseCode().getCode()).isEqualTo(1009);
    assertThat(passed.toByteArray()).isEqualTo(frame(0x81));
  }

  @Test
  void aControlFrameMayBeLongerThanAMessage() {
    accept(new FrameGate(1), frame(0x89, new byte[125]));

    assertThat(passed.toByteArray()).isEqualTo(frame(0x89, new byte[125]));
  }

  @Test
  void nothingPassesBehindAViolationOrAClose() {
    accept(gate, joined(Frames.unmasked(0x81), frame(0x81)));
    FrameGate other = new FrameGate(1);
    accept(other, joined(Frames.close(1000), frame(0x81)));
    accept(other, frame(0x81));

    assertThat(gate.violation().getCloseCode().getCode()).isEqualTo(1002);
    assertThat(passed.toByteArray()).isEqualTo(Frames.close(1000));
  }
}
