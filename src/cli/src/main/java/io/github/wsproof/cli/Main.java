package io.github.wsproof.cli;

import io.github.wsproof.client.Versions;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/** {@code wsproof}: the program. */
public final class Main {
  private static final String LOG_MANAGER = "java.util.logging.manager";

  static {
    // Before the first logger.
    if (System.getProperty(LOG_MANAGER) == null) {
      System.setProperty(LOG_MANAGER, LastingLogManager.class.getName());
    }
  }

  /** Kept, for a logger that nobody holds forgets its level. */
  private static final Logger LIBRARIES = Logger.getLogger("org.glassfish");

  private static final Logger OURS = Logger.getLogger("io.github.wsproof");

  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  private Main() {}

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "%1$tF %1$tT %4$s %5$s%6$s%n");
    }
    // What the libraries warn of is told in our words, or is of no use to a user.
    LIBRARIES.setLevel(Level.SEVERE);
    OURS.setLevel(Level.WARNING);
    System.exit(run(utf8(System.out), utf8(System.err), args));
  }

  /** Runs a command; returns its exit code. */
  static int run(PrintStream out, PrintStream err, String... args) {
    Output output = new Output(out, err);
    CommandLine commandLine =
        new CommandLine(new WsproofCommand(output))
            .addSubcommand(new VerifyCommand(output))
            .addSubcommand(new ReceiveCommand(output))
            .addSubcommand(new FanoutCommand(output))
            .addSubcommand(new ServeCommand(output))
            .addSubcommand(new SelfTestCommand(output))
            .addSubcommand(new RelayCommand(output))
            .addSubcommand(new AuditCommand(output))
            .addSubcommand(new MergeCommand(output))
            .addSubcommand(new CompareCommand(output))
            .addSubcommand(new SurveyCommand(output))
            .addSubcommand(new TransportsCommand(output));
    return Exit.handledBy(commandLine, output).execute(args);
  }

  private static PrintStream utf8(PrintStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }

  /** Tells the version. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"wsproof " + Versions.WSPROOF};
    }
  }
}
