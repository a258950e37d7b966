package io.github.wsproof.evidence;

import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where in a HAR export the sockets with messages are, and whose they are.
 *
 * @param sockets in the order of the export
 */
record HarIndex(List<Socket> sockets) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final int CHECK_CHARS = 9;

  /**
   * A socket.
   *
   * @param number among the sockets of the export, from 0
   * @param offset of its list of messages, in bytes
   * @param announced the form of its replies, or null
   * @param seed of its messages, or null if none is of wsproof
   * @param connection the number that its messages carry
   * @param size what its messages are padded to, 0 if they are not
   */
  record Socket(
      int number,
      long offset,
      String url,
      String announced,
      Long seed,
      int connection,
      int size,
      boolean binary) {
    String where(long message) {
      return "socket " + number + ", message " + message;
    }
  }

  /** What a sent message of wsproof tells. */
  record Ours(long seed, int connection, long sequence, boolean padded) {
    /** Reads one, or null if it is none. */
    static Ours of(byte[] content) {
      MessageReader reader = new MessageReader(new Messages(0, 0));
      if (!reader.syntaxAt(content, 0)) {
        return null;
      }
      int end = reader.end();
      long seed = SeedRecovery.seed(content, 0, end - CHECK_CHARS, reader.check());
      return new Ours(seed, reader.connection(), reader.sequence(), content.length > end);
    }
  }

  static HarIndex of(Path file, Problems problems) throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try (JsonParser json = MAPPER.createParser(Files.newInputStream(file))) {
      json.nextToken();
      enter(json, "log");
      enter(json, "entries");
      while (json.nextToken() == JsonToken.START_OBJECT) {
        Entry entry = new Entry();
        try {
          entry.read(json);
        } finally {
          // What stands before a cut is judged.
          if (entry.offset >= 0) {
            sockets.add(entry.socket(sockets.size()));
          }
        }
      }
    } catch (JacksonException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      problems.malformed(
          "the export", "is no JSON, or ends early: " + e.getOriginalMessage(), null);
    }
    return new HarIndex(sockets);
  }

  /** Goes to the value of a property of the object that was just begun. */
  private static void enter(JsonParser json, String name) {
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean found = json.currentName().equals(name);
      json.nextToken();
      if (found) {
        return;
      }
      json.skipChildren();
    }
  }

  /** The runs: sockets of the same seed, each connection once. */
  List<List<Socket>> runs() {
    Map<String, List<Socket>> runs = new LinkedHashMap<>();
    for (Socket socket : sockets) {
      if (socket.seed == null) {
        continue;
      }
      int again = 0;
      while (holds(runs.get(socket.seed + " " + again), socket.connection)) {
        again++;
      }
      runs.computeIfAbsent(socket.seed + " " + again, k -> new ArrayList<>()).add(socket);
    }
    return List.copyOf(runs.values());
  }

  private static boolean holds(List<Socket> run, int connection) {
    return run != null && run.stream().anyMatch(s -> s.connection == connection);
  }

  /** An entry while it is read. */
  private static final class Entry {
    private long offset = -1;
    private String url = "";
    private String announced;
    private Ours first;
    private int size;
    private boolean binary;

    void read(JsonParser json) {
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (name.equals("_webSocketMessages") && value == JsonToken.START_ARRAY) {
          offset = json.currentTokenLocation().getByteOffset();
          messages(json);
        } else if (name.equals("request") && value == JsonToken.START_OBJECT) {
          url = MAPPER.<JsonNode>readTree(json).path("url").asString("");
        } else if (name.equals("response") && value == JsonToken.START_OBJECT) {
          response(MAPPER.readTree(json));
        } else {
          json.skipChildren();
        }
      }
    }

    private void response(JsonNode response) {
      for (JsonNode header : response.path("headers")) {
        if (header.path("name").asString("").equalsIgnoreCase(ReplyForm.ANNOUNCEMENT_HEADER)) {
          announced = header.path("value").asString(null);
        }
      }
    }

    private void messages(JsonParser json) {
      while (json.nextToken() == JsonToken.START_OBJECT) {
        JsonNode node = MAPPER.readTree(json);
        try {
          sniff(HarMessages.message(0, node));
        } catch (IllegalArgumentException e) {
          // It is told when the message is judged.
          continue;
        }
      }
    }

    private void sniff(HarMessages.Message message) {
      Ours ours = message.sent() ? Ours.of(message.content()) : null;
      if (ours == null) {
        return;
      }
      if (first == null) {
        first = ours;
        binary = message.binary();
      }
      if (ours.padded) {
        size = Math.max(size, message.content().length);
      }
    }

    Socket socket(int number) {
      return new Socket(
          number,
          offset,
          url,
          announced,
          first == null ? null : first.seed,
          first == null ? -1 : first.connection,
          size,
          binary);
    }
  }
}
