package io.github.wsproof.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A limit is named by who answered, else by how long it is. */
class IdleLimitsTest {
  @Test
  void whoAnsweredIsLikeliest() {
    assertThat(IdleLimits.usually(7, "nginx/1.22.1"))
        .singleElement()
        .asString()
        .startsWith("proxy_read_timeout")
        .contains("nginx/1.22.1 answered");
  }

  @Test
  void whereNobodySaysWhoHeIsTheTimeTells() {
    assertThat(IdleLimits.usually(99.5, null)).containsExactly("Cloudflare (100 s)");
    assertThat(IdleLimits.usually(7, "Jetty(12)"))
        .singleElement()
        .asString()
        .contains("timeout tunnel", "pipe_timeout");
  }

  @Test
  void anAnswerNamesServerAndProxies() {
    assertThat(
            AnsweredBy.of(
                Map.of("server", List.of("Tom\tcat"), "VIA", List.of("1.1 varnish", "1.1 x"))))
        .isEqualTo("Tom cat, via 1.1 varnish, via 1.1 x");
    assertThat(AnsweredBy.of(Map.of("Date", List.of("today")))).isNull();
  }
}
