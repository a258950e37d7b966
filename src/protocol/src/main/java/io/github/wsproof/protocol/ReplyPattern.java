package io.github.wsproof.protocol;

import io.github.wsproof.protocol.ReplyForm.Fit;
import io.github.wsproof.protocol.ReplyForm.Part;

/**
 * What a reply looks like that answers no message: literal text, {@code {any}}, {@code {random}}
 * and {@code {random:1-100}} as in a {@link ReplyForm}.
 *
 * <p>Immutable and thread-safe.
 */
public final class ReplyPattern {
  private final String text;
  private final Part[] parts;

  private ReplyPattern(String text) {
    this.text = text;
    this.parts = ReplyForm.parts(text).toArray(new Part[0]);
  }

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException with a sentence, if it is empty, holds {@code {message}} or a
   *     range that is none
   */
  public static ReplyPattern parse(String text) {
    if (text.isEmpty() || text.contains("{message}")) {
      throw new IllegalArgumentException(
          "must be text, {any} and {random}, and not hold {message}: pattern=\"" + text + "\"");
    }
    return new ReplyPattern(text);
  }

  /** Whether all of a reply fits. */
  public boolean matches(byte[] reply) {
    return ReplyForm.fit(parts, 0, reply, 0, reply.length) == Fit.FITS;
  }

  /** The text that it was read from. */
  @Override
  public String toString() {
    return text;
  }
}
