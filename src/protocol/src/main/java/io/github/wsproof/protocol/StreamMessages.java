package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;

/**
 * What a server says on a stream.
 *
 * <pre>
 *   [42] Request Number [17] Waiting for next number...                                    message 17
 *   messages 0–399 are gone                                                  what its bound has let go
 *   [42] Request Number [17] Waiting for next number... (requests/5f3a9c01/17 7c1e09ab)     sealed
 *   messages 0–399 are gone (requests/5f3a9c01/gone 1b00c5d2)
 * </pre>
 *
 * <p>A client that asks for receipts ({@link Receipt#REQUEST_HEADER}) gets sealed messages: the
 * seal names the stream, its run and the message, and ends with the CRC-32C, 8 hex digits, of every
 * byte before its first digit. So neither a change nor a message of another stream, or of the
 * stream that had its name before a restart, can pass for the right one.
 *
 * <p>Immutable and thread-safe.
 */
public final class StreamMessages {
  /** What a message looks like, without its seal. */
  public static final String FORM =
      "[{random}] Request Number [{sequence}] Waiting for next number...";

  /**
   * The handshake response header by which a server names the stream: {@code <name>/<run>}. Sealed
   * messages are announced by it, too, where they were asked for.
   */
  public static final String HEADER = "Wsproof-Stream";

  /** The path of streams, before a stream's name. */
  public static final String PATH = "/stream/";

  /** The query parameter for the first message that is wanted. */
  public static final String FROM_PARAMETER = "from";

  /** The query parameter for the run that the message numbers are of. */
  public static final String RUN_PARAMETER = "run";

  /** The query parameter for the messages per second of a stream that is started. */
  public static final String RATE_PARAMETER = "rate";

  /** The query parameter for the length of a stream that is started. */
  public static final String LENGTH_PARAMETER = "n";

  static final String RANDOM_BEGINS = "[";
  static final String SEQUENCE_BEGINS = "] Request Number [";
  static final String SEQUENCE_ENDS = "] Waiting for next number...";
  static final String GONE_BEGINS = "messages ";
  static final String GONE_TO = "–";
  static final String GONE_ENDS = " are gone";
  static final String GONE_TOKEN = "gone";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern RUN = Pattern.compile("[0-9a-f]{8}");

  private final String name;
  private final String run;

  /**
   * The messages of one run of a stream.
   *
   * @param name see {@link #isName}
   * @param run 8 hex digits; other ones each time that a stream of this name is started
   */
  public StreamMessages(String name, String run) {
    if (!isName(name) || !isRun(run)) {
      throw new IllegalArgumentException("must be <name>/<8 hex digits>: " + name + "/" + run);
    }
    this.name = name;
    this.run = run;
  }

  /**
   * Reads {@code <name>/<run>}.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static StreamMessages of(String id) {
    int slash = id.indexOf('/');
    return new StreamMessages(id.substring(0, Math.max(0, slash)), id.substring(slash + 1));
  }

  /** Whether a stream may be called that: 1..64 of A-Z, a-z, 0-9, dot, underscore and hyphen. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Whether that is the name of a run: 8 hex digits in lower case. */
  public static boolean isRun(String run) {
    return RUN.matcher(run).matches();
  }

  /** The stream's name. */
  public String name() {
    return name;
  }

  /** The name of its run. */
  public String run() {
    return run;
  }

  /** A message without a seal. */
  public static String text(long random, long sequence) {
    return new StringBuilder(96)
        .append(RANDOM_BEGINS)
        .append(random)
        .append(SEQUENCE_BEGINS)
        .append(sequence)
        .append(SEQUENCE_ENDS)
        .toString();
  }

  /**
   * What is said, without a seal, of messages that are not to be had any more.
   *
   * @param first the first of them
   * @param last the last of them
   */
  public static String gone(long first, long last) {
    return GONE_BEGINS + first + GONE_TO + last + GONE_ENDS;
  }

  /** A message with its seal. */
  public String sealed(long random, long sequence) {
    return sealed(text(random, sequence), Long.toString(sequence));
  }

  /** What is said of messages that are gone, with its seal. */
  public String sealedGone(long first, long last) {
    return sealed(gone(first, last), GONE_TOKEN);
  }

  private String sealed(String text, String token) {
    String opening = text + " (" + name + "/" + run + "/" + token + " ";
    boolean ascii = !token.equals(GONE_TOKEN);
    byte[] bytes = opening.getBytes(ascii ? US_ASCII : UTF_8);
    byte[] crc = new byte[Messages.CHECK_DIGITS];
    Messages.writeHex(crc, 0, Receipt.crc(bytes, bytes.length));
    return opening + new String(crc, US_ASCII) + ")";
  }

  /** {@code <name>/<run>}. */
  @Override
  public String toString() {
    return name + "/" + run;
  }
}
