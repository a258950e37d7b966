package io.github.wsproof.server;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The settings of a deployment by name: a context parameter {@code wsproof.<name>}, else a system
 * property of that name, else an environment variable {@code WSPROOF_<NAME>}.
 */
final class Settings {
  private static final String PREFIX = "wsproof.";

  private final UnaryOperator<String> contextParameter;

  /**
   * Settings of a deployment.
   *
   * @param contextParameter a context parameter by its name, or null where it is not set
   */
  Settings(UnaryOperator<String> contextParameter) {
    this.contextParameter = contextParameter;
  }

  /** What is set, or null. */
  String text(String name) {
    String value = contextParameter.apply(PREFIX + name);
    if (value == null) {
      value = System.getProperty(PREFIX + name);
    }
    return value == null ? System.getenv(environmentName(name)) : value;
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException if it is not within {@code least}..{@code most}
   */
  long number(String name, long least, long most, long otherwise) {
    String value = text(name);
    if (value == null) {
      return otherwise;
    }
    // 18 digits fit a long.
    if (!value.matches("\\d{1,18}")
        || Long.parseLong(value) < least
        || Long.parseLong(value) > most) {
      throw new IllegalArgumentException(
          name + " must be a whole number, " + least + ".." + most + ": " + name + "=" + value);
    }
    return Long.parseLong(value);
  }

  /** A yes or no. */
  boolean flag(String name) {
    String value = text(name);
    if (value != null && !value.equals("true") && !value.equals("false")) {
      throw new IllegalArgumentException(name + " must be true or false: " + name + "=" + value);
    }
    return "true".equals(value);
  }

  /** A list, separated by commas or spaces. */
  Set<String> list(String name) {
    Set<String> values = new TreeSet<>();
    String text = text(name);
    for (String value : text == null ? new String[0] : text.split("[, ]+")) {
      if (!value.isEmpty()) {
        values.add(value);
      }
    }
    return values;
  }

  private static String environmentName(String name) {
    return (PREFIX + name).replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
