package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.wsproof.protocol.ReplyForm.Fit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyFormTest {

  @ParameterizedTest
  @CsvSource({
    "{message} - {random}, M - 42, FITS",
    "{message} - {random}, M - -42, FITS",
    "{message} - {random}, M - 4x, DIFFERS",
    "{message} - {random}, 'M - ', DIFFERS",
    "{message} - {random}, M - 42 , FITS",
    "{message} - {random}, M: 42, DIFFERS",
    "{message} - {random}, xM - 42, DIFFERS",
    "{message} - {random:1-100}, M - 1, FITS",
    "{message} - {random:1-100}, M - 100, FITS",
    "{message} - {random:1-100}, M - 0, OUT_OF_RANGE",
    "{message} - {random:1-100}, M - 101, OUT_OF_RANGE",
    "{message} - {random:1-100}, M - 99999999999999999999999, OUT_OF_RANGE",
    "{message} - {random:1-100}, M - 42x, DIFFERS",
    "{message}, M, FITS",
    "{message}, MM, DIFFERS",
    "{message} - i got it, M - i got it, FITS",
    "[{random}] {message}{any}, [7] M anything, FITS",
    "{any}\"text\":\"{message}\"{any}, {\"type\":\"echo\"|\"text\":\"M\"}, FITS",
    "{any}\"text\":\"{message}\"}, {\"type\":\"echo\"|\"text\":\"M\"} , FITS",
    "{message}{any}7, M 7 8 7, FITS",
    "{message}{any}7, M 7 8, DIFFERS",
  })
  void aReplyFitsOrNot(String form, String reply, Fit expected) {
    int message = reply.indexOf('M');

    Fit fit =
        ReplyForm.parse(form).fit(reply.getBytes(UTF_8), message, message + 1, reply.length());

    assertThat(fit).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "M: 42, {message}: {random}",
    "M - i got it, {message} - i got it",
    "M, {message}",
    "[12] M 3/4, [{random}] {message} {random}/{random}",
    "'M - 5\n', {message} - {random}{any}",
  })
  void aFittingFormIsProposed(String reply, String expected) {
    int message = reply.indexOf('M');

    ReplyForm form = ReplyForm.fitting(reply.getBytes(UTF_8), message, message + 1);

    assertThat(form).hasToString(expected);
    assertThat(form.fit(reply.getBytes(UTF_8), message, message + 1, reply.length()))
        .isEqualTo(Fit.FITS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "message",
        "{message}{message}",
        "{message} {random:5-1}",
        "{message} {random:-5-1}",
        "{message} {random:1}",
        "{message} {random:a-b}"
      })
  void aFormThatMakesNoSenseIsRefused(String form) {
    assertThatThrownBy(() -> ReplyForm.parse(form))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must ");
  }

  @Test
  void theMessageOffsetIsKnownWhereItIsFixed() {
    assertThat(ReplyForm.parse("{message}").messageOffset()).isZero();
    assertThat(ReplyForm.parse("ab {message}").messageOffset()).isEqualTo(3);
    assertThat(ReplyForm.parse("{random} {message}").messageOffset()).isEqualTo(-1);
  }
}
