package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.protocol.Messages;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/** A message's or a reply's content in a line of a transcript, there and back. */
final class Content {
  /** What decoding puts in the place of bytes that are no UTF-8. */
  private static final char REPLACEMENT = '\uFFFD';

  private Content() {}

  static void write(byte[] content, boolean binary, Messages messages, JsonGenerator json) {
    if (binary) {
      json.writeBooleanProperty("binary", true);
    }
    if (content.length <= Transcript.MOST_CONTENT_BYTES) {
      writeBytes(content, json);
      return;
    }
    json.writeNumberProperty("bytes", content.length);
    json.writeStringProperty("crc32c", Parts.crc32c(content));
    List<Parts.Part> parts = Parts.of(content, messages);
    if (parts == null) {
      return;
    }
    json.writeArrayPropertyStart("parts");
    for (Parts.Part part : parts) {
      json.writeStartObject();
      if (part instanceof Parts.Copy copy) {
        json.writeStringProperty("message", copy.identity().toString());
        json.writeNumberProperty("from", copy.from());
        json.writeNumberProperty("to", copy.to());
      } else if (part instanceof Parts.Literal literal) {
        writeBytes(literal.bytes(), json);
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** As text if that gives the same bytes again. */
  private static void writeBytes(byte[] bytes, JsonGenerator json) {
    String text = new String(bytes, UTF_8);
    if (text.indexOf(REPLACEMENT) < 0 || isUtf8(bytes)) {
      json.writeStringProperty("text", text);
    } else {
      json.writeStringProperty("base64", Base64.getEncoder().encodeToString(bytes));
    }
  }

  private static boolean isUtf8(byte[] bytes) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * The content of a line.
   *
   * @return null if only its length and crc are known
   * @throws IllegalArgumentException with a phrase, if there is none or it is not what its length
   *     and crc say
   */
  static byte[] read(JsonNode line, Messages messages) {
    if (line.has("text") || line.has("base64")) {
      return readBytes(line);
    }
    if (!line.path("bytes").isInt() || !line.path("crc32c").isString()) {
      throw new IllegalArgumentException("has no content");
    }
    if (!line.path("parts").isArray()) {
      return null;
    }
    byte[] content = Parts.join(line.path("parts"), line.path("bytes").asInt(), messages);
    if (!Parts.crc32c(content).equals(line.path("crc32c").asString())) {
      throw new IllegalArgumentException("has content that its crc32c does not match");
    }
    return content;
  }

  static byte[] readBytes(JsonNode holder) {
    if (holder.path("text").isString()) {
      return holder.path("text").asString().getBytes(UTF_8);
    }
    if (!holder.path("base64").isString()) {
      throw new IllegalArgumentException("has content that is no string");
    }
    try {
      return Base64.getDecoder().decode(holder.path("base64").asString());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("has content that is no base64", e);
    }
  }
}
