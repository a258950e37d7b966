package io.github.wsproof.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A text in JSON, by the names that lead to it: {@code text}, {@code data.text}, {@code
 * items.0.text}. However a server writes its JSON (spaces, order, escapes), the text is the same.
 *
 * <p>Immutable and thread-safe.
 */
final class JsonField {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final String path;
  private final String[] names;

  private JsonField(String path) {
    this.path = path;
    this.names = path.split("\\.", -1);
  }

  static JsonField parse(String path) {
    JsonField field = new JsonField(path);
    for (String name : field.names) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException(
            "must be names joined by dots, such as text or data.text: expect-json=" + path);
      }
    }
    return field;
  }

  /** The text in UTF-8, or null where a reply is no JSON or has no such text. */
  byte[] of(byte[] reply) {
    JsonNode node;
    try {
      node = MAPPER.readTree(reply);
    } catch (JacksonException e) {
      return null;
    }
    for (String name : names) {
      node =
          node.isArray() && name.matches("\\d{1,9}")
              ? node.path(Integer.parseInt(name))
              : node.path(name);
    }
    return node.isString() ? node.asString().getBytes(UTF_8) : null;
  }

  @Override
  public String toString() {
    return path;
  }
}
