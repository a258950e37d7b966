package io.github.wsproof.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A workflow of GitHub Actions, and its {@code run:} steps as a runner runs them. */
final class WorkflowFile {
  private static final YAMLMapper YAML = new YAMLMapper();

  private final JsonNode root;

  WorkflowFile(Path file) throws IOException {
    root = YAML.readTree(Files.readString(file));
  }

  JsonNode root() {
    return root;
  }

  /** The steps of all jobs, in order. */
  List<JsonNode> steps() {
    return root.path("jobs")
        .valueStream()
        .flatMap(job -> StreamSupport.stream(job.path("steps").spliterator(), false))
        .toList();
  }

  /** The names of the steps that are scripts, in order. */
  List<String> scripts() {
    return steps().stream().filter(s -> s.has("run")).map(s -> s.path("name").asString()).toList();
  }

  JsonNode step(String name) {
    return steps().stream()
        .filter(step -> step.path("name").asString("").equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no step has the name " + name));
  }

  /** What a step said, and its exit code. */
  record Outcome(int code, String output) {}

  /**
   * Runs a step in a directory.
   *
   * @param environment stands over that of the file
   */
  Outcome run(String name, Path directory, Map<String, String> environment) throws Exception {
    Path script =
        Files.writeString(directory.resolve("step.sh"), step(name).path("run").asString());
    Path output = directory.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(Stream.concat(shell().stream(), Stream.of(script.toString())).toList())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    root.path("env")
        .properties()
        .forEach(entry -> builder.environment().put(entry.getKey(), entry.getValue().asString()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(100, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError(name + " has not ended: " + Files.readString(output));
    }
    return new Outcome(process.exitValue(), Files.readString(output));
  }

  /** Only who names bash gets pipefail ("Workflow syntax for GitHub Actions", jobs.steps.shell). */
  private List<String> shell() {
    return root.at("/defaults/run/shell").asString("").equals("bash")
        ? List.of("bash", "--noprofile", "--norc", "-eo", "pipefail")
        : List.of("bash", "-e");
  }
}
