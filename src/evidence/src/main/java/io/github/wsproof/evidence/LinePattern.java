package io.github.wsproof.evidence;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a line of a log looks like, such as {@code Received: [{random}] Request Number [{sequence}]
 * {any}}: {@code {sequence}} is the message's number and stands there once, {@code {random}} any
 * integer, {@code {any}} anything, {@code {connection}} a word that tells connections apart, and
 * all else is literal text. The whole line has to fit.
 *
 * <p>Immutable and thread-safe.
 */
public final class LinePattern {
  /** Beyond it, a line with several {@code {any}} takes too long. */
  static final int MOST_LINE_BYTES = 1 << 16;

  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{(sequence|random|any|connection)}");

  private final String text;
  private final Pattern pattern;
  private final String firstLiteral;
  private final boolean connections;

  /** A line that fits. */
  record Match(String connection, long sequence) {}

  private LinePattern(String text, Pattern pattern, String firstLiteral, boolean connections) {
    this.text = text;
    this.pattern = pattern;
    this.firstLiteral = firstLiteral;
    this.connections = connections;
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with a sentence, if {@code {sequence}} does not stand in it
   *     exactly once, or {@code {connection}} more often
   */
  public static LinePattern parse(String text) {
    StringBuilder regex = new StringBuilder();
    String firstLiteral = "";
    int sequences = 0;
    int connections = 0;
    int from = 0;
    Matcher placeholder = PLACEHOLDER.matcher(text);
    while (placeholder.find()) {
      String literal = text.substring(from, placeholder.start());
      firstLiteral = firstLiteral.isBlank() ? literal : firstLiteral;
      regex.append(Pattern.quote(literal));
      switch (placeholder.group(1)) {
        case "sequence" -> {
          sequences++;
          regex.append("(?<sequence>\\d{1,18})");
        }
        case "connection" -> {
          connections++;
          regex.append("(?<connection>\\S+?)");
        }
        case "random" -> regex.append("-?\\d+");
        default -> regex.append(".*?");
      }
      from = placeholder.end();
      if (sequences > 1 || connections > 1) {
        break;
      }
    }
    if (sequences != 1 || connections > 1) {
      throw new IllegalArgumentException(
          "must contain {sequence} exactly once, and {connection} at most once: \""
              + text
              + "\"; {random} and {any} may stand beside them");
    }
    regex.append(Pattern.quote(text.substring(from)));
    firstLiteral = firstLiteral.isBlank() ? text.substring(from) : firstLiteral;
    return new LinePattern(
        text, Pattern.compile(regex.toString()), firstLiteral.strip(), connections == 1);
  }

  /** Whether it tells connections apart. */
  public boolean hasConnection() {
    return connections;
  }

  /** The line's numbers, or null if it does not fit. */
  Match match(String line) {
    Matcher matcher = pattern.matcher(line);
    if (!matcher.matches()) {
      return null;
    }
    String connection = connections ? matcher.group("connection") : "";
    return new Match(connection, Long.parseLong(matcher.group("sequence")));
  }

  /** Whether a line that does not fit was meant to: it has the pattern's first literal text. */
  boolean resembles(String line) {
    return line.contains(firstLiteral);
  }

  /** The text that this pattern was read from. */
  @Override
  public String toString() {
    return text;
  }
}
