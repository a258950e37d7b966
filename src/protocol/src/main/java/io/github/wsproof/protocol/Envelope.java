package io.github.wsproof.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What stands around a message where an application wants it so, such as <code>
 * {"type":"echo","text":"{message}"}</code>.
 *
 * <p>A message's own characters need no escape in JSON, XML or a URL's query, padding included.
 *
 * <p>Immutable and thread-safe.
 */
public final class Envelope {
  private static final String MESSAGE = "{message}";

  private final String text;
  private final byte[] before;
  private final byte[] after;

  private Envelope(String text, int at) {
    this.text = text;
    before = text.substring(0, at).getBytes(UTF_8);
    after = text.substring(at + MESSAGE.length()).getBytes(UTF_8);
  }

  /**
   * Reads an envelope.
   *
   * @throws IllegalArgumentException with a sentence, if {@code {message}} does not stand there
   *     exactly once, or a placeholder of replies does
   */
  public static Envelope parse(String text) {
    int at = text.indexOf(MESSAGE);
    if (at < 0 || text.indexOf(MESSAGE, at + 1) >= 0) {
      throw new IllegalArgumentException(
          "must contain {message} exactly once: message=\"" + text + "\"");
    }
    if (text.matches("(?s).*\\{(any|random(:[^}]*)?)\\}.*")) {
      throw new IllegalArgumentException(
          "must not contain {any} or {random}, which are for replies: message=\"" + text + "\"");
    }
    return new Envelope(text, at);
  }

  /** A message with this around it. */
  public byte[] wrap(byte[] message) {
    byte[] all = new byte[before.length + message.length + after.length];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(message, 0, all, before.length, message.length);
    System.arraycopy(after, 0, all, before.length + message.length, after.length);
    return all;
  }

  /** How many bytes it adds. */
  public int lengthBytes() {
    return before.length + after.length;
  }

  /** The text that it was read from. */
  @Override
  public String toString() {
    return text;
  }
}
