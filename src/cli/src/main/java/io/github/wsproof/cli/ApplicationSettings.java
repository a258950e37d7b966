package io.github.wsproof.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.wsproof.client.RunPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that say how an application is talked to that was not made for wsproof. */
final class ApplicationSettings {
  @Option(
      names = "--message",
      paramLabel = "TEXT",
      description =
          "What is sent, with {message} in it: '{\"type\":\"echo\",\"text\":\"{message}\"}'"
              + " ({message}).")
  private String message;

  @Option(
      names = "--expect-json",
      paramLabel = "FIELD",
      description =
          "Judge this text of a reply in JSON, such as data.text; it has to be as --expect says"
              + " ({message}).")
  private String expectJson;

  @Option(
      names = "--hello",
      paramLabel = "FILE",
      description =
          "Send these lines on each connection first; a line '< PATTERN' awaits a reply, # begins a"
              + " comment.")
  private Path hello;

  @Option(
      names = "--ignore",
      paramLabel = "PATTERN",
      description =
          "Leave replies like this out of the account, counted: '{any}\"heartbeat\"{any}'.")
  private List<String> ignored = List.of();

  /**
   * Tells a plan.
   *
   * @throws IllegalArgumentException with a sentence that names the option
   */
  void apply(RunPlan.Builder plan) {
    plan.message(message).expectJson(expectJson).ignore(ignored).hello(helloLines());
  }

  /** Whether messages go out as they are, and are answered as they are. */
  boolean isPlain() {
    return message == null && expectJson == null && hello == null;
  }

  private List<String> helloLines() {
    if (hello == null) {
      return List.of();
    }
    try {
      return Files.readAllLines(hello, UTF_8);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "must be a file of text that can be read: --hello=" + hello, e);
    }
  }
}
