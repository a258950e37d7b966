/**
 * Pure accounting: messages sent and replies seen in, anomalies and a verdict out.
 *
 * <p>No I/O, no clock, no threads. Every figure comes from identities: two counters never cancel
 * out.
 */
package io.github.wsproof.ledger;
