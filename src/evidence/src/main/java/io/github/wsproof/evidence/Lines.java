package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The lines of a file of any length, one at a time; a line that is too long is cut. */
final class Lines {
  private static final int LF = '\n';

  private final InputStream in;
  private final int mostBytes;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private long number;
  private boolean cut;
  private boolean ended;

  /**
   * The lines of a stream.
   *
   * @param mostBytes what a line is cut to
   */
  Lines(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /** The next line without its end, or null behind the last. */
  String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    cut = false;
    boolean any = false;
    while (true) {
      if (position == limit && !fill()) {
        ended = true;
        return any ? line(line) : null;
      }
      any = true;
      int from = position;
      while (position < limit && buffer[position] != LF) {
        position++;
      }
      int length = Math.min(position - from, mostBytes - line.size());
      cut |= length < position - from;
      line.write(buffer, from, length);
      if (position < limit) {
        position++;
        return line(line);
      }
    }
  }

  private String line(ByteArrayOutputStream line) {
    String text = line.toString(UTF_8);
    if (number++ == 0 && text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    return limit > 0;
  }

  /** Where the line stands that was read last. */
  String where() {
    return "line " + number;
  }

  /** Whether the line that was read last is longer than what was given. */
  boolean isCut() {
    return cut;
  }

  /** Whether the file ended behind, or within, the line that was read last. */
  boolean isEnded() {
    return ended;
  }
}
