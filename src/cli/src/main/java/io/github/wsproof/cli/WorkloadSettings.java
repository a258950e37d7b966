package io.github.wsproof.cli;

import io.github.wsproof.client.RunPlan;
import io.github.wsproof.protocol.Format;
import java.time.Duration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** The options that say what kind of messages are sent. */
final class WorkloadSettings {
  @Option(
      names = {"-s", "--size"},
      defaultValue = "0",
      paramLabel = "BYTES",
      description =
          "Pad each message to so many bytes; a range, 16..65536, or a list that is cycled,"
              + " 0,125,65536, in which 0 is an empty message; 0 alone = do not (${DEFAULT-VALUE}).")
  private String size;

  @ArgGroup(exclusive = true)
  private Kind kind = new Kind();

  private static final class Kind {
    @Option(names = "--binary", description = "Send binary messages.")
    private boolean binary;

    @Option(names = "--mix", description = "Send text and binary messages in turn.")
    private boolean mix;
  }

  @Option(
      names = "--unicode",
      description = "Pad with characters of one to four bytes in UTF-8; with --size.")
  private boolean unicode;

  @Option(
      names = "--fragments",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Send each message in N frames, split inside characters too (${DEFAULT-VALUE}).")
  private int fragments;

  @Option(
      names = "--deflate",
      description =
          "Offer compression (permessage-deflate); padding is then compressible and incompressible in"
              + " turn.")
  private boolean deflate;

  @Option(
      names = "--ping",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Ping each connection so often; the report has the round trips (never).")
  private Duration ping;

  @Option(
      names = "--idle",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Be quiet for so long before the last message of each connection.")
  private Duration idle;

  @Option(
      names = "--read-pause",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Be a slow reader: read nothing for so long after each read.")
  private Duration readPause;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Print the account so far as often (with --forever 60s, else never).")
  private Duration every;

  @Option(names = "--forever", description = "Send until Ctrl-C, and judge then what there is.")
  private boolean forever;

  private static final Duration MINUTE = Duration.ofSeconds(60);

  boolean isForever() {
    return forever;
  }

  /**
   * Tells a plan.
   *
   * @throws IllegalArgumentException with a sentence that names the option
   */
  void apply(RunPlan.Builder plan) {
    plan.sizes(size).unicode(unicode).fragments(fragments).deflate(deflate).ping(ping);
    plan.idle(idle).readPause(readPause).every(every == null && forever ? MINUTE : every);
    plan.format(kind.binary ? Format.BINARY : kind.mix ? Format.MIXED : Format.TEXT);
  }
}
