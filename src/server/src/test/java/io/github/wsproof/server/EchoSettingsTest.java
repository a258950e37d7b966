package io.github.wsproof.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoSettingsTest {
  @AfterEach
  void clear() {
    System.clearProperty("wsproof.max");
  }

  @Test
  void theDefaultIsMessageAndOneToAHundred() {
    EchoSettings settings = EchoSettings.of(name -> null);

    assertThat(settings.announcement()).isEqualTo("{message} - {random:1-100}");
    assertThat(settings.maxMessageBytes()).isEqualTo(1 << 20);
  }

  @Test
  void aContextParameterBeatsASystemProperty() {
    System.setProperty("wsproof.max", "7");

    assertThat(EchoSettings.of(name -> null).max()).isEqualTo(7);
    assertThat(EchoSettings.of(name -> name.equals("wsproof.max") ? "9" : null).max()).isEqualTo(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "min  | abc               | min must be a whole number: min=abc",
        "min  | -1                | min must be 0..9007199254740991: min=-1",
        "max  | 0                 | max must be min..9007199254740991: min=1, max=0",
        "form | {message}{message}| form must hold {message} exactly once: {message}{message}",
        "form | {random}          | form must hold {message} exactly once: {random}",
        "form | {message}{any}    | form must hold {random} at most once, no range and no {any}",
        "form | {message} é       | form must be at most 200 printable ASCII characters",
        "max-message-bytes | 0    | max-message-bytes must be 1..67108864: max-message-bytes=0",
      })
  void aWrongSettingIsTold(String name, String value, String message) {
    assertThatThrownBy(
            () -> EchoSettings.of(asked -> asked.equals("wsproof." + name) ? value : null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("A setting of wsproof is wrong")
        .hasMessageContaining(message);
  }

  @Test
  void aConnectionChangesFormAndRange() {
    EchoSettings settings =
        EchoSettings.DEFAULT.with(
            Map.of(
                "form", List.of("[{random}] {message}!"),
                "min", List.of("5"),
                "max", List.of("5"),
                "other", List.of("ignored")));

    assertThat(settings.announcement()).isEqualTo("[{random:5-5}] {message}!");
    assertThat(settings.form().reply("hi", 5)).isEqualTo("[5] hi!");
  }

  @Test
  void aQueryParameterIsGivenOnce() {
    assertThatThrownBy(() -> EchoSettings.DEFAULT.with(Map.of("min", List.of("1", "2"))))
        .hasMessage("min must be given once: 2 times");
  }

  @Test
  void aConnectionCannotRaiseTheMessageLimit() {
    assertThat(
            EchoSettings.DEFAULT.with(Map.of("max-message-bytes", List.of("5"))).maxMessageBytes())
        .isEqualTo(1 << 20);
  }
}
