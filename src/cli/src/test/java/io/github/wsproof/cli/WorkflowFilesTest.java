package io.github.wsproof.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * What no schema says of our workflows: they are let do little, and run nothing that can change.
 */
class WorkflowFilesTest {
  private static final Path ROOT = Path.of("../..");

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        "docs/ci/github-actions.yml"
      })
  void everyActionIsPinnedAndNoWorkflowMayDoEverything(String name) throws IOException {
    WorkflowFile workflow = new WorkflowFile(ROOT.resolve(name));

    assertThat(workflow.root().has("permissions")).isTrue();
    assertThat(workflow.root().path("permissions").toString()).doesNotContain("write");
    assertThat(workflow.steps())
        .filteredOn(step -> step.has("uses"))
        .extracting(step -> step.path("uses").asString())
        .isNotEmpty()
        .allMatch(action -> action.matches("[\\w-]+/[\\w-]+@[0-9a-f]{40}"));
    assertThat(workflow.steps())
        .allMatch(step -> step.has("uses") != step.has("run"))
        // What comes from outside is in the environment, never in a script.
        .noneMatch(step -> step.path("run").asString("").contains("${{"));
  }

  @Test
  void onlyThePublisherMayWriteAndItWaitsForTestsAndBothBuilds() throws IOException {
    JsonNode jobs =
        new WorkflowFile(ROOT.resolve(".github/workflows/release.yml")).root().path("jobs");

    assertThat(jobs.propertyNames()).containsExactly("test", "build", "publish");
    assertThat(jobs.at("/publish/needs").toString()).isEqualTo("[\"test\",\"build\"]");
    assertThat(jobs.at("/build/strategy/matrix/build")).hasSize(2);
    for (String job : List.of("test", "build")) {
      assertThat(jobs.path(job).path("permissions").toString())
          .isEqualTo("{\"contents\":\"read\"}");
    }
  }

  @Test
  void theScriptsThatTheyCallAreThere() {
    assertThat(Stream.of(".ci/run", ".ci/release").map(ROOT::resolve))
        .allMatch(Files::isExecutable);
  }
}
