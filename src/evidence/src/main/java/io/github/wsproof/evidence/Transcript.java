package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;
import io.github.wsproof.client.RunListener;
import io.github.wsproof.client.RunPlan;
import io.github.wsproof.client.Versions;
import io.github.wsproof.ledger.Receipts;
import io.github.wsproof.protocol.Format;
import io.github.wsproof.protocol.Identity;
import io.github.wsproof.protocol.MessageReader;
import io.github.wsproof.protocol.Messages;
import io.github.wsproof.protocol.ReplyForm;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes what happens in a run as JSON Lines, one event a line, as it happens.
 *
 * <pre>
 * {"event":"run","transcript":1,"wsproof":"0.1","id":"…","seed":1,"size":0,"binary":false,"url":"ws://…",
 *  "planned":10000,"connections":1,"window":64,"perConnection":0,"rate":0.0,"duration":null,"expect":null,"startedAt":"…"}
 *  (size may be "16..65536" or "125,126"; "mix":true where text and binary took turns, "unicode":true where padding is,
 *  "deflate":true where padding was compressible in turn)
 * {"event":"opened","connection":0,"nanos":…,"form":"{message} - {random}","receipts":"on"}
 * {"event":"sent","connection":0,"sequence":0,"nanos":…,"text":"Request 0/0 53d49737"}
 * {"event":"received","connection":0,"sequence":0,"nanos":…,"text":"Request 0/0 53d49737 - 42"}
 * {"event":"ignored","connection":0,"nanos":…,"text":"welcome"}
 * {"event":"closed","connection":0,"nanos":…,"code":1000,"by":"client","reason":"","inDoubt":false}
 * {"event":"end","nanos":…,"verdict":"PASS","interrupted":false,"counts":{…},"reasons":[]}
 * </pre>
 *
 * <p>{@code nanos} counts from the run's start; {@code sequence} stands where the reply names a
 * message of this run, beside {@code owner} if that was sent on another connection. Content is
 * {@code text}, for a binary message {@code "binary":true} and text or {@code base64}; beyond 4 KiB
 * it is {@code parts} ({@link Parts}) with {@code bytes} and {@code crc32c}. The last line is
 * {@code end}: a transcript without it was cut off.
 *
 * <p>Memory is bounded. A write that fails is kept, and thrown by {@link #close}. Not thread-safe:
 * owned by the loop of its run.
 */
public final class Transcript implements RunListener, AutoCloseable {
  /** The content that a line holds as it is; longer content is told by its parts. */
  static final int MOST_CONTENT_BYTES = 4096;

  private static final JsonMapper MAPPER = new JsonMapper();

  private final BackgroundStream out;
  private final JsonGenerator json;
  private Messages messages;
  private MessageReader reader;
  private RunPlan plan;
  private IOException failure;

  /**
   * A transcript into a stream.
   *
   * @param out is written on a thread of its own, and closed by {@link #close}
   */
  public Transcript(OutputStream out) {
    this.out = new BackgroundStream(out);
    json = MAPPER.writer().withRootValueSeparator("\n").createGenerator(this.out);
  }

  /** Writes a line. */
  private interface Line {
    void write();
  }

  private void line(String event, Line line) {
    if (failure != null) {
      return;
    }
    try {
      json.writeStartObject();
      json.writeStringProperty("event", event);
      line.write();
      json.writeEndObject();
    } catch (JacksonException e) {
      failure = e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
  }

  @Override
  public void started(String runId, RunPlan runPlan, String startedAt) {
    plan = runPlan;
    messages = plan.content();
    reader = new MessageReader(messages);
    line(
        "run",
        () -> {
          json.writeNumberProperty("transcript", 1);
          json.writeStringProperty("wsproof", Versions.WSPROOF);
          json.writeStringProperty("id", runId);
          json.writeNumberProperty("seed", plan.seed());
          if (messages.sizes().isFixed()) {
            json.writeNumberProperty("size", messages.sizes().largest());
          } else {
            json.writeStringProperty("size", messages.sizes().toString());
          }
          json.writeBooleanProperty("binary", plan.format() == Format.BINARY);
          if (plan.format() == Format.MIXED) {
            json.writeBooleanProperty("mix", true);
          }
          if (messages.isUnicode()) {
            json.writeBooleanProperty("unicode", true);
          }
          if (messages.takesTurns()) {
            json.writeBooleanProperty("deflate", true);
          }
          json.writeStringProperty("url", plan.url().toString());
          if (plan.messages() == RunPlan.UNLIMITED_MESSAGES) {
            json.writeNullProperty("planned");
          } else {
            json.writeNumberProperty("planned", plan.messages());
          }
          json.writeNumberProperty("connections", plan.connections());
          json.writeNumberProperty("window", plan.window());
          json.writeNumberProperty("perConnection", plan.perConnection());
          json.writeNumberProperty("rate", plan.rate());
          json.writeStringProperty(
              "duration", plan.duration() == null ? null : plan.duration().toString());
          json.writeStringProperty(
              "expect", plan.expect() == null ? null : plan.expect().toString());
          if (plan.acceptsRecovered()) {
            json.writeBooleanProperty("acceptRecovered", true);
          }
          json.writeStringProperty("startedAt", startedAt);
        });
  }

  @Override
  public void opened(int connection, ReplyForm form, Receipts receipts, long nanos) {
    line(
        "opened",
        () -> {
          place(connection, nanos);
          json.writeStringProperty("form", form.toString());
          json.writeStringProperty("receipts", receipts.name().toLowerCase(Locale.ROOT));
        });
  }

  @Override
  public void sent(int connection, long sequence, byte[] content, long nanos) {
    line(
        "sent",
        () -> {
          json.writeNumberProperty("connection", connection);
          json.writeNumberProperty("sequence", sequence);
          json.writeNumberProperty("nanos", nanos);
          // As the ledger counts it, without an envelope.
          byte[] bare =
              plan.hasEnvelope() ? messages.content(new Identity(connection, sequence)) : content;
          Content.write(bare, false, messages, json);
        });
  }

  @Override
  public void received(int connection, byte[] content, boolean binary, long nanos) {
    line("received", () -> reply(connection, plan.judged(content), binary, nanos));
  }

  @Override
  public void ignored(int connection, byte[] content, boolean binary, long nanos) {
    line("ignored", () -> reply(connection, content, binary, nanos));
  }

  private void reply(int connection, byte[] content, boolean binary, long nanos) {
    json.writeNumberProperty("connection", connection);
    int at = MessageReader.next(content, 0);
    if (at >= 0 && reader.identityAt(content, at)) {
      if (reader.sequence() == Identity.END_SEQUENCE) {
        json.writeStringProperty("sequence", "end");
      } else {
        json.writeNumberProperty("sequence", reader.sequence());
      }
      if (reader.connection() != connection) {
        json.writeNumberProperty("owner", reader.connection());
      }
    }
    json.writeNumberProperty("nanos", nanos);
    Content.write(content, binary, messages, json);
  }

  @Override
  public void closed(Report.Epoch epoch, boolean inDoubt, long nanos) {
    line(
        "closed",
        () -> {
          place(epoch.connection(), nanos);
          json.writeNumberProperty("code", epoch.closeCode());
          json.writeStringProperty("by", epoch.closedBy());
          json.writeStringProperty("reason", epoch.reason());
          json.writeBooleanProperty("inDoubt", inDoubt);
        });
  }

  @Override
  public void finished(Report report, long nanos) {
    line(
        "end",
        () -> {
          json.writeNumberProperty("nanos", nanos);
          json.writeStringProperty("verdict", report.verdict().name());
          json.writeBooleanProperty("interrupted", report.run().interrupted());
          json.writePOJOProperty("counts", report.counts());
          json.writePOJOProperty("reasons", report.reasons());
        });
  }

  private void place(int connection, long nanos) {
    json.writeNumberProperty("connection", connection);
    json.writeNumberProperty("nanos", nanos);
  }

  /**
   * Writes what is left, and waits for it.
   *
   * @throws IOException if this or an earlier write failed: the transcript is not whole
   */
  @Override
  public void close() throws IOException {
    try {
      json.writeRaw('\n');
      json.close();
    } catch (JacksonException e) {
      failure =
          failure != null
              ? failure
              : e.getCause() instanceof IOException cause ? cause : new IOException(e);
    }
    out.close();
    if (failure != null) {
      throw failure;
    }
  }
}
