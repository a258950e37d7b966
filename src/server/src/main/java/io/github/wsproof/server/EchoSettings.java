package io.github.wsproof.server;

import io.github.wsproof.protocol.ReplyForm;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * How the endpoint answers: set for a deployment, and within limits by one connection.
 *
 * <p>A deployment sets {@code wsproof.form}, {@code wsproof.min}, {@code wsproof.max} and {@code
 * wsproof.max-message-bytes} as context parameters, else as system properties, else as environment
 * variables ({@code WSPROOF_FORM}, …, {@code WSPROOF_MAX_MESSAGE_BYTES}). A connection sets {@code
 * form}, {@code min} and {@code max} as query parameters.
 *
 * @param form the form of a reply: {@code {message}} once, {@code {random}} where wanted
 * @param min the smallest random number, &gt;= 0
 * @param max the largest random number, at most {@link ReplyForm#MAX_RANDOM}
 * @param maxMessageBytes the longest message that is answered, in bytes of UTF-8 or binary
 */
public record EchoSettings(ReplyForm form, long min, long max, int maxMessageBytes) {
  /** {@code {message} - {random}}, 1..100, up to 1 MiB. */
  public static final EchoSettings DEFAULT = new EchoSettings(ReplyForm.DEFAULT, 1, 100, 1 << 20);

  private static final int LONGEST_FORM = 200;
  private static final int LARGEST_MAX_MESSAGE_BYTES = 64 << 20;

  /** Checks each value. */
  public EchoSettings {
    checkForm(form.toString());
    if (min < 0 || min > ReplyForm.MAX_RANDOM) {
      throw new IllegalArgumentException("min must be 0.." + ReplyForm.MAX_RANDOM + ": min=" + min);
    }
    if (max < min || max > ReplyForm.MAX_RANDOM) {
      throw new IllegalArgumentException(
          "max must be min.." + ReplyForm.MAX_RANDOM + ": min=" + min + ", max=" + max);
    }
    if (maxMessageBytes < 1 || maxMessageBytes > LARGEST_MAX_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "max-message-bytes must be 1.."
              + LARGEST_MAX_MESSAGE_BYTES
              + ": max-message-bytes="
              + maxMessageBytes);
    }
  }

  /**
   * The settings of a deployment.
   *
   * @param contextParameter a context parameter by its name, or null where it is not set
   * @throws IllegalArgumentException with a sentence that names the setting, its value and what is
   *     allowed
   */
  public static EchoSettings of(UnaryOperator<String> contextParameter) {
    Settings settings = new Settings(contextParameter);
    try {
      return DEFAULT.with(settings::text, settings.text("max-message-bytes"));
    } catch (IllegalArgumentException e) {
      throw wrong(e);
    }
  }

  static IllegalArgumentException wrong(IllegalArgumentException e) {
    return new IllegalArgumentException(
        "A setting of wsproof is wrong (wsproof.* as context parameter or system property, WSPROOF_* in"
            + " the environment): "
            + e.getMessage(),
        e);
  }

  /**
   * These settings as one connection changes them.
   *
   * @param query the connection's query parameters
   * @throws IllegalArgumentException with a sentence, if one of them makes no sense
   */
  EchoSettings with(Map<String, List<String>> query) {
    return with(name -> only(name, query), null);
  }

  /** The form with its range, as it is announced to a client. */
  String announcement() {
    return form.toString().replace("{random}", "{random:" + min + "-" + max + "}");
  }

  private EchoSettings with(UnaryOperator<String> value, String newMaxMessageBytes) {
    String newForm = value.apply("form");
    return new EchoSettings(
        newForm == null ? form : parseForm(newForm),
        number("min", value.apply("min"), min),
        number("max", value.apply("max"), max),
        (int) number("max-message-bytes", newMaxMessageBytes, maxMessageBytes));
  }

  private static String only(String name, Map<String, List<String>> query) {
    List<String> values = query.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new IllegalArgumentException(name + " must be given once: " + values.size() + " times");
    }
    return values.isEmpty() ? null : values.get(0);
  }

  private static ReplyForm parseForm(String form) {
    checkForm(form);
    try {
      return ReplyForm.parse(form);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("form must hold {message} exactly once: " + form, e);
    }
  }

  private static void checkForm(String form) {
    if (form.length() > LONGEST_FORM || !form.matches("[ -~]*")) {
      throw new IllegalArgumentException(
          "form must be at most " + LONGEST_FORM + " printable ASCII characters");
    }
    String rest = form.replaceFirst("\\{random\\}", "");
    if (rest.contains("{random") || rest.contains("{any}")) {
      throw new IllegalArgumentException(
          "form must hold {random} at most once, no range and no {any}: " + form);
    }
  }

  private static long number(String name, String value, long otherwise) {
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("-?\\d{1,16}")) {
      throw new IllegalArgumentException(name + " must be a whole number: " + name + "=" + value);
    }
    return Long.parseLong(value);
  }
}
