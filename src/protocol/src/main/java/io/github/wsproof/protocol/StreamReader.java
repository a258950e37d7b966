package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what comes on a stream: {@link StreamMessages}, or texts of another server's own making.
 *
 * <p>Not thread-safe; what the accessors tell is of the last text that was read.
 */
public final class StreamReader {
  /** What a text is. */
  public enum Found {
    /** A message of this stream, intact. */
    MESSAGE,
    /** The server says which messages are not to be had any more. */
    GONE,
    /** Intact, but of another stream or of another run of this one. */
    FOREIGN,
    /** None of these: changed, cut, or something else altogether. */
    DAMAGED
  }

  /** No number could be read. */
  public static final long NONE = -1;

  private static final byte[] RANDOM_BEGINS = StreamMessages.RANDOM_BEGINS.getBytes(US_ASCII);
  private static final byte[] SEQUENCE_BEGINS = StreamMessages.SEQUENCE_BEGINS.getBytes(US_ASCII);
  private static final byte[] SEQUENCE_ENDS = StreamMessages.SEQUENCE_ENDS.getBytes(US_ASCII);
  private static final byte[] GONE_BEGINS = StreamMessages.GONE_BEGINS.getBytes(US_ASCII);
  private static final byte[] GONE_TO = StreamMessages.GONE_TO.getBytes(UTF_8);
  private static final byte[] GONE_ENDS = StreamMessages.GONE_ENDS.getBytes(US_ASCII);
  private static final int LONGEST_SEAL = 160;
  private static final int MOST_DIGITS = 18;
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{(sequence|random|any)}");

  private final String form;

  /** {@code <name>/<run>}, or null where messages bear no seal. */
  private final byte[] id;

  /** Of another server's messages, or null. */
  private final Pattern pattern;

  private byte[] text;
  private int at;
  private long sequence;
  private long last;
  private long sealedSequence;
  private String foreign;

  private StreamReader(String form, StreamMessages stream, Pattern pattern) {
    this.form = form;
    this.id = stream == null ? null : stream.toString().getBytes(US_ASCII);
    this.pattern = pattern;
  }

  /** Reads sealed messages of a stream. */
  public static StreamReader sealed(StreamMessages stream) {
    return new StreamReader(StreamMessages.FORM, stream, null);
  }

  /** Reads messages without a seal: only their form and numbers tell that they are right. */
  public static StreamReader plain() {
    return new StreamReader(StreamMessages.FORM, null, null);
  }

  /**
   * Reads messages of another server.
   *
   * @param form what each looks like: {@code {sequence}} once, {@code {random}} (an integer),
   *     {@code {any}} and literal text
   * @throws IllegalArgumentException with a sentence, if it is none
   */
  public static StreamReader of(String form) {
    StringBuilder regex = new StringBuilder();
    Matcher placeholder = PLACEHOLDER.matcher(form);
    int from = 0;
    int sequences = 0;
    while (placeholder.find()) {
      regex.append(Pattern.quote(form.substring(from, placeholder.start())));
      String name = placeholder.group(1);
      sequences += name.equals("sequence") ? 1 : 0;
      regex.append(
          switch (name) {
            case "sequence" -> "(\\d{1," + MOST_DIGITS + "})";
            case "random" -> "-?\\d+";
            default -> ".*?";
          });
      from = placeholder.end();
    }
    if (sequences != 1) {
      throw new IllegalArgumentException(
          "must hold {sequence} exactly once; {random}, {any} and literal text may stand beside it:"
              + " expect="
              + form);
    }
    regex.append(Pattern.quote(form.substring(from)));
    return new StreamReader(form, null, Pattern.compile(regex.toString(), Pattern.DOTALL));
  }

  /** Whether the messages bear a seal. */
  public boolean isSealed() {
    return id != null;
  }

  /** What a message looks like, without its seal. */
  public String form() {
    return form;
  }

  /** Reads a text. */
  public Found read(byte[] bytes) {
    text = bytes;
    sequence = NONE;
    last = NONE;
    sealedSequence = NONE;
    foreign = null;
    if (pattern != null) {
      Matcher matcher = pattern.matcher(new String(bytes, UTF_8));
      if (!matcher.matches()) {
        return Found.DAMAGED;
      }
      sequence = Long.parseLong(matcher.group(1));
      return Found.MESSAGE;
    }
    return id == null ? readPlain(bytes.length) : readSealed();
  }

  private Found readPlain(int end) {
    at = 0;
    if (skip(RANDOM_BEGINS)) {
      boolean whole = number() != NONE && skip(SEQUENCE_BEGINS);
      sequence = whole ? number() : findSequence(end);
      return whole && sequence != NONE && skip(SEQUENCE_ENDS) && at == end
          ? Found.MESSAGE
          : Found.DAMAGED;
    }
    if (skip(GONE_BEGINS)) {
      long first = number();
      if (first != NONE && skip(GONE_TO)) {
        long lastGone = number();
        if (lastGone >= first && skip(GONE_ENDS) && at == end) {
          sequence = first;
          last = lastGone;
          return Found.GONE;
        }
      }
    }
    sequence = findSequence(end);
    return Found.DAMAGED;
  }

  private Found readSealed() {
    int crcStart = text.length - 1 - Messages.CHECK_DIGITS;
    int opening = opening(crcStart);
    if (opening < 0) {
      readPlain(text.length);
      return Found.DAMAGED;
    }
    Found found = readPlain(opening);
    int slash = crcStart - 2;
    while (slash > opening + 2 && text[slash] != '/') {
      slash--;
    }
    at = slash + 1;
    boolean sealsGone = skip(StreamMessages.GONE_TOKEN.getBytes(US_ASCII));
    sealedSequence = sealsGone ? NONE : number();
    boolean agrees =
        at == crcStart - 1
            && (found == Found.GONE
                ? sealsGone
                : found == Found.MESSAGE && sealedSequence == sequence);
    if (!agrees || readHex(crcStart) != Receipt.crc(text, crcStart)) {
      return Found.DAMAGED;
    }
    if (java.util.Arrays.equals(text, opening + 2, slash, id, 0, id.length)) {
      return found;
    }
    foreign = new String(text, opening + 2, slash - opening - 2, US_ASCII);
    return Found.FOREIGN;
  }

  /** Where the seal begins, at its space; or -1. */
  private int opening(int crcStart) {
    if (crcStart < 4 || text[text.length - 1] != ')' || text[crcStart - 1] != ' ') {
      return -1;
    }
    for (int i = crcStart - 2; i > 0 && crcStart - i < LONGEST_SEAL; i--) {
      if (text[i] == '(') {
        return text[i - 1] == ' ' ? i - 1 : -1;
      }
    }
    return -1;
  }

  /** The CRC that a seal tells; where a digit is none, one that no other equals. */
  private long readHex(int from) {
    int crc = 0;
    for (int i = from; i < from + Messages.CHECK_DIGITS; i++) {
      int digit = MessageReader.hexDigit(text[i]);
      if (digit < 0) {
        return Long.MIN_VALUE;
      }
      crc = crc << 4 | digit;
    }
    return crc;
  }

  /** A damaged text may still tell its number. */
  private long findSequence(int end) {
    for (int i = 0; i + SEQUENCE_BEGINS.length < end; i++) {
      at = i;
      if (skip(SEQUENCE_BEGINS)) {
        return number();
      }
    }
    return NONE;
  }

  private boolean skip(byte[] literal) {
    if (text.length - at < literal.length) {
      return false;
    }
    for (int i = 0; i < literal.length; i++) {
      if (text[at + i] != literal[i]) {
        return false;
      }
    }
    at += literal.length;
    return true;
  }

  /** Digits as they are written: no zero before others. */
  private long number() {
    long number = 0;
    int start = at;
    while (at < text.length && text[at] >= '0' && text[at] <= '9' && at - start < MOST_DIGITS) {
      number = 10 * number + text[at++] - '0';
    }
    boolean written = at > start && (text[start] != '0' || at == start + 1);
    return written ? number : NONE;
  }

  /**
   * The message's number, or the first that is gone; of a damaged text what stands there, or {@link
   * #NONE}.
   */
  public long sequence() {
    return sequence;
  }

  /** The last message that is gone. */
  public long last() {
    return last;
  }

  /** The number in the seal, also of a damaged text; or {@link #NONE}. */
  public long sealedSequence() {
    return sealedSequence;
  }

  /** The other stream, {@code <name>/<run>}. */
  public String foreign() {
    return foreign;
  }
}
