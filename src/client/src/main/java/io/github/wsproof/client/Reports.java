package io.github.wsproof.client;

import io.github.wsproof.ledger.Kind;
import io.github.wsproof.ledger.Leg;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/** Reports as JSON. Thread-safe. */
public final class Reports {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(
              new SimpleModule()
                  .addSerializer(Kind.class, new Label<>(Kind::label))
                  .addSerializer(Leg.class, new Label<>(Leg::label))
                  .addKeySerializer(Kind.class, new LabelKey<>(Kind::label))
                  .addKeySerializer(Leg.class, new LabelKey<>(Leg::label)))
          .build();

  private Reports() {}

  /** A report as JSON, indented. */
  public static String toJson(Report report) {
    return MAPPER.writeValueAsString(report);
  }

  private static final class Label<T> extends ValueSerializer<T> {
    private final java.util.function.Function<T, String> label;

    Label(java.util.function.Function<T, String> label) {
      this.label = label;
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializationContext context) {
      json.writeString(label.apply(value));
    }
  }

  private static final class LabelKey<T> extends ValueSerializer<T> {
    private final java.util.function.Function<T, String> label;

    LabelKey(java.util.function.Function<T, String> label) {
      this.label = label;
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializationContext context) {
      json.writeName(label.apply(value));
    }
  }
}
