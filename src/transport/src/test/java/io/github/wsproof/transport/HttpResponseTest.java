package io.github.wsproof.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpResponseTest {

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static HttpHead parse(String text) throws ProtocolException {
    return new HttpHeadParser().parse(bytes(text));
  }

  @Test
  void aHeadEndsAtTheEmptyLineAndLeavesTheRest() throws Exception {
    ByteBuffer bytes = bytes("HTTP/1.1 101 Switching Protocols\r\nA: b\r\n\r\nrest");
    HttpHead head = new HttpHeadParser().parse(bytes);
    assertThat(head.status()).isEqualTo(101);
    assertThat(head.reason()).isEqualTo("Switching Protocols");
    assertThat(head.header("a")).isEqualTo("b");
    assertThat(head.header("c")).isNull();
    assertThat(StandardCharsets.UTF_8.decode(bytes).toString()).isEqualTo("rest");
  }

  @Test
  void aHeadMayComeByteByByte() throws Exception {
    HttpHeadParser parser = new HttpHeadParser();
    String text = "HTTP/1.1 200 OK\r\nA:  b \r\nC:\r\n\r\n";
    for (int i = 0; i < text.length() - 1; i++) {
      assertThat(parser.parse(bytes(text.substring(i, i + 1)))).isNull();
    }
    HttpHead head = parser.parse(bytes("\n"));
    assertThat(head.headers()).containsEntry("A", List.of("b")).containsEntry("C", List.of(""));
  }

  @Test
  void bareLineFeedsWillDo() throws Exception {
    assertThat(parse("HTTP/1.0 404 No\nA: b\n\n").header("A")).isEqualTo("b");
  }

  @Test
  void interimResponsesAreSkipped() throws Exception {
    HttpHead head =
        parse(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nX: y\r\n\r\nHTTP/1.1 101\r\n\r\n");
    assertThat(head.status()).isEqualTo(101);
    assertThat(head.reason()).isEmpty();
    assertThat(head.headers()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH\r\n",
        "\u0015\u0003\u0003",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1\r\n\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"
      })
  void whatIsNotHttpIsRefused(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void tyrusSeesAllConnectionHeadersAsOne() throws Exception {
    HttpHead head = parse("HTTP/1.1 101 OK\r\nConnection: x\r\nconnection: Upgrade\r\n\r\n");
    assertThat(head.toUpgradeResponse().getFirstHeaderValue("Connection")).isEqualTo("x, Upgrade");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Content-Length: 5|hello|true|hello",
        "Content-Length: 5|hell|false|hell",
        "Content-Length: 0|''|true|''",
        "Content-Length: -1|hello|false|hello",
        "Other: 1|hello|false|hello",
        "Transfer-Encoding: chunked|5~hello~0~~|true|hello",
        "Transfer-Encoding: chunked|2;x=y~he~3~llo~|false|hello",
        "Transfer-Encoding: chunked|zz~hello~|false|''"
      })
  void aBodyEndsWhereItsHeadersSay(String header, String raw, boolean complete, String text)
      throws Exception {
    HttpBody body = new HttpBody(parse("HTTP/1.1 500 X\r\n" + header + "\r\n\r\n"));
    body.add(bytes(raw.replace("~", "\r\n")));
    assertThat(body.complete()).isEqualTo(complete);
    if (!text.isEmpty()) {
      assertThat(body.text()).isEqualTo(text);
    }
  }
}
