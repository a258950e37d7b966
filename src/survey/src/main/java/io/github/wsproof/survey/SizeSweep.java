package io.github.wsproof.survey;

import io.github.wsproof.client.Report;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The largest message that comes back: a sweep up to the first that does not, then bisection. */
record SizeSweep(String name, boolean binary) implements Probe {
  /** Borders of frame headers (RFC 6455 section 5.2) and of common buffers, in bytes. */
  private static final int[] SIZES = {
    125, 126, 1024, 4096, 8192, 8193, 16_384, 32_768, 65_535, 65_536, 65_537, 131_072, 262_144,
    524_288, 1 << 20, 1 << 21, 1 << 22, 1 << 23, 1 << 24
  };

  @Override
  public Finding look(Target target) throws InterruptedException {
    int right = 0;
    for (int size : SIZES) {
      Report report = at(size, target);
      if (!Outcomes.passed(report)) {
        return found(right, size, report, target);
      }
      right = size;
    }
    return new Finding(
        name,
        Finding.Outcome.OK,
        String.format(Locale.ROOT, "up to %,d bytes, the largest that was tried", right),
        List.of(),
        Map.of("largestBytes", right));
  }

  private Finding found(int least, int most, Report first, Target target)
      throws InterruptedException {
    int right = least;
    int wrong = most;
    Report report = first;
    while (wrong - right > 1 && right > 0) {
      int middle = right + (wrong - right) / 2;
      Report other = at(middle, target);
      if (Outcomes.passed(other)) {
        right = middle;
      } else {
        wrong = middle;
        report = other;
      }
    }
    String found =
        String.format(
            Locale.ROOT, "up to %,d bytes; at %,d %s", right, wrong, Outcomes.how(report));
    Report.Epoch cut = Outcomes.cut(report);
    Map<String, Object> figures =
        cut == null
            ? Map.of("largestBytes", right)
            : Map.of("largestBytes", right, "closeCode", cut.closeCode());
    return new Finding(name, Outcomes.of(report), found, Causes.ofSize(right), figures);
  }

  private Report at(int size, Target target) throws InterruptedException {
    target.progress().accept(String.format(Locale.ROOT, "%,d bytes", size));
    return target.run(target.plan().messages(1).window(1).sizeBytes(size).binary(binary));
  }
}
