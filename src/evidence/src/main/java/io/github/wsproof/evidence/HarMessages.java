package io.github.wsproof.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The messages of one socket of a HAR export, one at a time. */
final class HarMessages implements AutoCloseable {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private static final int TEXT = 1;
  private static final int BINARY = 2;

  /**
   * A message.
   *
   * @param index its number in the list, from 0
   * @param time in seconds since 1970
   */
  record Message(long index, boolean sent, double time, boolean binary, byte[] content) {}

  private final Problems problems;
  private final FileChannel channel;
  private final JsonParser json;
  private long index = -1;
  private boolean ended;

  /**
   * Opens the list.
   *
   * @param offset where its {@code [} stands in the file
   */
  HarMessages(Path file, long offset, Problems problems) throws IOException {
    this.problems = problems;
    channel = FileChannel.open(file);
    channel.position(offset);
    InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
    json = MAPPER.createParser(in);
    json.nextToken();
  }

  /** The next message, or null behind the last; what is none is a problem. */
  Message next() {
    while (!ended) {
      try {
        if (json.nextToken() != JsonToken.START_OBJECT) {
          ended = true;
          return null;
        }
        index++;
        return message(index, MAPPER.readTree(json));
      } catch (JacksonException e) {
        ended = true;
        problems.malformed("the export", "is no JSON from message " + index + " on", null);
      } catch (IllegalArgumentException e) {
        problems.malformed("message " + index, e.getMessage(), null);
      }
    }
    return null;
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException with the rest of a sentence, if it is none
   */
  static Message message(long index, JsonNode node) {
    String type = node.path("type").asString("");
    int opcode = node.path("opcode").asInt(0);
    if (!type.equals("send") && !type.equals("receive")) {
      throw new IllegalArgumentException("has the type \"" + type + "\", not send or receive");
    }
    if (opcode != TEXT && opcode != BINARY || !node.path("data").isString()) {
      throw new IllegalArgumentException("is neither text nor binary: opcode " + opcode);
    }
    String data = node.path("data").asString();
    boolean binary = opcode == BINARY;
    byte[] content = binary ? Base64.getDecoder().decode(data) : data.getBytes(UTF_8);
    return new Message(index, type.equals("send"), node.path("time").asDouble(0), binary, content);
  }

  @Override
  public void close() throws IOException {
    json.close();
    channel.close();
  }
}
