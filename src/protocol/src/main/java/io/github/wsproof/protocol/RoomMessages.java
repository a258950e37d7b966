package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;

/**
 * What a server says in a room: one line of JSON each.
 *
 * <pre>
 *   {"seq":18,"random":42,"member":"ann","n":1,"text":"hello","crc":"7c1e09ab"}     published by ann, her first
 *   {"seq":17,"event":"join","member":"ann","crc":"1b00c5d2"}                       ann has come
 *   {"seq":19,"event":"leave","member":"ann","crc":"9f0c11e7"}                      ann has gone
 * </pre>
 *
 * <p>These are the same for all members, byte by byte, and in the same order: {@code seq} counts
 * them from 0 without a gap. {@code crc} is the CRC-32C, 8 hex digits, of every byte before {@code
 * ,"crc"}. To one member alone, and without a number, is said
 *
 * <pre>
 *   {"event":"welcome","room":"lobby","run":"5f3a9c01","member":"ann","first":0,"next":17}
 *   {"event":"gone","first":0,"last":99}                     let go of before the member wanted them
 *   {"event":"refused","n":2,"reason":"…"}                   what it published as its second was not taken
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class RoomMessages {
  /** The path of rooms, before a room's name. */
  public static final String PATH = "/rooms/";

  /** The query parameter for the first message that is wanted; without it, those from now on. */
  public static final String FROM_PARAMETER = StreamMessages.FROM_PARAMETER;

  /** The query parameter for the run of the room that the message numbers are of. */
  public static final String RUN_PARAMETER = StreamMessages.RUN_PARAMETER;

  /** The query parameter for what a member is called. */
  public static final String MEMBER_PARAMETER = "member";

  static final String SEQUENCE_BEGINS = "{\"seq\":";
  static final String RANDOM_BEGINS = ",\"random\":";
  static final String EVENT_BEGINS = ",\"event\":\"";
  static final String MEMBER_BEGINS = ",\"member\":\"";
  static final String NUMBER_BEGINS = "\",\"n\":";
  static final String TEXT_BEGINS = ",\"text\":\"";
  static final String CRC_BEGINS = ",\"crc\":\"";
  static final String CRC_ENDS = "\"}";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final String HEX = "0123456789abcdef";

  private RoomMessages() {}

  /** Whether a room, a namespace or a member may be called that: 1..64 of A-Z a-z 0-9 . _ -. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /**
   * What a member has published.
   *
   * @param sequence of the room
   * @param random that the server has added
   * @param number how many its member has published with this, on its connection
   * @param quoted the text as {@link #quote} makes it
   */
  public static byte[] message(
      long sequence, long random, String member, long number, String quoted) {
    StringBuilder json =
        new StringBuilder(112 + quoted.length())
            .append(SEQUENCE_BEGINS)
            .append(sequence)
            .append(RANDOM_BEGINS)
            .append(random)
            .append(MEMBER_BEGINS)
            .append(member)
            .append(NUMBER_BEGINS)
            .append(number)
            .append(TEXT_BEGINS)
            .append(quoted)
            .append('"');
    return sealed(json.toString());
  }

  /** That a member has come. */
  public static byte[] joined(long sequence, String member) {
    return event(sequence, "join", member);
  }

  /** That a member has gone. */
  public static byte[] left(long sequence, String member) {
    return event(sequence, "leave", member);
  }

  private static byte[] event(long sequence, String event, String member) {
    return sealed(
        SEQUENCE_BEGINS + sequence + EVENT_BEGINS + event + "\"" + MEMBER_BEGINS + member + '"');
  }

  private static byte[] sealed(String opening) {
    byte[] bytes = opening.getBytes(UTF_8);
    int end = bytes.length + CRC_BEGINS.length() + Messages.CHECK_DIGITS;
    byte[] all = java.util.Arrays.copyOf(bytes, end + CRC_ENDS.length());
    put(CRC_BEGINS, all, bytes.length);
    Messages.writeHex(all, end - Messages.CHECK_DIGITS, Receipt.crc(bytes, bytes.length));
    put(CRC_ENDS, all, end);
    return all;
  }

  private static void put(String ascii, byte[] into, int at) {
    byte[] bytes = ascii.getBytes(US_ASCII);
    System.arraycopy(bytes, 0, into, at, bytes.length);
  }

  /**
   * The first words to a member.
   *
   * @param first the first message that is still to be had
   * @param next the next to be made
   */
  public static String welcome(String room, String run, String member, long first, long next) {
    return String.format(
        "{\"event\":\"welcome\",\"room\":\"%s\",\"run\":\"%s\",\"member\":\"%s\",\"first\":%d,\"next\":%d}",
        room, run, member, first, next);
  }

  /** That messages are not to be had any more. */
  public static String gone(long first, long last) {
    return "{\"event\":\"gone\",\"first\":" + first + ",\"last\":" + last + '}';
  }

  /**
   * That what a member has published was not taken.
   *
   * @param number how many it has published with this
   * @param reason a sentence, ASCII
   */
  public static String refused(long number, String reason) {
    return "{\"event\":\"refused\",\"n\":" + number + ",\"reason\":\"" + quote(reason) + "\"}";
  }

  /** A text as it stands between the quotes of a string of JSON (RFC 8259 section 7). */
  public static String quote(String text) {
    int i = 0;
    while (i < text.length() && isPlain(text.charAt(i))) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder quoted = new StringBuilder(text.length() + 16).append(text, 0, i);
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c)) {
        quoted.append(c);
      } else if (c >= ' ') {
        quoted.append('\\').append(c);
      } else {
        quoted.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return quoted.toString();
  }

  /** What {@link #quote} was given. */
  public static String unquote(String quoted) {
    if (quoted.indexOf('\\') < 0) {
      return quoted;
    }
    StringBuilder text = new StringBuilder(quoted.length());
    for (int i = 0; i < quoted.length(); i++) {
      char c = quoted.charAt(i);
      if (c != '\\') {
        text.append(c);
      } else if (quoted.charAt(++i) == 'u') {
        text.append((char) Integer.parseInt(quoted, i + 1, i + 5, 16));
        i += 4;
      } else {
        text.append(quoted.charAt(i));
      }
    }
    return text.toString();
  }

  private static boolean isPlain(char c) {
    return c >= ' ' && c != '"' && c != '\\';
  }
}
