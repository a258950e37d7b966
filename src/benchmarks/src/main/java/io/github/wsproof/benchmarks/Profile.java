package io.github.wsproof.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Where the client's loop spends its time, as Java Flight Recorder samples it. */
final class Profile {
  private static final int ROWS = 16;
  private static final double MOST_SECONDS = 120;

  /** Java that runs, and Java that is in the system: reads, writes, waiting. */
  private static final Set<String> SAMPLES =
      Set.of("jdk.ExecutionSample", "jdk.NativeMethodSample");

  private static final String SETTINGS =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <configuration version="2.0">
        <event name="jdk.ExecutionSample">
          <setting name="enabled">true</setting><setting name="period">5 ms</setting>
        </event>
        <event name="jdk.NativeMethodSample">
          <setting name="enabled">true</setting><setting name="period">5 ms</setting>
        </event>
      </configuration>
      """;

  private final Options options;
  private final Target target;
  private final Map<String, Integer> top = new HashMap<>();
  private final Map<String, Integer> anywhere = new HashMap<>();
  private int samples;

  Profile(Options options, Target target) {
    this.options = options;
    this.target = target;
  }

  void print(PrintStream out, Work work, long messages) throws IOException {
    Progress.tell("profile: " + work.title);
    Path folder = Files.createTempDirectory("wsproof-profile");
    Path settings = Files.writeString(folder.resolve("settings.jfc"), SETTINGS);
    Path recording = folder.resolve("recording.jfr");
    try {
      record(work, messages, settings, recording);
      read(recording);
    } finally {
      Files.deleteIfExists(settings);
      Files.deleteIfExists(recording);
      Files.delete(folder);
    }
    print(out, work);
  }

  private void record(Work work, long messages, Path settings, Path recording) throws IOException {
    List<String> command =
        Contender.wsproof(
            options,
            target,
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:+DebugNonSafepoints",
            "-XX:StartFlightRecording=settings=" + settings + ",filename=" + recording);
    command.addAll(List.of("-n", String.valueOf(messages), "-w", String.valueOf(work.window)));
    command.addAll(List.of("-c", String.valueOf(work.connections), "--no-receipts"));
    Processes.run(Processes.pinned(work.pinned, command), MOST_SECONDS);
  }

  private void read(Path recording) throws IOException {
    try (RecordingFile file = new RecordingFile(recording)) {
      while (file.hasMoreEvents()) {
        RecordedEvent event = file.readEvent();
        if (SAMPLES.contains(event.getEventType().getName())
            && event.getStackTrace() != null
            && event.getThread("sampledThread").getJavaName().equals("wsproof-loop")) {
          count(event.getStackTrace().getFrames());
        }
      }
    }
  }

  private void count(List<RecordedFrame> frames) {
    samples++;
    top.merge(name(frames.get(0)), 1, Integer::sum);
    Set<String> names = new HashSet<>();
    frames.forEach(frame -> names.add(name(frame)));
    names.forEach(name -> anywhere.merge(name, 1, Integer::sum));
  }

  private static String name(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
  }

  private void print(PrintStream out, Work work) {
    out.printf("%n### Profile of the loop: %s, %,d samples%n%n", work.title, samples);
    out.println("| method, in it | share | method, in it and below | share |");
    out.println("|---|---:|---|---:|");
    List<Map.Entry<String, Integer>> self = sorted(top);
    // What is on every stack tells nothing.
    anywhere.values().removeIf(count -> count > 0.95 * samples);
    List<Map.Entry<String, Integer>> below = sorted(anywhere);
    for (int i = 0; i < Math.min(ROWS, Math.min(self.size(), below.size())); i++) {
      out.printf("| %s | %s |%n", cell(self.get(i)), cell(below.get(i)));
    }
  }

  private String cell(Map.Entry<String, Integer> method) {
    return String.format("`%s` | %.0f %%", method.getKey(), 100.0 * method.getValue() / samples);
  }

  private static List<Map.Entry<String, Integer>> sorted(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder()))
        .toList();
  }
}
