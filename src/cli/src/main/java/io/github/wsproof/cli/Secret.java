package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A secret from a file or the environment: a command line is in the list of processes for all. */
final class Secret {
  private static final String FILE = "file:";
  private static final String ENVIRONMENT = "env:";

  private Secret() {}

  /** Whether a value says where a secret is. */
  static boolean isSource(String value) {
    return value.startsWith(FILE) || value.startsWith(ENVIRONMENT);
  }

  /**
   * Reads it; what may be the secret itself is never repeated.
   *
   * @param option such as {@code --bearer}
   * @param source {@code file:PATH}, of which the first line counts, or {@code env:NAME}
   * @throws IllegalArgumentException with a sentence, where it is not to be had
   */
  static String read(String option, String source) {
    if (source.startsWith(ENVIRONMENT)) {
      String name = source.substring(ENVIRONMENT.length());
      String value = System.getenv(name);
      if (value == null || value.isEmpty()) {
        throw new IllegalArgumentException(
            "must name an environment variable that is set: " + option + "=" + source);
      }
      return value;
    }
    if (!source.startsWith(FILE)) {
      throw new IllegalArgumentException(
          "must be file:PATH or env:NAME, for the list of processes shows command lines to all: "
              + option
              + "=***");
    }
    try {
      String line =
          Files.readString(Path.of(source.substring(FILE.length())), UTF_8)
              .lines()
              .findFirst()
              .orElse("");
      if (!line.isEmpty()) {
        return line;
      }
    } catch (MalformedInputException e) {
      throw new IllegalArgumentException(
          "must name a file of text in UTF-8: " + option + "=" + source, e);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          "must name a file that can be read: " + option + "=" + source, e);
    }
    throw new IllegalArgumentException(
        "must name a file with the secret in its first line: " + option + "=" + source);
  }
}
