package io.github.wsproof.survey;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a probe found.
 *
 * @param probe its name, such as {@code size, text}
 * @param outcome what to think of it
 * @param found a sentence
 * @param usually settings that usually cause it, the likeliest first; empty where there is nothing
 *     to explain
 * @param figures what was measured, by name, units in the names
 */
public record Finding(
    String probe,
    Outcome outcome,
    String found,
    List<String> usually,
    Map<String, Object> figures) {

  /** What to think of a finding. */
  public enum Outcome {
    /** Nothing in the way was found. */
    OK,
    /** The path has a limit, and says so when it is met. */
    LIMIT,
    /** Messages get lost, changed or mixed up. */
    FAILED,
    /** It could not be told. */
    UNKNOWN,
    /** It was not looked for. */
    SKIPPED
  }

  /** Copies the collections, in their order. */
  public Finding {
    usually = List.copyOf(usually);
    figures = Map.copyOf(new LinkedHashMap<>(figures));
  }

  Finding(String probe, Outcome outcome, String found) {
    this(probe, outcome, found, List.of(), Map.of());
  }

  Finding usually(List<String> settings) {
    return new Finding(probe, outcome, found, settings, figures);
  }

  Finding figures(Map<String, Object> measured) {
    return new Finding(probe, outcome, found, usually, measured);
  }
}
