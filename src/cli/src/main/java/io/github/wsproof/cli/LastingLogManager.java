package io.github.wsproof.cli;

import java.util.logging.LogManager;

/**
 * Logs to the last: the JDK's own closes its handlers as soon as the JVM begins to stop, beside
 * {@code serve}, which then has connections to end and a line to log for each.
 *
 * <p>Public, and named by a system property: so the JDK makes it.
 */
public final class LastingLogManager extends LogManager {
  /** Does nothing: console handlers have no need to be closed. */
  @Override
  public void reset() {}
}
