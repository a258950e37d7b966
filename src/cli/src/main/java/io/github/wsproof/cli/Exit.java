package io.github.wsproof.cli;

import io.github.wsproof.ledger.Verdict;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The exit codes, and how an error becomes one (64, 69 and 70 as in BSD's sysexits). */
final class Exit {
  static final int PASS = 0;
  static final int FAIL = 1;
  static final int INCONCLUSIVE = 2;
  static final int USAGE = 64;
  static final int UNAVAILABLE = 69;
  static final int INTERNAL = 70;

  private Exit() {}

  static int of(Verdict verdict) {
    return switch (verdict) {
      case PASS -> PASS;
      case FAIL -> FAIL;
      case INCONCLUSIVE -> INCONCLUSIVE;
    };
  }

  static CommandLine handledBy(CommandLine commandLine, Output output) {
    return commandLine
        .setOut(new PrintWriter(output.out(), true))
        .setErr(new PrintWriter(output.err(), true))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler((e, args) -> usage(e, output))
        .setExecutionExceptionHandler((e, command, result) -> failure(e, output));
  }

  private static int usage(ParameterException e, Output output) {
    CommandLine command = e.getCommandLine();
    output.err().println(command.getCommandName() + ": " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(
        e, new PrintWriter(output.err(), true))) {
      output.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return USAGE;
  }

  private static int failure(Exception e, Output output) {
    if (e instanceof UnavailableException) {
      output.err().println("wsproof: " + e.getMessage());
      return UNAVAILABLE;
    }
    output.err().println("wsproof: an internal error; please report it with what follows");
    e.printStackTrace(output.err());
    return INTERNAL;
  }
}
