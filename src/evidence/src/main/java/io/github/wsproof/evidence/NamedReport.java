package io.github.wsproof.evidence;

import io.github.wsproof.client.Report;

/**
 * A report and where it was read.
 *
 * @param name for sentences: the file
 */
public record NamedReport(String name, Report report) {}
