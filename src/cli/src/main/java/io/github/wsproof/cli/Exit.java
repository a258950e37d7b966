package io.github.wsproof.cli;

import io.github.wsproof.ledger.Verdict;
import java.io.PrintWriter;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The exit codes, and how an error becomes one (64, 69 and 70 as in BSD's sysexits). */
final class Exit {
  static final int PASS = 0;
  static final int FAIL = 1;
  static final int INCONCLUSIVE = 2;
  static final int USAGE = 64;
  static final int UNAVAILABLE = 69;
  static final int INTERNAL = 70;

  /** As the plans of the library name what is wrong. */
  private static final Pattern NAMED_VALUE =
      Pattern.compile(": ([a-z][a-z-]*)=(.*)$", Pattern.DOTALL);

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
    output.err().println(command.getCommandName() + ": " + withOption(e.getMessage(), command));
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(
        e, new PrintWriter(output.err(), true))) {
      output.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return USAGE;
  }

  /** A sentence that ends with a value's name and what it was: as the user has said it. */
  private static String withOption(String sentence, CommandLine command) {
    Matcher named = NAMED_VALUE.matcher(sentence);
    ParseResult parsed = command.getParseResult();
    if (!named.find() || parsed == null) {
      return sentence;
    }
    String option = "--" + named.group(1);
    OptionSpec said = parsed.matchedOption(option);
    if (said == null) {
      return sentence;
    }
    String value = named.group(2);
    if (!said.isMultiValue() && !value.contains("***")) {
      value = said.originalStringValues().get(0);
    }
    boolean flag = said.arity().max() == 0;
    return sentence.substring(0, named.start()) + ": " + option + (flag ? "" : "=" + value);
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
