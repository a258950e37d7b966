/** The command line: options, a plan, one call. */
package io.github.wsproof.cli;
