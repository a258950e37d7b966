package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;
import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import io.github.wsproof.protocol.Sizes;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Judges a transcript again, from its lines alone. */
final class TranscriptAudit {
  /** No line of ours is longer: its literal bytes are bounded, in base64 too. */
  private static final int MOST_LINE_BYTES = 1 << 20;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private record Opening(long nanos, Instant at) {}

  private final Problems problems = new Problems();
  private final List<String> reasons = new ArrayList<>();
  private final Map<Integer, Opening> openings = new HashMap<>();
  private Replay replay;
  private Messages messages;
  private Report.RunInfo info;
  private String form;
  private JsonNode end;

  static Report of(InputStream in, String name) throws IOException {
    return new TranscriptAudit().read(new Lines(in, MOST_LINE_BYTES), name);
  }

  private Report read(Lines lines, String name) throws IOException {
    for (String line = lines.next(); line != null; line = lines.next()) {
      try {
        if (lines.isCut()) {
          throw new IllegalArgumentException("is longer than any line of a transcript");
        }
        event(MAPPER.readTree(line), lines.where());
      } catch (JacksonException e) {
        problems.malformed(lines.where(), "is no JSON", line);
      } catch (IllegalArgumentException e) {
        problems.malformed(lines.where(), e.getMessage(), line);
      }
    }
    return replay == null ? nothing(name) : report();
  }

  private void event(JsonNode line, String where) {
    String event = line.path("event").asString("");
    if (replay == null && !event.equals("run")) {
      throw new IllegalArgumentException("stands before the line that describes the run");
    }
    if (end != null) {
      throw new IllegalArgumentException("stands behind the end");
    }
    switch (event) {
      case "run" -> run(line);
      case "opened" -> opened(line, where);
      case "sent" -> sent(line, where);
      case "received" -> received(line, where);
      case "ignored" -> replay.ignored(Content.read(line, messages), number(line, "nanos"));
      case "closed" -> closed(line, where);
      case "end" -> end = line;
      default -> throw new IllegalArgumentException("has an unknown event");
    }
  }

  private void run(JsonNode line) {
    if (replay != null) {
      throw new IllegalArgumentException("describes a run again");
    }
    if (line.path("transcript").asInt(0) != 1) {
      throw new IllegalArgumentException("is of another version of transcripts than 1");
    }
    JsonNode size = line.path("size");
    messages =
        new Messages(
            number(line, "seed"),
            size.isString()
                ? Sizes.parse(size.asString())
                : Sizes.fixed((int) number(line, "size")),
            line.path("unicode").asBoolean(false),
            line.path("deflate").asBoolean(false));
    boolean binary = flag(line, "binary");
    info =
        new Report.RunInfo(
            line.path("id").asString(""),
            messages.seed(),
            line.path("url").asString(""),
            line.path("startedAt").asString(""),
            0,
            line.path("planned").isNull() ? -1 : number(line, "planned"),
            line.path("connections").asInt(0),
            line.path("window").asInt(0),
            line.path("perConnection").asLong(0),
            0,
            binary,
            false,
            line.path("expect").asString(null),
            false,
            line.path("acceptRecovered").asBoolean(false) ? Map.of("acceptRecovered", true) : null);
    Format format = binary ? Format.BINARY : Format.TEXT;
    replay =
        new Replay(messages, line.path("mix").asBoolean(false) ? Format.MIXED : format, problems);
  }

  private void opened(JsonNode line, String where) {
    ReplyForm replies = ReplyForm.parse(line.path("form").asString(""));
    Receipts receipts =
        Receipts.valueOf(line.path("receipts").asString("").toUpperCase(Locale.ROOT));
    int connection = connection(line);
    long nanos = number(line, "nanos");
    replay.opened(connection, replies, receipts, where);
    form = form == null ? replies.toString() : form;
    openings.put(connection, new Opening(nanos, startedAt().plusNanos(nanos)));
  }

  private Instant startedAt() {
    try {
      return Instant.parse(info.startedAt());
    } catch (DateTimeParseException e) {
      return Instant.EPOCH;
    }
  }

  private void sent(JsonNode line, String where) {
    long sequence = number(line, "sequence");
    if (sequence < 0) {
      throw new IllegalArgumentException("must be >= 0: sequence=" + sequence);
    }
    replay.sent(
        connection(line), sequence, Content.read(line, messages), number(line, "nanos"), where);
  }

  private void received(JsonNode line, String where) {
    byte[] content = Content.read(line, messages);
    boolean binary = line.path("binary").asBoolean(false);
    replay.received(connection(line), content, binary, number(line, "nanos"), where);
  }

  private void closed(JsonNode line, String where) {
    int connection = connection(line);
    long nanos = number(line, "nanos");
    Opening opening = openings.getOrDefault(connection, new Opening(nanos, startedAt()));
    Report.Epoch epoch =
        new Report.Epoch(
            connection,
            0,
            opening.at.toString(),
            (nanos - opening.nanos) / 1e9,
            (int) number(line, "code"),
            line.path("by").asString(""),
            line.path("reason").asString(""),
            replay.unanswered(connection));
    replay.closed(epoch, flag(line, "inDoubt"), where);
  }

  private static int connection(JsonNode line) {
    long connection = number(line, "connection");
    if (connection < 0 || connection > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("has no such connection: " + connection);
    }
    return (int) connection;
  }

  private static long number(JsonNode line, String name) {
    if (!line.path(name).isIntegralNumber()) {
      throw new IllegalArgumentException("has no " + name);
    }
    return line.path(name).asLong();
  }

  private static boolean flag(JsonNode line, String name) {
    if (!line.path(name).isBoolean()) {
      throw new IllegalArgumentException("has no " + name);
    }
    return line.path(name).asBoolean();
  }

  private Report report() {
    if (end == null) {
      replay.cutOff();
      reasons.add("the transcript has no end: it was cut off");
    } else {
      end.path("reasons").forEach(reason -> reasons.add(reason.asString("")));
    }
    reasons.addAll(problems.reasons());
    long planned =
        end == null ? info.messages() : end.at("/counts/planned").asLong(info.messages());
    // A run may be less than its counts: it ended before its time, for example.
    boolean whole = end != null && !end.path("verdict").asString("").equals("INCONCLUSIVE");
    Report report = replay.report(ended(), planned, whole, reasons);
    compareWithRun(report);
    return report;
  }

  private Report.RunInfo ended() {
    return new Report.RunInfo(
        info.id(),
        info.seed(),
        info.url(),
        info.startedAt(),
        0,
        info.messages(),
        info.connections(),
        info.window(),
        info.perConnection(),
        0,
        info.binary(),
        false,
        info.expect() == null ? form : info.expect(),
        end != null && end.path("interrupted").asBoolean(false),
        info.options());
  }

  /** The run wrote down what it had counted: another result is worth telling. */
  private void compareWithRun(Report report) {
    if (end != null && end.path("counts").isObject()) {
      if (!report.counts().equals(MAPPER.treeToValue(end.path("counts"), Counts.class))) {
        reasons.add("the run itself had counted otherwise: " + end.path("counts"));
      }
    }
  }

  private Report nothing(String name) {
    reasons.add(
        problems.count() == 0
            ? "the file is empty"
            : "no line describes a run; give --line 'PATTERN' if this is a log");
    reasons.addAll(problems.reasons());
    return Judged.nothing(name, reasons);
  }
}
