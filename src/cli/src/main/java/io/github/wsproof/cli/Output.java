package io.github.wsproof.cli;

import java.io.PrintStream;

/**
 * Where a command writes.
 *
 * @param out the result
 * @param err diagnostics
 */
record Output(PrintStream out, PrintStream err) {}
