package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what comes in a room: {@link RoomMessages}.
 *
 * <p>Not thread-safe; what the accessors tell is of the last text that was read.
 */
public final class RoomReader {
  /** What a text is. */
  public enum Found {
    /** What a member has published, intact as the server sealed it. */
    MESSAGE,
    /** That a member has come or gone, likewise. */
    EVENT,
    /** The first words to this member. */
    WELCOME,
    /** The server says which messages are not to be had any more. */
    GONE,
    /** The server says that it has not taken what this member published. */
    REFUSED,
    /** None of these: changed, cut, or something else altogether. */
    DAMAGED
  }

  /** No number could be read. */
  public static final long NONE = -1;

  private static final byte[] SEQUENCE_BEGINS = RoomMessages.SEQUENCE_BEGINS.getBytes(US_ASCII);
  private static final byte[] RANDOM_BEGINS = RoomMessages.RANDOM_BEGINS.getBytes(US_ASCII);
  private static final byte[] EVENT_BEGINS = RoomMessages.EVENT_BEGINS.getBytes(US_ASCII);
  private static final byte[] MEMBER_BEGINS = RoomMessages.MEMBER_BEGINS.getBytes(US_ASCII);
  private static final byte[] NUMBER_BEGINS = RoomMessages.NUMBER_BEGINS.getBytes(US_ASCII);
  private static final byte[] TEXT_BEGINS = RoomMessages.TEXT_BEGINS.getBytes(US_ASCII);
  private static final byte[] CRC_BEGINS = RoomMessages.CRC_BEGINS.getBytes(US_ASCII);
  private static final byte[] CRC_ENDS = RoomMessages.CRC_ENDS.getBytes(US_ASCII);
  private static final int SEAL_BYTES = CRC_BEGINS.length + Messages.CHECK_DIGITS + CRC_ENDS.length;
  private static final int MOST_DIGITS = 18;
  private static final Pattern WELCOME =
      Pattern.compile(
          "\\{\"event\":\"welcome\",\"room\":\"([^\"]*)\",\"run\":\"([0-9a-f]{8})\","
              + "\"member\":\"([^\"]*)\",\"first\":(\\d{1,18}),\"next\":(\\d{1,18})}");
  private static final Pattern GONE =
      Pattern.compile("\\{\"event\":\"gone\",\"first\":(\\d{1,18}),\"last\":(\\d{1,18})}");
  private static final Pattern REFUSED =
      Pattern.compile("\\{\"event\":\"refused\",\"n\":(\\d{1,18}),\"reason\":\"([^\"]*)\"}");

  private byte[] bytes;
  private int at;
  private long sequence;
  private long number;
  private int crc;
  private int memberStart;
  private int memberEnd;
  private int textStart;
  private int textEnd;
  private long first;
  private long last;
  private String run;
  private String reason;

  /** Reads a text. */
  public Found read(byte[] text) {
    bytes = text;
    at = 0;
    sequence = NONE;
    number = NONE;
    memberStart = 0;
    memberEnd = 0;
    textStart = 0;
    textEnd = 0;
    if (!skip(SEQUENCE_BEGINS)) {
      return readAside();
    }
    sequence = number();
    int sealStart = bytes.length - SEAL_BYTES;
    if (sequence == NONE || sealStart < at || !isSealed(sealStart)) {
      return Found.DAMAGED;
    }
    if (skip(EVENT_BEGINS)) {
      return Found.EVENT;
    }
    return readMessage(sealStart) ? Found.MESSAGE : Found.DAMAGED;
  }

  private boolean readMessage(int sealStart) {
    if (!skip(RANDOM_BEGINS) || number() == NONE || !skip(MEMBER_BEGINS)) {
      return false;
    }
    memberStart = at;
    while (at < sealStart && bytes[at] != '"') {
      at++;
    }
    memberEnd = at;
    if (!skip(NUMBER_BEGINS)) {
      return false;
    }
    number = number();
    if (number == NONE || !skip(TEXT_BEGINS) || bytes[sealStart - 1] != '"') {
      return false;
    }
    textStart = at;
    textEnd = sealStart - 1;
    return textEnd >= textStart;
  }

  /** The checksum is that of all before it. */
  private boolean isSealed(int sealStart) {
    int digits = sealStart + CRC_BEGINS.length;
    if (!Arrays.equals(bytes, sealStart, digits, CRC_BEGINS, 0, CRC_BEGINS.length)
        || !Arrays.equals(
            bytes, digits + Messages.CHECK_DIGITS, bytes.length, CRC_ENDS, 0, CRC_ENDS.length)) {
      return false;
    }
    int told = 0;
    for (int i = digits; i < digits + Messages.CHECK_DIGITS; i++) {
      int digit = MessageReader.hexDigit(bytes[i]);
      if (digit < 0) {
        return false;
      }
      told = told << 4 | digit;
    }
    crc = told;
    return told == Receipt.crc(bytes, sealStart);
  }

  private Found readAside() {
    String text = new String(bytes, UTF_8);
    Matcher welcome = WELCOME.matcher(text);
    if (welcome.matches()) {
      run = welcome.group(2);
      first = Long.parseLong(welcome.group(4));
      last = Long.parseLong(welcome.group(5)) - 1;
      return Found.WELCOME;
    }
    Matcher gone = GONE.matcher(text);
    if (gone.matches()) {
      first = Long.parseLong(gone.group(1));
      last = Long.parseLong(gone.group(2));
      return first <= last ? Found.GONE : Found.DAMAGED;
    }
    Matcher refused = REFUSED.matcher(text);
    if (refused.matches()) {
      number = Long.parseLong(refused.group(1));
      reason = refused.group(2);
      return Found.REFUSED;
    }
    return Found.DAMAGED;
  }

  private boolean skip(byte[] literal) {
    if (bytes.length - at < literal.length) {
      return false;
    }
    for (int i = 0; i < literal.length; i++) {
      if (bytes[at + i] != literal[i]) {
        return false;
      }
    }
    at += literal.length;
    return true;
  }

  private long number() {
    long value = 0;
    int start = at;
    while (at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && at - start < MOST_DIGITS) {
      value = 10 * value + bytes[at++] - '0';
    }
    return at > start ? value : NONE;
  }

  /** The number of a message or an event in its room; of a damaged text what stands there. */
  public long sequence() {
    return sequence;
  }

  /** The checksum of a message or an event: two that have it in common are the same. */
  public int crc() {
    return crc;
  }

  /** How many its member had published with this; or, of what was refused, with that. */
  public long memberNumber() {
    return number;
  }

  /** Who has published it. */
  public String member() {
    return new String(bytes, memberStart, memberEnd - memberStart, UTF_8);
  }

  /** What was published, as it stands in JSON; without characters that need an escape, itself. */
  public byte[] text() {
    return Arrays.copyOfRange(bytes, textStart, textEnd);
  }

  /** The first message that is gone; of a welcome, the first that is not. */
  public long first() {
    return first;
  }

  /** The last message that is gone; of a welcome, the last so far, or -1. */
  public long last() {
    return last;
  }

  /** The run of the room, of a welcome. */
  public String run() {
    return run;
  }

  /** Why it was refused. */
  public String reason() {
    return reason;
  }
}
