package io.github.wsproof.client;

import io.github.wsproof.protocol.Envelope;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.protocol.ReplyPattern;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How an application that was not made for wsproof is talked to. Immutable.
 *
 * @param envelope what stands around each message, or null
 * @param field where in a reply of JSON the answer stands, or null
 * @param hello what is sent, and awaited, before the first message
 * @param ignored replies that are left out of the account
 */
record Application(
    Envelope envelope, JsonField field, List<HelloStep> hello, List<ReplyPattern> ignored) {
  static final Application NONE = new Application(null, null, List.of(), List.of());

  /**
   * A step of the hello: either a message or an awaited reply.
   *
   * @param line its number in the file, from 1
   */
  record HelloStep(int line, String message, ReplyPattern awaited) {}

  /**
   * Reads a hello: each line a message; {@code < pattern} awaits a reply; empty lines and those
   * that begin with # are passed over.
   */
  static List<HelloStep> hello(List<String> lines) {
    List<HelloStep> steps = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("< ")) {
        steps.add(new HelloStep(i + 1, null, awaited(line.substring(2), i + 1)));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        steps.add(new HelloStep(i + 1, line, null));
      }
    }
    return steps;
  }

  private static ReplyPattern awaited(String pattern, int line) {
    try {
      return ReplyPattern.parse(pattern);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + " (line " + line + " of hello)", e);
    }
  }

  /** A message as it goes over the wire. */
  byte[] wrapped(byte[] message) {
    return envelope == null ? message : envelope.wrap(message);
  }

  int envelopeBytes() {
    return envelope == null ? 0 : envelope.lengthBytes();
  }

  /** The part of a reply that is judged: all of it, where the field is not there. */
  byte[] judged(byte[] reply) {
    byte[] text = field == null ? null : field.of(reply);
    return text == null ? reply : text;
  }

  /** What replies look like where the user does not say so. */
  ReplyForm form(ReplyForm announced) {
    if (field != null) {
      return ReplyForm.parse("{message}");
    }
    return envelope == null ? announced : announced.around(envelope);
  }

  boolean ignores(byte[] reply) {
    for (ReplyPattern pattern : ignored) {
      if (pattern.matches(reply)) {
        return true;
      }
    }
    return false;
  }

  /** What differs from the defaults, by option. The hello may hold secrets: its length alone. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    if (envelope != null) {
      described.put("message", envelope.toString());
    }
    if (field != null) {
      described.put("expectJson", field.toString());
    }
    if (!hello.isEmpty()) {
      described.put("helloSteps", hello.size());
    }
    if (!ignored.isEmpty()) {
      described.put("ignore", ignored.stream().map(ReplyPattern::toString).toList());
    }
    return described;
  }
}
