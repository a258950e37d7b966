package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunPlanTest {
  private static RunPlan.Builder plan() {
    return RunPlan.to("ws://localhost:8765/");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http://h/      | must begin with ws:// or wss://: http://h/; did you mean ws://h/?",
        "https://h/     | must begin with ws:// or wss://: https://h/; did you mean wss://h/?",
        "localhost:8765 | must begin with ws:// or wss://: localhost:8765",
        "ws:///path     | must name a host, as in ws://host:port/path: ws:///path",
        "ws://h:0/      | must have a port of 1..65535: ws://h:0/",
        "ws://h:70000/  | must have a port of 1..65535: ws://h:70000/",
        "ws://h/#a      | must have no fragment (#a; RFC 6455 section 3): ws://h/#a",
        "ws://a b       | must be a URL such as ws://host:port/path: ws://a b",
      })
  void aUrlThatIsNoneIsRefused(String url, String message) {
    assertThatThrownBy(() -> RunPlan.to(url)).hasMessage(message);
  }

  @Test
  void aValueOutOfRangeIsRefusedByName() {
    assertThatThrownBy(() -> plan().messages(0).build()).hasMessageContaining("messages=0");
    assertThatThrownBy(() -> plan().window(0).build()).hasMessageContaining("window=0");
    assertThatThrownBy(() -> plan().connections(0).build()).hasMessageContaining("connections=0");
    assertThatThrownBy(() -> plan().messages(5).connections(6).build())
        .hasMessageContaining("at most messages=5: connections=6");
    assertThatThrownBy(() -> plan().drain(Duration.ZERO).build()).hasMessageContaining("drain=");
    assertThatThrownBy(() -> plan().sizeBytes(22).build())
        .hasMessage("must be 23..67108864 bytes, to hold a message's identity: size=22");
    assertThatThrownBy(() -> plan().perConnection(-1).build())
        .hasMessageContaining("per-connection=-1");
  }

  @Test
  void theSharesAddUp() {
    RunPlan shared = plan().messages(1003).connections(10).build();
    RunPlan rotating = plan().messages(1003).perConnection(10).build();

    assertThat(IntStream.range(0, 10).mapToLong(shared::share).sum()).isEqualTo(1003);
    assertThat(rotating.connectionsInAll()).isEqualTo(101);
    assertThat(IntStream.range(0, 101).mapToLong(rotating::share).sum()).isEqualTo(1003);
  }
}
