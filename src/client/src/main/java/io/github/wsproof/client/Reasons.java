package io.github.wsproof.client;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The sentences of a report, each once with its count.
 *
 * <p>Not thread-safe: owned by the loop.
 */
final class Reasons {
  private static final int MOST = 100;

  private final Map<String, Long> sentences = new LinkedHashMap<>();

  void note(String sentence) {
    if (sentences.containsKey(sentence) || sentences.size() < MOST) {
      sentences.merge(sentence, 1L, Long::sum);
    }
  }

  List<String> all() {
    List<String> all = new ArrayList<>();
    sentences.forEach(
        (sentence, count) ->
            all.add(count == 1 ? sentence : String.format("%s (%,d times)", sentence, count)));
    return all;
  }
}
