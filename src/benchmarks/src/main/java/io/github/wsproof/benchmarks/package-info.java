/**
 * What is measured, and against what: a server that is never the bottleneck, the clients that a
 * user might pick instead, and a run that sets them side by side.
 */
package io.github.wsproof.benchmarks;
