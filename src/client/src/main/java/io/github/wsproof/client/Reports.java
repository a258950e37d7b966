package io.github.wsproof.client;

import io.github.wsproof.ledger.Counts;
import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import io.github.wsproof.ledger.Verdict;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Reports as JSON, and back. Thread-safe. */
public final class Reports {
  private static final List<String> COUNTS =
      Arrays.stream(Counts.class.getRecordComponents())
          .map(c -> c.getName())
          // Reports of clients that know nothing of them do not have them.
          .filter(
              name ->
                  !name.equals("recovered") && !name.equals("gone") && !name.equals("foreignRoom"))
          .toList();

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .addModule(
              new SimpleModule()
                  .addSerializer(Kind.class, new Label<>(Kind::label))
                  .addSerializer(Leg.class, new Label<>(Leg::label))
                  .addKeySerializer(Kind.class, new LabelKey<>(Kind::label))
                  .addKeySerializer(Leg.class, new LabelKey<>(Leg::label))
                  .addDeserializer(Kind.class, new Labelled<>(Kind.values(), Kind::label))
                  .addDeserializer(Leg.class, new Labelled<>(Leg.values(), Leg::label))
                  .addKeyDeserializer(Kind.class, new LabelledKey<>(Kind.values(), Kind::label))
                  .addKeyDeserializer(Leg.class, new LabelledKey<>(Leg.values(), Leg::label)))
          .build();

  private Reports() {}

  /** A report as JSON, indented. */
  public static String toJson(Report report) {
    return MAPPER.writeValueAsString(report);
  }

  /**
   * Reads a report of this or another version, or of the browser page. What the verdict rests on
   * must be there and agree; all else may be missing (a list is then empty, a number 0, an object
   * null), and what is unknown is passed over.
   *
   * @throws IllegalArgumentException with the rest of a sentence that begins with the file's name,
   *     such as "is no JSON: …" or "has no counts.lost"
   */
  public static Report fromJson(String json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      require(tree.path("wsproof").isString(), "is no report of wsproof: it has no \"wsproof\"");
      check(tree);
      return complete(MAPPER.treeToValue(tree, Report.class));
    } catch (JacksonException e) {
      throw new IllegalArgumentException("is no report of wsproof: " + what(e), e);
    }
  }

  private static String what(JacksonException e) {
    String property =
        e.getPath().stream()
            .map(r -> r.getPropertyName() == null ? "" + r.getIndex() : r.getPropertyName())
            .collect(Collectors.joining("."));
    return property.isEmpty()
        ? String.format(
            "its JSON cannot be read from line %d, column %d on",
            e.getLocation().getLineNr(), e.getLocation().getColumnNr())
        : "it has a wrong value of " + property;
  }

  private static void check(JsonNode tree) {
    require(tree.path("verdict").isString(), "has no verdict");
    require(tree.path("run").path("id").isString(), "has no run.id");
    for (String count : COUNTS) {
      JsonNode value = tree.path("counts").path(count);
      require(value.isIntegralNumber(), "has no counts." + count);
      require(value.asLong() >= 0, "must be >= 0: counts." + count + "=" + value.asLong());
    }
  }

  private static Report complete(Report report) {
    Counts counts = report.counts();
    require(
        counts.delivered()
                + counts.recovered()
                + counts.lost()
                + counts.corrupted()
                + counts.misdelivered()
                + counts.inDoubt()
                + counts.gone()
            == counts.sent(),
        "has outcomes that do not add up to sent=" + counts.sent());
    require(counts.recovered() >= 0, "must be >= 0: counts.recovered=" + counts.recovered());
    require(counts.gone() >= 0, "must be >= 0: counts.gone=" + counts.gone());
    require(
        counts.sent() + counts.neverSent() == counts.planned(),
        "has sent and neverSent that do not add up to planned=" + counts.planned());
    Verdict least = Verdict.of(counts, report.run().acceptsRecovered());
    require(
        report.verdict().compareTo(least) >= 0,
        "says " + report.verdict() + ", but its counts lead to " + least);
    return new Report(
        report.wsproof(),
        report.verdict(),
        orEmpty(report.reasons()),
        report.run(),
        counts,
        report.legs(),
        orEmpty(report.anomalies()),
        report.rate() == null ? new Report.Rate(0, 0) : report.rate(),
        report.latencyMicros() == null ? new Report.Latencies(null, null) : report.latencyMicros(),
        report.histogram(),
        orEmpty(report.epochs()),
        report.client(),
        report.timeline(),
        report.merged(),
        report.path());
  }

  private static <T> List<T> orEmpty(List<T> list) {
    return list == null ? List.of() : list;
  }

  private static void require(boolean right, String otherwise) {
    if (!right) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private static <T> T labelled(T[] values, Function<T, String> label, String text) {
    for (T value : values) {
      if (label.apply(value).equals(text)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        "must be one of "
            + Arrays.stream(values).map(label).collect(Collectors.joining(", "))
            + ": \""
            + text
            + "\"");
  }

  private static final class Label<T> extends ValueSerializer<T> {
    private final Function<T, String> label;

    Label(Function<T, String> label) {
      this.label = label;
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializationContext context) {
      json.writeString(label.apply(value));
    }
  }

  private static final class LabelKey<T> extends ValueSerializer<T> {
    private final Function<T, String> label;

    LabelKey(Function<T, String> label) {
      this.label = label;
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializationContext context) {
      json.writeName(label.apply(value));
    }
  }

  private static final class Labelled<T> extends ValueDeserializer<T> {
    private final T[] values;
    private final Function<T, String> label;

    Labelled(T[] values, Function<T, String> label) {
      this.values = values;
      this.label = label;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) {
      return labelled(values, label, json.getString());
    }
  }

  private static final class LabelledKey<T> extends KeyDeserializer {
    private final T[] values;
    private final Function<T, String> label;

    LabelledKey(T[] values, Function<T, String> label) {
      this.values = values;
      this.label = label;
    }

    @Override
    public Object deserializeKey(String key, DeserializationContext context) {
      return labelled(values, label, key);
    }
  }
}
