package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.zip.CRC32C;

/**
 * What the server says it received: {@code (<k> <crc>)} at the very end of a reply.
 *
 * <p>{@code k} counts the messages that the server received on this connection, from 1; {@code crc}
 * is the CRC-32C, 8 hex digits, of every byte of the reply before its first digit. So a right crc
 * over a message that differs says that the message was changed on its way to the server, a wrong
 * crc that the reply was changed on its way back.
 *
 * @param count k, from 1
 * @param crcMatches whether the crc is that of the bytes before it
 * @param start the offset of the receipt's first byte, its space
 */
public record Receipt(long count, boolean crcMatches, int start) {
  /** The handshake header (value 1) by which a client asks for receipts. */
  public static final String REQUEST_HEADER = "Wsproof-Receipt";

  /** The handshake response header by which a server announces them. */
  public static final String ANNOUNCEMENT_HEADER = REQUEST_HEADER;

  /** Its value; not the client's own, which a server may merely mirror. */
  public static final String ANNOUNCEMENT = "k crc";

  /** The query parameter (value 1) by which a browser asks for receipts. */
  public static final String QUERY_PARAMETER = "receipt";

  private static final int CRC_DIGITS = Messages.CHECK_DIGITS;

  /** The receipt at the end of a reply, or null where there is none. */
  public static Receipt of(byte[] reply) {
    int crcStart = reply.length - 1 - CRC_DIGITS;
    if (crcStart < 4 || reply[reply.length - 1] != ')' || reply[crcStart - 1] != ' ') {
      return null;
    }
    int crc = 0;
    for (int i = crcStart; i < reply.length - 1; i++) {
      int digit = MessageReader.hexDigit(reply[i]);
      if (digit < 0) {
        return null;
      }
      crc = crc << 4 | digit;
    }
    long count = 0;
    long unit = 1;
    int at = crcStart - 2;
    while (at >= 0 && reply[at] >= '0' && reply[at] <= '9' && crcStart - at < 20) {
      count += (reply[at--] - '0') * unit;
      unit *= 10;
    }
    if (at < 1 || at == crcStart - 2 || reply[at] != '(' || reply[at - 1] != ' ' || count < 1) {
      return null;
    }
    return new Receipt(count, crc(reply, crcStart) == crc, at - 1);
  }

  /**
   * A reply with its receipt.
   *
   * @param reply the message and its suffix
   * @param count k, from 1
   */
  public static byte[] append(byte[] reply, long count) {
    byte[] opening = (" (" + count + " ").getBytes(US_ASCII);
    byte[] all = new byte[reply.length + opening.length + CRC_DIGITS + 1];
    System.arraycopy(reply, 0, all, 0, reply.length);
    System.arraycopy(opening, 0, all, reply.length, opening.length);
    int crcStart = reply.length + opening.length;
    Messages.writeHex(all, crcStart, crc(all, crcStart));
    all[all.length - 1] = ')';
    return all;
  }

  static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
