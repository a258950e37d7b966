package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a reply looks like, such as {@code {message} - {random:1-100}}.
 *
 * <p>{@code {message}} is the message and stands there exactly once, {@code {random}} any integer,
 * {@code {random:1-100}} an integer of that range, {@code {any}} any bytes, and all else, other
 * braces included, is literal text in UTF-8.
 *
 * <p>Immutable and thread-safe.
 */
public final class ReplyForm {
  /** The handshake response header in which a server announces the form of its replies. */
  public static final String ANNOUNCEMENT_HEADER = "Wsproof-Reply";

  /** The form that is taken where a server announces none and the user expects none. */
  public static final ReplyForm DEFAULT = parse("{message} - {random}");

  /** The largest number that a range may name; JavaScript still counts exactly there. */
  public static final long MAX_RANDOM = (1L << 53) - 1;

  private static final String MESSAGE = "{message}";

  /** How a reply compares with a form. */
  public enum Fit {
    /** All of it fits. */
    FITS,
    /** Its shape fits, a number is outside its announced range. */
    OUT_OF_RANGE,
    /** It does not fit. */
    DIFFERS
  }

  /** A piece of a form beside the message. */
  sealed interface Part {}

  private record Literal(String text, byte[] bytes) implements Part {}

  private record Random(long min, long max) implements Part {}

  private record Any() implements Part {}

  private final String text;
  private final Part[] before;
  private final Part[] after;

  private ReplyForm(String text, List<Part> before, List<Part> after) {
    this.text = text;
    this.before = before.toArray(new Part[0]);
    this.after = after.toArray(new Part[0]);
  }

  /**
   * Reads a form.
   *
   * @throws IllegalArgumentException with a sentence, if {@code {message}} is missing or stands
   *     there twice, or a range is not {@code min-max} with 0 &lt;= min &lt;= max
   */
  public static ReplyForm parse(String text) {
    int message = text.indexOf(MESSAGE);
    if (message < 0 || text.indexOf(MESSAGE, message + 1) >= 0) {
      throw new IllegalArgumentException(
          "must contain {message} exactly once: \""
              + text
              + "\"; {random}, {random:1-100} and {any} may stand beside it");
    }
    return new ReplyForm(
        text, parts(text.substring(0, message)), parts(text.substring(message + MESSAGE.length())));
  }

  /**
   * The reply of this form to a text.
   *
   * @param random what stands for {@code {random}}; the form must not hold {@code {any}}
   */
  public String reply(String message, long random) {
    StringBuilder reply = new StringBuilder(message.length() + text.length() + 16);
    render(before, random, reply);
    reply.append(message);
    render(after, random, reply);
    return reply.toString();
  }

  /** The reply of this form to a binary message. */
  public byte[] reply(byte[] message, long random) {
    StringBuilder reply = new StringBuilder();
    render(before, random, reply);
    byte[] head = reply.toString().getBytes(UTF_8);
    reply.setLength(0);
    render(after, random, reply);
    byte[] tail = reply.toString().getBytes(UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + message.length + tail.length);
    System.arraycopy(message, 0, all, head.length, message.length);
    System.arraycopy(tail, 0, all, head.length + message.length, tail.length);
    return all;
  }

  private static void render(Part[] parts, long random, StringBuilder reply) {
    for (Part part : parts) {
      if (part instanceof Literal literal) {
        reply.append(literal.text);
      } else {
        reply.append(random);
      }
    }
  }

  /**
   * How a reply compares with this form, given where in it the message stands.
   *
   * @param end the offset behind the part of the reply to look at; a receipt behind it is no part
   *     of the form
   */
  public Fit fit(byte[] reply, int messageStart, int messageEnd, int end) {
    Fit fit = fit(before, 0, reply, 0, messageStart);
    return fit == Fit.DIFFERS ? fit : worse(fit, fit(after, 0, reply, messageEnd, end));
  }

  /**
   * Where the message begins in a reply of this form, or -1 if that differs from reply to reply.
   */
  public int messageOffset() {
    if (before.length == 0) {
      return 0;
    }
    return before.length == 1 && before[0] instanceof Literal literal ? literal.bytes.length : -1;
  }

  /**
   * Where the message of a damaged reply probably ends: before the last occurrence of the literal
   * text that follows it.
   */
  public int messageEnd(byte[] reply, int from, int end) {
    if (after.length > 0 && after[0] instanceof Literal literal) {
      for (int at = end - literal.bytes.length; at >= from; at--) {
        if (startsWith(reply, at, end, literal.bytes)) {
          return at;
        }
      }
    }
    return end;
  }

  /** Whether a part of the reply may be anything. */
  public boolean hasAny() {
    return text.contains("{any}");
  }

  /**
   * A form that a reply fits, given where in it the message stands: its numbers become {@code
   * {random}}, what cannot be typed {@code {any}}.
   */
  public static ReplyForm fitting(byte[] reply, int messageStart, int messageEnd) {
    return parse(
        numbersAsRandom(new String(reply, 0, messageStart, UTF_8))
            + MESSAGE
            + numbersAsRandom(new String(reply, messageEnd, reply.length - messageEnd, UTF_8)));
  }

  /** The form of replies to messages that this server gets in an envelope. */
  public ReplyForm around(Envelope envelope) {
    return parse(text.replace(MESSAGE, envelope.toString()));
  }

  /** The text that this form was read from. */
  @Override
  public String toString() {
    return text;
  }

  private static String numbersAsRandom(String text) {
    return text.replaceAll("\\d+", "{random}").replaceAll("[\\p{Cntrl}\\uFFFD]+", "{any}");
  }

  static List<Part> parts(String text) {
    List<Part> parts = new ArrayList<>();
    int literalFrom = 0;
    int at = 0;
    while (at < text.length()) {
      int close = text.charAt(at) == '{' ? text.indexOf('}', at) : -1;
      Part part = close < 0 ? null : placeholder(text.substring(at + 1, close));
      if (part == null) {
        at++;
        continue;
      }
      addLiteral(parts, text.substring(literalFrom, at));
      parts.add(part);
      at = close + 1;
      literalFrom = at;
    }
    addLiteral(parts, text.substring(literalFrom));
    return parts;
  }

  private static void addLiteral(List<Part> parts, String text) {
    if (!text.isEmpty()) {
      parts.add(new Literal(text, text.getBytes(UTF_8)));
    }
  }

  private static Part placeholder(String name) {
    if (name.equals("any")) {
      return new Any();
    }
    if (name.equals("random")) {
      return new Random(Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (!name.startsWith("random:")) {
      return null;
    }
    String[] range = name.substring("random:".length()).split("-", -1);
    if (range.length == 2 && isNumber(range[0]) && isNumber(range[1])) {
      long min = Long.parseLong(range[0]);
      long max = Long.parseLong(range[1]);
      if (min <= max) {
        return new Random(min, max);
      }
    }
    throw new IllegalArgumentException(
        "must be {random:min-max} with 0 <= min <= max: {" + name + "}");
  }

  private static boolean isNumber(String text) {
    return text.matches("\\d{1,18}");
  }

  /** Matches parts from {@code part} on against the bytes {@code from..to}, all of them. */
  static Fit fit(Part[] parts, int part, byte[] reply, int from, int to) {
    if (from > to) {
      return Fit.DIFFERS;
    }
    if (part == parts.length) {
      return from == to ? Fit.FITS : Fit.DIFFERS;
    }
    Part next = parts[part];
    if (next instanceof Literal literal) {
      return startsWith(reply, from, to, literal.bytes)
          ? fit(parts, part + 1, reply, from + literal.bytes.length, to)
          : Fit.DIFFERS;
    }
    if (next instanceof Random random) {
      return fitRandom(random, parts, part, reply, from, to);
    }
    return fitAny(parts, part, reply, from, to);
  }

  private static Fit fitRandom(
      Random random, Part[] parts, int part, byte[] reply, int from, int to) {
    int at = from < to && reply[from] == '-' ? from + 1 : from;
    int digitsFrom = at;
    long value = 0;
    boolean overflow = false;
    while (at < to && reply[at] >= '0' && reply[at] <= '9') {
      overflow |= value > (Long.MAX_VALUE - 9) / 10;
      value = value * 10 + reply[at++] - '0';
    }
    if (at == digitsFrom) {
      return Fit.DIFFERS;
    }
    long signed = digitsFrom == from ? value : -value;
    boolean any = random.min == Long.MIN_VALUE;
    boolean inRange = any || !overflow && signed >= random.min && signed <= random.max;
    Fit rest = fit(parts, part + 1, reply, at, to);
    return inRange ? rest : worse(Fit.OUT_OF_RANGE, rest);
  }

  private static Fit fitAny(Part[] parts, int part, byte[] reply, int from, int to) {
    if (part == parts.length - 1) {
      return Fit.FITS;
    }
    Fit best = Fit.DIFFERS;
    for (int skip = from; skip <= to && best != Fit.FITS; skip++) {
      Fit fit = fit(parts, part + 1, reply, skip, to);
      best = fit.compareTo(best) < 0 ? fit : best;
    }
    return best;
  }

  private static boolean startsWith(byte[] reply, int from, int to, byte[] what) {
    if (to - from < what.length) {
      return false;
    }
    for (int i = 0; i < what.length; i++) {
      if (reply[from + i] != what[i]) {
        return false;
      }
    }
    return true;
  }

  private static Fit worse(Fit a, Fit b) {
    return a.compareTo(b) > 0 ? a : b;
  }
}
