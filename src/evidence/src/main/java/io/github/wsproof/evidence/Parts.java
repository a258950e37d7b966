package io.github.wsproof.evidence;

import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import tools.jackson.databind.JsonNode;

/**
 * Long content without its length: stretches of messages, which anyone can make again from the
 * run's seed, and what stands between them as it is.
 *
 * <pre>
 * [{"message":"0/17","from":0,"to":70000},{"text":" - 42 (18 7c1e09ab)"}]
 * </pre>
 *
 * <p>So a long reply can be judged again to the byte: a changed byte, a cut or two messages in one
 * are a few parts. Only a reply with more than {@value #MOST_LITERAL_BYTES} bytes of its own is
 * known by its length and crc alone.
 */
final class Parts {
  /** The bytes of one reply, beside its messages, that are kept. */
  static final int MOST_LITERAL_BYTES = 64 << 10;

  /** A shorter stretch is not worth naming. */
  private static final int SHORTEST_COPY_BYTES = 32;

  private static final int MOST_CONTENT_BYTES = 1 << 30;
  private static final Pattern IDENTITY = Pattern.compile("(\\d{1,9})/(\\d{1,18}|end)");

  sealed interface Part {}

  /** Bytes {@code from} to {@code to} (excluded) of a message. */
  record Copy(Identity identity, int from, int to) implements Part {}

  /** Bytes as they are. */
  record Literal(byte[] bytes) implements Part {}

  private Parts() {}

  /** The parts of a content, or null if too much of it is its own. */
  static List<Part> of(byte[] content, Messages messages) {
    MessageReader reader = new MessageReader(messages);
    List<Part> parts = new ArrayList<>();
    int literalFrom = 0;
    int literals = 0;
    int at = MessageReader.next(content, 0);
    while (at >= 0) {
      if (!reader.identityAt(content, at)) {
        at = MessageReader.next(content, at + 1);
        continue;
      }
      Identity identity = new Identity(reader.connection(), reader.sequence());
      byte[] message = messages.content(identity);
      int base = at;
      int i = 0;
      while (i < message.length && base + i < content.length) {
        int end = i;
        while (end < message.length
            && base + end < content.length
            && message[end] == content[base + end]) {
          end++;
        }
        if (end - i >= SHORTEST_COPY_BYTES) {
          literals += literal(content, literalFrom, base + i, parts);
          parts.add(new Copy(identity, i, end));
          literalFrom = base + end;
        } else if (base + end - literalFrom > MOST_LITERAL_BYTES) {
          return null;
        }
        i = end + 1;
      }
      at = MessageReader.next(content, Math.max(base + 1, literalFrom));
    }
    literals += literal(content, literalFrom, content.length, parts);
    return literals > MOST_LITERAL_BYTES ? null : parts;
  }

  private static int literal(byte[] content, int from, int to, List<Part> parts) {
    if (to > from) {
      parts.add(new Literal(Arrays.copyOfRange(content, from, to)));
    }
    return to - from;
  }

  /** The content again. */
  static byte[] join(JsonNode parts, int bytes, Messages messages) {
    if (bytes < 0 || bytes > MOST_CONTENT_BYTES) {
      throw new IllegalArgumentException("has content of bytes=" + bytes);
    }
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (JsonNode part : parts) {
      byte[] next = part.has("message") ? copy(part, messages) : Content.readBytes(part);
      if (content.size() + (long) next.length > bytes) {
        throw new IllegalArgumentException("has parts of more than bytes=" + bytes);
      }
      content.writeBytes(next);
    }
    if (content.size() != bytes) {
      throw new IllegalArgumentException("has parts of less than bytes=" + bytes);
    }
    return content.toByteArray();
  }

  private static byte[] copy(JsonNode part, Messages messages) {
    Matcher identity = IDENTITY.matcher(part.path("message").asString(""));
    if (!identity.matches()) {
      throw new IllegalArgumentException("has a part of no message: " + part);
    }
    int connection = Integer.parseInt(identity.group(1));
    byte[] message =
        messages.content(
            identity.group(2).equals("end")
                ? Identity.end(connection)
                : new Identity(connection, Long.parseLong(identity.group(2))));
    int from = part.path("from").asInt(-1);
    int to = part.path("to").asInt(-1);
    if (from < 0 || from > to || to > message.length) {
      throw new IllegalArgumentException("has a part outside its message: " + part);
    }
    return Arrays.copyOfRange(message, from, to);
  }

  /** 8 hex digits. */
  static String crc32c(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return String.format("%08x", (int) crc.getValue());
  }
}
