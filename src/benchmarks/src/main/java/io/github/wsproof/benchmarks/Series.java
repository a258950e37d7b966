package io.github.wsproof.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The figures of one client at one work, a round each; a failure ends it. */
final class Series {
  /** Messages a second, or the seconds of a whole process. */
  final List<Double> figures = new ArrayList<>();

  private final List<Double> cpuMicrosPerMessage = new ArrayList<>();
  String failure;

  void add(double figure, double cpuMicros) {
    figures.add(figure);
    cpuMicrosPerMessage.add(cpuMicros);
  }

  boolean failed() {
    return failure != null;
  }

  double median() {
    return median(figures);
  }

  double min() {
    return figures.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
  }

  double max() {
    return figures.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
  }

  double cpuMicros() {
    return median(cpuMicrosPerMessage);
  }

  /** The median of the ratios of each round: what disturbed a round disturbed both. */
  double ratioTo(Series other) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < Math.min(figures.size(), other.figures.size()); i++) {
      ratios.add(figures.get(i) / other.figures.get(i));
    }
    return median(ratios);
  }

  private static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }
}
